"""The practice Correios: token per posting card, domestic prices and times, scans, under /correios."""

from __future__ import annotations

import secrets
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Response, g, request

from . import correios_prepostagem as prepostagem
from . import post, tariff
from .calls import View, partner_call
from .journeys import Kind, Route, Scan, Step, plan
from .places import Place, country
from .shapes import ListOf, Record, Text, problems_of
from .tariff import Service
from .wire import NotJson, answer, read_json
from .world import World

CARRIER = "correios"
REFUSED_USER = "refused"
BRASILIA = timezone(timedelta(hours=-3))
TOKEN_LIFE = timedelta(hours=24)
_CEP = Text(8, 8, pattern=r"^\d{8}$")
_DIGITS = Text(1, pattern=r"^\d+$")
_PRODUCT = {"coProduto*": Text(5, 5), "nuRequisicao*": _DIGITS, "cepOrigem*": _CEP, "cepDestino*": _CEP}
_SIZES = {"psObjeto*": _DIGITS, "tpObjeto*": Text(1, 1), "comprimento*": _DIGITS, "largura*": _DIGITS,
          "altura*": _DIGITS}  # fmt: skip
CARD = Record({"numero*": Text(10, 10)}, closed=False)
PRICES = Record({"idLote*": Text(1), "parametrosProduto*": ListOf(Record({**_PRODUCT, **_SIZES}, closed=False), 1)})
TIMES = Record({"idLote*": Text(1), "parametrosPrazo*": ListOf(Record({**_PRODUCT, "dtEvento*": Text(10, 10)}), 1)})
_SERVICES = {
    "03220": Service("03220", "SEDEX", Decimal("0.5"), 1),
    "03298": Service("03298", "PAC", Decimal("0.3"), 4),
}
_SCANS: dict[Step, tuple[str, str, str]] = {
    Step.INFO_RECEIVED: ("PO", "01", "Objeto postado"),
    Step.PICKED_UP: ("PO", "01", "Objeto postado"),
    Step.AT_ORIGIN: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Step.EXPORT_CLEARED: ("PAR", "18", "Objeto recebido na unidade de exportação no país de origem"),
    Step.DEPARTED_ORIGIN: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Step.AT_HUB: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Step.DEPARTED_HUB: ("DO", "01", "Objeto em trânsito - por favor aguarde"),
    Step.ARRIVED: ("PAR", "16", "Objeto recebido pelos Correios do Brasil"),
    Step.IMPORT_CUSTOMS: ("PAR", "21", "Encaminhado para fiscalização aduaneira"),
    Step.CUSTOMS_HOLD: ("PAR", "17", "Aguardando pagamento"),
    Step.CUSTOMS_CLEARED: ("PAR", "10", "Fiscalização aduaneira finalizada"),
    Step.AT_DEPOT: ("RO", "01", "Objeto em trânsito - por favor aguarde"),
    Step.OUT_FOR_DELIVERY: ("OEC", "01", "Objeto saiu para entrega ao destinatário"),
    Step.ATTEMPT_FAILED: ("BDE", "20", "Objeto não entregue - carteiro não atendido"),
    Step.REFUSED: ("BDE", "20", "Objeto não entregue"),
    Step.RETURNING: ("PAR", "24", "Devolução autorizada pela Receita Federal"),
    Step.RETURNED: ("BDE", "23", "Objeto devolvido ao remetente"),
    Step.MISSING: ("BDE", "20", "Objeto não localizado"),
    Step.DELIVERED: ("BDE", "01", "Objeto entregue ao destinatário"),
}


class Refused(Exception):
    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.message, self.status = message, status


def problem(status: int, message: str = "") -> Response:
    """Return an error in the Correios' shape."""
    headers = {"Retry-After": "1"} if status == HTTPStatus.TOO_MANY_REQUESTS else None
    body = {"msgs": [message or HTTPStatus(status).phrase], "method": request.method, "path": request.path}
    return answer(body, status, headers)


def correios(world: World) -> Blueprint:
    """Return the blueprint with all endpoints."""
    blueprint = Blueprint(CARRIER, __name__, url_prefix="/correios")
    blueprint.register_error_handler(Refused, lambda error: problem(error.status, error.message))

    def endpoint(rule: str, operation: str, method: str, view: View) -> None:
        call = partner_call(world, CARRIER, operation, problem)(view)
        blueprint.add_url_rule(rule, endpoint=f"{method} {rule}".replace(".", "_"), view_func=call, methods=[method])

    endpoint("/token/v1/autentica/cartaopostagem", "token", "POST", lambda: _token(world))
    endpoint("/preco/v1/nacional", "rates", "POST", lambda: _prices(world))
    endpoint("/prazo/v1/nacional", "rates", "POST", lambda: _times(world))
    for rule, operation, method, view in prepostagem.endpoints(world, _checked, Refused):
        endpoint(rule, operation, method, view)
    endpoint("/srorastro/v1/objetos/<number>", "track", "GET", lambda number: _track(world, number))
    return blueprint


def _token(world: World) -> Response:
    login = request.authorization
    if login is None or login.type != "basic" or login.username == REFUSED_USER:
        return problem(401, "GTW-007: usuário ou código de acesso inválido")
    card = _document(CARD)["numero"]
    token, until = secrets.token_urlsafe(32), datetime.now(UTC) + TOKEN_LIFE
    world.grant(f"correios {token}", until)
    ends = f"{until.astimezone(BRASILIA):%Y-%m-%dT%H:%M:%S}"
    body = {"ambiente": "PRATICA", "cartaoPostagem": {"numero": card}, "expiraEm": ends, "zoneOffset": "-03:00"}
    return answer(body | {"token": token}, 201)


def _document(shape: Record) -> dict[str, Any]:
    try:
        document = read_json(request.get_data())
    except NotJson as error:
        raise Refused("PRC-001: o corpo da requisição não é JSON") from error
    found = problems_of(document, shape)
    if found:
        raise Refused("PRC-002: " + "; ".join(found[:10]))
    return document


def _checked(world: World, shape: Record | None = None) -> dict[str, Any]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    until = world.token_expiry(f"correios {token}") if scheme.lower() == "bearer" else None
    if until is None or until <= datetime.now(UTC):
        raise Refused("GTW-012: token inválido", 401)
    return _document(shape) if shape else {}


def _prices(world: World) -> Response:
    rows = _checked(world, PRICES)["parametrosProduto"]
    return answer([_price(row) for row in rows])


def _price(row: dict[str, Any]) -> dict[str, Any]:
    head = {"coProduto": row["coProduto"], "nuRequisicao": row["nuRequisicao"]}
    service = _SERVICES.get(row["coProduto"])
    if service is None:
        return head | {"txErro": "PRC-101: serviço não contratado"}
    price = post.price_of(service, ("BR", "BR"), Decimal(row["psObjeto"]) / 1000, "BRL").total
    return head | {"pcBase": f"{price:.2f}".replace(".", ","), "pcFinal": f"{price:.2f}".replace(".", ",")}


def _times(world: World) -> Response:
    rows = _checked(world, TIMES)["parametrosPrazo"]
    return answer([_time(row) for row in rows])


def _time(row: dict[str, Any]) -> dict[str, Any]:
    head = {"coProduto": row["coProduto"], "nuRequisicao": row["nuRequisicao"]}
    service = _SERVICES.get(row["coProduto"])
    if service is None:
        return head | {"txErro": "PRZ-101: serviço não contratado"}
    day, month, year = (int(part) for part in row["dtEvento"].split("-"))
    _, delivery, days = tariff.promise(service, date(year, month, day), ("BR", "BR"))
    return head | {"prazoEntrega": days, "dataMaxima": f"{delivery}T23:59:00", "entregaDomiciliar": "S"}


def _track(world: World, number: str) -> Response:
    """Answer the scans of any post's number that ends in BR, or that was booked here: its journey ends in Brazil."""
    _checked(world)
    thing: dict[str, Any] = {"codObjeto": number}
    booked = world.find(CARRIER, number)
    if booked is not None:
        thing["eventos"] = _shaped([_event(scan) for scan in reversed(prepostagem.posted(world, booked))])
    elif len(number) == 13 and number.endswith(("BR", "US", "CN", "PT")):
        thing["eventos"] = _shaped([_event(scan) for scan in reversed(_scans(world))])
    else:
        thing["mensagem"] = "SRO-020: Objeto não encontrado na base de dados dos Correios."
    return answer({"versao": "2.0.0", "quantidade": 1, "objetos": [thing], "resultado": "Todos os Eventos"})


def _scans(world: World) -> list[Scan]:
    ends = [country(code) for code in ("CN", "BR")]
    start, end = (Place(found.gateway, found.city, found.code) for found in ends)
    now = world.clock.now()
    posted = datetime(2026, 1, 5, 12, tzinfo=UTC)
    return [scan for scan in plan(Route(start, end, start, 12), Kind.NORMAL, posted) if scan.at <= now]


def _shaped(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    if "twice" in g.shapings:
        events = [copy for event in events for copy in (event, dict(event))]
    if "wrong_order" in g.shapings:
        events = events[1::2] + events[0::2][::-1]
    return events


def _event(scan: Scan) -> dict[str, Any]:
    code, kind, text = _SCANS[scan.step]
    fraction = ".123" if "odd_fractions" in g.shapings else ""
    home = scan.place.country == "BR"
    address = {"cidade": scan.place.city, "uf": "SP"} if home else {}
    unit = {"tipo": "Unidade de Tratamento" if home else "País", "endereco": address}
    return {
        "codigo": code,
        "tipo": kind,
        "dtHrCriado": f"{scan.at.astimezone(BRASILIA):%Y-%m-%dT%H:%M:%S}{fraction}",
        "descricao": None if "null_text" in g.shapings else text,
        "unidade": unit if home else unit | {"nome": scan.place.country},
    }
