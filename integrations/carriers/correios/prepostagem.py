"""A parcel announced to the Correios (prepostagem): our order ↔ their JSON. Pure. Inside Brazil only."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from integrations.carriers.correios.codes import NOT_BOOKED
from integrations.carriers.correios.limits import (
    PRICE_DECIMALS,
    SHORTEST_DESCRIPTION,
    SHORTEST_NAME,
    TEXTS,
)
from integrations.carriers.correios.mapping import cep, checked_parcel, sides
from integrations.kit.descriptions import shortened
from integrations.kit.fields import exact_items, fitting, refused, required, unit_price
from integrations.kit.reading import number, paper, reading
from shipsmart.ports import CarrierAccountRef, CustomsItem, Incoterm, Label, LabelOrder, Party

TRACKING_PAGE = "https://rastreamento.correios.com.br/app/index.php?objeto={waybill}"
BOX = "2"
BILLED_TO_THE_CONTRACT = "2"
HOUSE_NUMBER = re.compile(r"^(?P<street>.+?)[\s,]+(?:n[.º°o]{0,2}\s*)?(?P<number>\d+\s?[A-Za-z]?|[Ss]/?[Nn])$")
DOCUMENTS = ("CNPJ", "CPF")


def body(account: CarrierAccountRef, order: LabelOrder) -> dict[str, Any]:
    """Return the request of one parcel. Raises IntegrationError for what the Correios do not take or must know."""
    _check(order)
    length, width, height = sides(checked_parcel(order.parcels))
    return {
        "remetente": _sender(order.shipper),
        "destinatario": _party(order.consignee, "consignee"),
        "codigoServico": fitting(order.service, 5, "service", at_least=5),
        "numeroCartaoPostagem": required(account.number, "posting card"),
        "pesoInformado": str(order.parcels[0].weight_g),
        "codigoFormatoObjetoInformado": BOX,
        "comprimentoInformado": str(length),
        "larguraInformada": str(width),
        "alturaInformada": str(height),
        "cienteObjetoNaoProibido": "1",
        "solicitarColeta": "N",
        "logisticaReversa": "N",
        "modalidadePagamento": BILLED_TO_THE_CONTRACT,
        "pedidoExternoOrigem": fitting(order.reference, TEXTS["reference"], "reference"),
        "itensDeclaracaoConteudo": [
            _content(item, line) for line, item in enumerate(exact_items(order.items, order.currency), 1)
        ],
    }


def _check(order: LabelOrder) -> None:
    if (order.duty_payer == "sender") != (order.incoterm == Incoterm.DDP):
        raise refused(
            f"incoterm {order.incoterm} contradicts duty payer {order.duty_payer!r}: DDP is paid by the sender",
            code="duty_payer_contradiction",
            field="duty payer",
        )
    if order.currency != "BRL":
        raise refused(
            f"the Correios are told what goods are worth in BRL, not {order.currency}",
            code="wrong_currency",
            field="currency",
        )
    if dangerous := [item for item in order.items if item.dangerous]:
        raise refused(
            f"the Correios take no {dangerous[0].dangerous.un}: send it with another carrier",  # type: ignore[union-attr]
            code="dangerous_goods_refused",
            field="dangerous goods",
        )


def _sender(party: Party) -> dict[str, Any]:
    found = _party(party, "consignor")
    if "cpfCnpj" not in found:
        raise refused(
            "consignor CNPJ or CPF is missing: add it to your tax registrations",
            code="missing_data",
            field="consignor tax id",
        )
    return found


def _party(party: Party, field: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "nome": fitting(party.company or party.name, TEXTS["name"], f"{field} name", at_least=SHORTEST_NAME),
        "endereco": _address(party, field),
    }
    documents = [tax for kind in DOCUMENTS for tax in party.tax_ids if tax.type == kind]
    if documents:
        found["cpfCnpj"] = re.sub(r"\D", "", documents[0].number)
    if party.email:
        found["email"] = fitting(party.email, TEXTS["email"], f"{field} email")
    return found | _phone(party.phone)


def _address(party: Party, field: str) -> dict[str, str]:
    """Return street, number, complement and district apart, as the Correios keep them; nothing is guessed."""
    postcode = cep(party, field)
    parts = HOUSE_NUMBER.match(required(party.address1, f"{field} address1"))
    if parts is None:
        raise refused(
            f"{field} address1 {party.address1!r} does not end in a house number: write it behind the street, or S/N",
            code="missing_data",
            field=f"{field} address1",
        )
    district = fitting(party.district, TEXTS["district"], f"{field} district (bairro)")
    complement = _without(party.address2, district)
    found = {
        "cep": postcode,
        "logradouro": fitting(parts["street"], TEXTS["street"], f"{field} street"),
        "numero": fitting(parts["number"].replace(" ", "").upper(), TEXTS["house number"], f"{field} house number"),
        "bairro": district,
        "cidade": fitting(party.city, TEXTS["city"], f"{field} city"),
        "uf": fitting(party.region, 2, f"{field} region", at_least=2),
    }
    return found | (
        {"complemento": fitting(complement, TEXTS["complement"], f"{field} address2")} if complement else {}
    )


def _without(line: str, district: str) -> str:
    """Return the second address line without the district at its end."""
    text = line.strip()
    return text[: len(text) - len(district)].rstrip(" ,-") if text.lower().endswith(district.lower()) else text


def _phone(text: str) -> dict[str, str]:
    """Return a Brazilian number as the Correios keep it; one from abroad has no field, and none is demanded."""
    digits = re.sub(r"\D", "", text)
    digits = digits[2:] if len(digits) in (12, 13) and digits.startswith("55") else digits
    if len(digits) == 11:
        return {"dddCelular": digits[:2], "celular": digits[2:]}
    return {"dddTelefone": digits[:2], "telefone": digits[2:]} if len(digits) == 10 else {}


def _content(item: CustomsItem, line: int) -> dict[str, str]:
    field = f"item {line}"
    if item.quantity < 1:
        raise refused(f"{field} has quantity {item.quantity}", code="wrong_quantity", field=f"{field} quantity")
    text = shortened(item.description, TEXTS["description"], f"{field} description")
    price = unit_price(item.unit_price, PRICE_DECIMALS, f"{field} price")
    return {
        "conteudo": fitting(text, TEXTS["description"], f"{field} description", at_least=SHORTEST_DESCRIPTION),
        "quantidade": str(item.quantity),
        "valor": f"{price:.2f}",
    }


def label_request(account: CarrierAccountRef, identifier: str) -> dict[str, Any]:
    return {
        "idsPrePostagem": [identifier],
        "numeroCartaoPostagem": account.number,
        "tipoRotulo": "P",
        "formatoRotulo": "ET",
        "imprimeRemetente": "S",
        "layoutImpressao": "LINEAR_100_150",  # 10 x 15 cm, for label printers
    }


@reading("the booking of the Correios", booked=True)
def booked(document: Mapping[str, Any]) -> tuple[str, str]:
    """Return the prepostagem's own id and the number of the object."""
    return number(document["id"]), number(document["codigoObjeto"])


@reading("the list of prepostagens")
def rows_of(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Return the rows of a page. Raises IntegrationError for anything but a list of records."""
    return [{**row} for row in document["itens"]]


@reading("a prepostagem of the list")
def named(rows: Sequence[Mapping[str, Any]], reference: str) -> Mapping[str, str] | None:
    """Return the prepostagem under our reference on a page of the list; None for none that can still be posted."""
    for row in rows:
        if row.get("pedidoExternoOrigem") == reference and status_of(row) not in NOT_BOOKED:
            return {"id": number(row["id"]), "codigoObjeto": number(row["codigoObjeto"])}
    return None


def status_of(row: Mapping[str, Any]) -> str:
    return str(row.get("statusAtual") or "")


@reading("the receipt of a label of the Correios")
def receipt(document: Mapping[str, Any]) -> str:
    return number(document["idRecibo"])


def label_from(waybill: str, content: bytes) -> Label:
    return Label(
        waybill=waybill,
        parcel_numbers=(waybill,),
        label=content,
        label_format="pdf",
        tracking_url=TRACKING_PAGE.format(waybill=waybill),
    )


@reading("the label of the Correios")
def drawn(document: Mapping[str, Any]) -> bytes:
    return paper(document["dados"])
