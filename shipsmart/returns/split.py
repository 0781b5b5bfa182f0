"""What of a refund is goods, freight, duty, import tax and fees. Pure arithmetic over the original quote.

A shopper who paid duties ahead paid them inside the delivery price. Units that come back take with them the duty and
tax that the quote laid on their line. Shares are taken of the running total, so that refunds one after the other add
up to what was collected, to the last minor unit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.money import allocate, minor_unit, round_to

ZERO = Decimal(0)
KIND = {"duty": "duty", "additional_duty": "duty", "excise": "duty", "import_tax": "import_tax", "fee": "fees"}


class TooMuch(ShipSmartError):
    """More is refunded than there is."""

    code = "refund_too_much"


@dataclass(frozen=True)
class Parts:
    """Amounts in the order's currency."""

    goods: Decimal = ZERO
    freight: Decimal = ZERO
    duty: Decimal = ZERO
    import_tax: Decimal = ZERO
    fees: Decimal = ZERO

    @property
    def total(self) -> Decimal:
        return self.goods + self.delivery

    @property
    def delivery(self) -> Decimal:
        """What stands in the delivery price."""
        return self.freight + self.charges

    @property
    def charges(self) -> Decimal:
        return self.duty + self.import_tax + self.fees

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))

    def __sub__(self, other: "Parts") -> "Parts":
        return Parts(*(getattr(self, f.name) - getattr(other, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Sold:
    """One line of the order as it was sold: units and what they cost after discount."""

    external_id: str
    quantity: int
    total: Decimal


@dataclass(frozen=True)
class Bill:
    """What the shopper paid, by line and as a whole. `charges`: line → what the quote laid on it."""

    currency: str
    lines: Sequence[Sold]
    charges: Mapping[str, Parts]
    whole: Parts


def bill(*, lines: Sequence[Sold], delivery: Decimal, currency: str, laid: Mapping[str, Parts]) -> Bill:
    """Return the bill of an order; `laid`: line → what its quotes laid on it (see `by_line`).

    What the delivery price holds beyond those charges is freight. Where it holds less (the merchant gave delivery
    away), the shopper paid only as much of each charge.
    """
    goods = sum((line.total for line in lines), ZERO)
    charges = {line.external_id: laid.get(line.external_id, Parts()) for line in lines}
    if sum((part.charges for part in charges.values()), ZERO) > delivery:
        charges = _paid_of(charges, delivery, currency)
    all_laid = sum(charges.values(), Parts())
    whole = Parts(goods, max(delivery - all_laid.charges, ZERO), all_laid.duty, all_laid.import_tax, all_laid.fees)
    return Bill(currency, lines, charges, whole)


def _paid_of(charges: Mapping[str, Parts], paid: Decimal, currency: str) -> dict[str, Parts]:
    """Return what of the charges was paid when `paid` is less than all of them, shared by amount."""
    rows = [(line, name) for line in charges for name in ("duty", "import_tax", "fees")]
    amounts = [getattr(charges[line], name) for line, name in rows]
    found = {line: Parts() for line in charges}
    for (line, name), share in zip(rows, allocate(paid, amounts, step=minor_unit(currency)), strict=True):
        found[line] += Parts(**{name: share})
    return found


def by_line(lines: Sequence[tuple[int, Sold]], answer: Mapping[str, Any], currency: str) -> dict[str, Parts]:
    """Share a quote's charges out to the order's lines: those of a line to it, the others by value.

    `lines`: each with the number of its line in the quote; two of one number share its charges by value.
    """
    step = minor_unit(currency)
    found = {line.external_id: Parts() for _, line in lines}
    for charge in answer["charges"] if lines else ():
        amount, field = Decimal(charge["quote_amount"]), KIND[charge["kind"]]
        number = int(charge["line"] or 0)
        own = [line for its, line in lines if its == number] or [line for _, line in lines]
        for line, share in zip(own, allocate(amount, [line.total for line in own], step=step), strict=True):
            found[line.external_id] += Parts(**{field: share})
    return found


def for_units(sold: Bill, units: Mapping[str, int], *, before: Mapping[str, int]) -> Parts:
    """Return goods, duty, import tax and fees of these units; `before`: units refunded earlier.

    Raises TooMuch when more units come back than were sold.
    """
    found, step = Parts(), minor_unit(sold.currency)
    for line in sold.lines:
        start = before.get(line.external_id, 0)
        end = start + units.get(line.external_id, 0)
        if end > line.quantity:
            raise TooMuch(f"{end} units of line {line.external_id} come back, {line.quantity} were sold")
        laid = sold.charges[line.external_id]
        whole = Parts(line.total, ZERO, laid.duty, laid.import_tax, laid.fees)
        found += _share(whole, end, line.quantity, step) - _share(whole, start, line.quantity, step)
    return found


def _share(whole: Parts, units: int, quantity: int, step: Decimal) -> Parts:
    shares = (getattr(whole, f.name) * units / quantity for f in fields(whole))
    return Parts(*(round_to(share, step, ROUND_HALF_UP) for share in shares))


def of_delivery(amount: Decimal, *, left: Parts, units: Parts, currency: str) -> tuple[Parts, str]:
    """Return what a refund of the delivery price was for, and why it is read so.

    `left`: what of the bill was not refunded yet; `units`: what `for_units` says of the goods refunded with it.
    """
    wanted = Parts(duty=min(units.duty, left.duty), import_tax=min(units.import_tax, left.import_tax))
    if amount >= left.delivery:
        more = amount - left.delivery
        whole = Parts(ZERO, left.freight + more, left.duty, left.import_tax, left.fees)
        return whole, "the whole delivery price" if not more else "more than the delivery price: the rest is freight"
    for name, part in _exact(left, wanted):
        if part.delivery and part.delivery == amount:
            return part, name
    if amount < wanted.charges:
        return _shared(amount, wanted, currency), "a part of the duty and tax of the goods that came back"
    rest = amount - wanted.charges
    after = left - wanted
    freight = min(rest, after.freight)
    more = _shared(rest - freight, Parts(duty=after.duty, import_tax=after.import_tax, fees=after.fees), currency)
    why = "duty and tax of the goods that came back, then freight" if wanted.charges else "freight first"
    return wanted + Parts(freight=freight) + more, why


def _exact(left: Parts, wanted: Parts) -> Sequence[tuple[str, Parts]]:
    """Return what a sum may stand for to the cent, the likeliest first."""
    taxes = Parts(duty=left.duty, import_tax=left.import_tax)
    return (
        ("duty and tax of the goods that came back", wanted),
        ("all duty and tax", taxes),
        ("all duty, tax and fees", taxes + Parts(fees=left.fees)),
        ("the freight", Parts(freight=left.freight)),
    )


def _shared(amount: Decimal, weights: Parts, currency: str) -> Parts:
    if not amount:
        return Parts()
    shares = allocate(amount, [weights.duty, weights.import_tax, weights.fees], step=minor_unit(currency))
    return Parts(ZERO, ZERO, *shares)
