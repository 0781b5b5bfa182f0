"""Checks made before anything is sent. Nothing is invented and nothing is cut: what does not fit is a permanent error
that names the field, so that the merchant can mend it.
"""

import textwrap
from collections.abc import Sequence
from dataclasses import replace
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from shipsmart.core.codes import customs_union
from shipsmart.core.money import minor_unit
from shipsmart.ports import CustomsItem, IntegrationError, Party, TaxId

# Parts of a customs union's member states outside its customs or tax territory, by the beginning of their postcode:
# Canary Islands, Ceuta and Melilla. Source: Directive 2006/112/EC, Article 6.
OUTSIDE_UNION = {"ES": ("35", "38", "51", "52")}


def refused(message: str, *, code: str, field: str, **values: Any) -> IntegrationError:
    return IntegrationError(message, permanent=True, code=code, field=field, **values)


def required(value: str, field: str) -> str:
    """Return `value` without outer blanks. Raises IntegrationError(missing_data) when nothing is left."""
    if not value.strip():
        raise refused(
            f"{field} is missing; the carrier demands it and it must not be made up", code="missing_data", field=field
        )
    return value.strip()


def fitting(value: str, limit: int, field: str, *, at_least: int = 1) -> str:
    """Return the required `value` when its length lies within the carrier's limits. Raises IntegrationError."""
    found = required(value, field)
    if not at_least <= len(found) <= limit:
        raise refused(
            f"{field} has {len(found)} characters, the carrier takes {at_least} to {limit}: {found[:60]!r}",
            code="wrong_length",
            field=field,
            limit=limit,
        )
    return found


def exact(value: Decimal, places: int, field: str) -> Decimal:
    """Return `value` when it has no more decimals than the carrier takes; rounding would declare another value."""
    if not value.is_finite() or value < 0:
        raise refused(f"{field} is {value}: not an amount", code="wrong_amount", field=field)
    if value != value.quantize(Decimal(1).scaleb(-places)):
        raise refused(f"{field} is {value}: the carrier takes {places} decimals", code="too_precise", field=field)
    return value


def unit_price(value: Decimal, places: int, field: str) -> Decimal:
    """Return the price of one unit for customs. Goods given away have a value too: nought is refused."""
    if not value:
        raise refused(
            f"{field} is 0: customs want what the goods are worth, a gift's and a sample's too; state their value",
            code="missing_data",
            field=field,
        )
    return exact(value, places, field)


def kilograms(weight_g: int, field: str) -> Decimal:
    """Return a weight in kg, exact to the gram. Raises IntegrationError when it is not positive."""
    if weight_g <= 0:
        raise refused(f"{field} is {weight_g} g: weigh it", code="missing_data", field=field)
    return Decimal(weight_g) / 1000


def centimetres(length_mm: int, field: str) -> Decimal:
    if length_mm <= 0:
        raise refused(f"{field} is {length_mm} mm: measure it", code="missing_data", field=field)
    return Decimal(length_mm) / 10


def address_lines(party: Party, *, width: int, count: int, field: str) -> list[str]:
    """Return the street lines as written, moved onto further lines at blanks when they are too wide for the carrier.

    A single word that is too wide is broken at a hyphen it has. House number and street keep their order. Raises
    IntegrationError when they do not fit into `count` lines.
    """
    required(party.address1, f"{field} address1")
    both = f"{party.address1} {party.address2}"
    hyphens = any(len(word) > width for word in both.split())
    wrapped = _wrapped(party.address1, width, hyphens) + _wrapped(party.address2, width, hyphens)
    if len(wrapped) > count:
        wrapped = _wrapped(both, width, hyphens)
    if len(wrapped) > count or any(len(line) > width for line in wrapped):
        raise refused(
            f"{field} address does not fit into {count} lines of {width} characters: "
            f"{party.address1!r}, {party.address2!r}",
            code="wrong_length",
            field=f"{field} address1",
            limit=width * count,
        )
    return wrapped


def _wrapped(text: str, width: int, hyphens: bool) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=hyphens)


def crosses_customs(consignor: Party, consignee: Party) -> bool:
    """Return whether goods between the two need a customs declaration: not inside one country or customs union."""
    if _outside(consignor) or _outside(consignee):
        return True
    return customs_union(consignor.country) != customs_union(consignee.country)


def goods_value(items: Sequence[CustomsItem]) -> Decimal:
    return sum((item.unit_price * item.quantity for item in items), Decimal(0))


def exact_items(items: Sequence[CustomsItem], currency: str) -> tuple[CustomsItem, ...]:
    """Return the same goods with prices in whole minor units whose lines add up to the invoice to the cent.

    A unit price finer than the currency (a discount shared over three pieces: 19.9933) cannot be told to carriers,
    and rounding it would declare another total. Such a line becomes two: 2 at 19.99 and 1 at 20.00.
    """
    return tuple(part for item in items for part in _exact(item, minor_unit(currency)))


def _exact(item: CustomsItem, step: Decimal) -> list[CustomsItem]:
    if item.quantity < 1 or item.unit_price == item.unit_price.quantize(step):
        return [item]
    total = (item.unit_price * item.quantity).quantize(step, ROUND_HALF_UP)
    low = (total / item.quantity).quantize(step, ROUND_FLOOR)
    dearer = int((total - low * item.quantity) / step)
    parts = ((item.quantity - dearer, low), (dearer, low + step))
    return [replace(item, quantity=quantity, unit_price=price) for quantity, price in parts if quantity]


def tax_code(tax_id: TaxId, codes: dict[str, str], field: str) -> str:
    """Return the carrier's code of a tax id's type. Raises IntegrationError: a dropped number is a customs error."""
    if tax_id.type not in codes:
        raise refused(
            f"{field} has a tax id of type {tax_id.type!r}, for which the carrier has no code",
            code="unknown_tax_id",
            field=f"{field} tax id",
            type=tax_id.type,
        )
    return codes[tax_id.type]


def _outside(party: Party) -> bool:
    return party.postcode.startswith(OUTSIDE_UNION.get(party.country, ("\0",)))
