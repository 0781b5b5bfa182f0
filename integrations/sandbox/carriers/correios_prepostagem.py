"""The practice Correios' prepostagens: a parcel is announced, its label drawn while one waits, or called off."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

from flask import Response, request

from . import labels, post
from .calls import View
from .journeys import Scan, Step
from .shapes import ListOf, Record, Text
from .tariff import Service
from .wire import answer
from .world import Customs, Piece, Shipment, World

CARRIER = "correios"
PATH = "/prepostagem/v1/prepostagens"
ANNOUNCED, CANCELLED = 2, 5
_DIGITS = Text(1, pattern=r"^\d+$")
_ADDRESS = Record(
    {"cep*": Text(8, 8, pattern=r"^\d{8}$"), "logradouro*": Text(1, 50), "numero*": Text(1, 6),
     "complemento": Text(0, 30), "bairro*": Text(1, 30), "cidade*": Text(1, 30), "uf*": Text(2, 2)}
)  # fmt: skip
_CONTACT = {"nome*": Text(3, 50), "email": Text(1, 50), "dddCelular": Text(2, 2), "celular": Text(9, 9),
            "dddTelefone": Text(2, 2), "telefone": Text(8, 8), "endereco*": _ADDRESS}  # fmt: skip
_DOCUMENT = Text(11, 14, pattern=r"^(\d{11}|\d{14})$")
_CONTENT = Record({"conteudo*": Text(2, 60), "quantidade*": _DIGITS, "valor*": Text(4, pattern=r"^\d+\.\d{2}$")})
ANNOUNCEMENT = Record(
    {
        "remetente*": Record({**_CONTACT, "cpfCnpj*": _DOCUMENT}),
        "destinatario*": Record({**_CONTACT, "cpfCnpj": _DOCUMENT}),
        "codigoServico*": Text(5, 5),
        "numeroCartaoPostagem*": Text(10, 10),
        "pesoInformado*": Text(1, 6, pattern=r"^\d+$"),
        "codigoFormatoObjetoInformado*": Text(1, 1, options=frozenset("123")),
        **{f"{side}*": _DIGITS for side in ("comprimentoInformado", "larguraInformada", "alturaInformada")},
        "cienteObjetoNaoProibido*": Text(1, 1, options=frozenset("1")),
        "solicitarColeta": Text(1, 1, options=frozenset("SN")),
        "logisticaReversa": Text(1, 1, options=frozenset("SN")),
        "modalidadePagamento": Text(1, 1),
        "pedidoExternoOrigem": Text(1, 25),
        "itensDeclaracaoConteudo*": ListOf(_CONTENT, 1),
    }
)
LABEL = Record(
    {"idsPrePostagem*": ListOf(Text(1), 1), "numeroCartaoPostagem": Text(10, 10), "tipoRotulo": Text(1, 1),
     "formatoRotulo": Text(2, 2), "imprimeRemetente": Text(1, 1), "layoutImpressao": Text(1)}
)  # fmt: skip
Check = Callable[..., dict[str, Any]]


def endpoints(world: World, checked: Check, refusal: Callable[..., Exception]) -> Iterator[tuple[str, str, str, View]]:
    """Return path, operation, method and view of each; `checked` reads a request, `refusal` makes an error."""
    yield PATH, "ship", "POST", lambda: _announce(world, checked(world, ANNOUNCEMENT))
    yield "/prepostagem/v2/prepostagens", "find", "GET", lambda: _list(world, checked, refusal)
    yield f"{PATH}/rotulo/assincrono/pdf", "recover", "POST", lambda: _wish(world, checked(world, LABEL), refusal)
    drawn = f"{PATH}/rotulo/download/assincrono/<receipt>"
    yield drawn, "recover", "GET", lambda receipt: _drawn(world, checked, refusal, receipt)
    yield f"{PATH}/objeto/<code>", "void", "DELETE", lambda code: _cancel(world, checked, refusal, code)


def _announce(world: World, asked: dict[str, Any]) -> Response:
    number = world.numbers.s10(service="AB", post="BR")
    service = Service(asked["codigoServico"], asked["codigoServico"], Decimal("0.5"), 2)
    goods = asked["itensDeclaracaoConteudo"]
    worth = sum((Decimal(row["valor"]) * int(row["quantidade"]) for row in goods), Decimal(0))
    shipment = Shipment(
        carrier=CARRIER, number=number, account=asked["numeroCartaoPostagem"], service_code=service.code,
        service_name=service.name, description=goods[0]["conteudo"], shipper=asked["remetente"],
        receiver=asked["destinatario"], pieces=[Piece(number, Decimal(asked["pesoInformado"]) / 1000, None)],
        customs=Customs(worth, "BRL", None, None, None, len(goods)),
        references=[("pedidoExternoOrigem", asked.get("pedidoExternoOrigem", ""))],
        route=post.route(("BR", "BR"), service, CARRIER), booked_at=world.clock.now(), expected_on="",
        request={"id": f"PR{secrets.token_hex(10)}", "asked": asked},
    )  # fmt: skip
    world.book(shipment)
    return answer(_row(shipment))


def _row(shipment: Shipment) -> dict[str, Any]:
    status = CANCELLED if shipment.voided else ANNOUNCED
    told = {"id": shipment.request["id"], "codigoObjeto": shipment.number, "statusAtual": status}
    return shipment.request["asked"] | told | {"dataHora": f"{shipment.booked_really_at:%Y-%m-%dT%H:%M:%S}"}


def _list(world: World, checked: Check, refusal: Callable[..., Exception]) -> Response:
    checked(world)
    asked = request.args
    since = date.fromisoformat(asked.get("dataInicialCriacaoPrePostagem", "2000-01-01"))
    wanted = [("id", lambda s: s.request["id"]), ("codigoObjeto", lambda s: s.number)]
    rows = [
        shipment
        for shipment in world.search(CARRIER, lambda s: s.booked_really_at.date() >= since)
        if all(asked[name] == value(shipment) for name, value in wanted if name in asked)
    ]
    size = int(asked.get("size", 50))
    first = int(asked.get("page", 0)) * size
    if not rows:
        raise refusal("PPN-344: Não existem pré-postagens para os parâmetros informados.", 404)
    page = {"size": size, "number": first // size, "totalElements": len(rows)}
    return answer({"itens": [_row(shipment) for shipment in rows[first : first + size]], "page": page})


def _wish(world: World, asked: dict[str, Any], refusal: Callable[..., Exception]) -> Response:
    wanted = asked["idsPrePostagem"]
    found = world.search(CARRIER, lambda s: s.request["id"] in wanted and not s.voided)
    if len(found) != len(wanted):
        raise refusal("PPN-288: Não é permitido imprimir o rótulo desta pré-postagem")
    receipt = world.numbers.receipt()
    world.note_paper("correios label", {"receipt": receipt, "shipments": found, "looks": 0})
    return answer({"idRecibo": receipt})


def _drawn(world: World, checked: Check, refusal: Callable[..., Exception], receipt: str) -> Response:
    """Answer at the second look only: labels are drawn while one waits."""
    checked(world)
    wish = next((one for one in world.papers("correios label") if one["receipt"] == receipt), None)
    if wish is None:
        raise refusal("PPN-301: recibo não encontrado", 404)
    wish["looks"] += 1
    if wish["looks"] == 1:
        raise refusal("PPN-295: O rótulo ainda está em processamento")
    pages = [
        post.label_data(s, "PRACTICE CORREIOS", (_lines(s.shipper), _lines(s.receiver))) for s in wish["shipments"]
    ]
    return answer({"nome": f"{receipt}.pdf", "dados": base64.b64encode(labels.pdf(pages)).decode()})


def posted(world: World, shipment: Shipment) -> list[Scan]:
    """Return the scans since the parcel was handed over: the Correios tell nothing of it before."""
    return [scan for scan in shipment.scans(world.clock.now()) if scan.step != Step.INFO_RECEIVED]


def _lines(side: dict[str, Any]) -> tuple[str, ...]:
    place = side["endereco"]
    street = f"{place['logradouro']}, {place['numero']}"
    city = f"{place['cidade']} {place['uf']}"
    return post.shown(side["nome"], street, place.get("complemento"), place["bairro"], city, place["cep"])


def _cancel(world: World, checked: Check, refusal: Callable[..., Exception], code: str) -> Response:
    checked(world)
    shipment = world.find(CARRIER, code)
    if shipment is None or shipment.voided or posted(world, shipment):
        raise refusal("PPN-330: A pré-postagem não pode ser cancelada")
    shipment.voided, shipment.voided_at = True, world.clock.now()
    return answer({"codigoObjeto": code, "resultadoCancelamento": "SUCESSO", "mensagem": "Cancelada"})
