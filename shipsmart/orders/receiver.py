"""What the merchant learnt of the addressee and the store did not bring: a phone that rings, numbers for customs."""

import re
from collections.abc import Mapping

from shipsmart.compliance.party_checks import RECIPIENT_IDS, asks_eori
from shipsmart.compliance.tax_ids import is_well_formed
from shipsmart.orders.models import PHONE, Order
from shipsmart.ports import TaxId


class MalformedNumber(ValueError):
    """A number has another form than its type; `key` says which, the message what to do."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def asked(order: Order) -> tuple[str, ...]:
    """Return the types of number that customs there ask of this addressee; of RECIPIENT_IDS any one will do."""
    types, _, _ = RECIPIENT_IDS.get(order.country, ((), "", True))
    consignee = order.consignee
    business = consignee.company or any(number.type in ("VAT", "EORI") for number in consignee.tax_ids)
    return (*types, "EORI") if business and asks_eori(order.country) else types


def known(order: Order) -> dict[str, str]:
    """Return phone and numbers as papers and carriers get them, by PHONE or type: what is asked or there."""
    consignee = order.consignee
    numbers = {number.type: number.number for number in consignee.tax_ids}
    kinds = dict.fromkeys((*asked(order), *_brought(order), *numbers))
    return {PHONE: consignee.phone, **{kind: numbers.get(kind, "") for kind in kinds if kind != PHONE}}


def learnt(order: Order, said: Mapping[str, str]) -> dict[str, str]:
    """Return what is to be kept beside the store's own data: `said` by PHONE or type.

    An empty text leaves a number out, the store's own too; the store's phone stays. Raises MalformedNumber.
    """
    brought, shown, kept = _brought(order), known(order), dict(order.receiver)
    for key, text in said.items():
        if key not in shown:
            raise MalformedNumber(key, f"customs of {order.country} do not ask for {key!r}")
        if text == shown[key]:
            continue
        number = _checked(key, " ".join(text.split()), order.issuer(key))
        kept.pop(key, None)
        if number != brought.get(key, "") and (number or key != PHONE):
            kept[key] = number
    return kept


def _brought(order: Order) -> dict[str, str]:
    """Return what the store says, likewise."""
    numbers = {number["type"]: number["number"] for number in order.ship_to.get("tax_ids", [])}
    return {PHONE: order.ship_to.get("phone", ""), **numbers}


def _checked(key: str, text: str, country: str) -> str:
    if not text:
        return ""
    if key == PHONE:
        if not 6 <= len(re.sub(r"\D", "", text)) <= 15:
            raise MalformedNumber(key, f"{text!r} is no phone number: give it with the country's code")
        return text
    number = text.replace(" ", "").upper()
    if not is_well_formed(TaxId(key, number, country)):
        raise MalformedNumber(key, f"{text!r} is no {key}: a digit is wrong or missing; ask the addressee again")
    return number
