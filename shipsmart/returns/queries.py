"""Reads of returns, refunds and claims that span several models."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from django.db.models import QuerySet

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.returns.models import Claim, Refund, Return
from shipsmart.returns.split import Bill, Parts, Sold, bill, by_line, for_units


def bill_of(order: Order, sold: list[Sold] | None = None) -> Bill:
    """Return what the shopper paid, with the charges of the order's quote; `sold`: the goods as they were sold."""
    lines = sold or [Sold(line.external_id, line.quantity, line.total) for line in order.lines.all()]
    collected = order.collected or {}
    laid = _laid(order, lines) if collected.get("quote_id") else {}
    return bill(lines=lines, delivery=order.shipping_paid, currency=order.currency, laid=laid)


def _laid(order: Order, lines: list[Sold]) -> dict[str, Parts]:
    """Return line → what the quotes laid on it; a part of the order that nothing was collected for bears nothing."""
    parts = list(order.consignments.select_related("quote"))
    if not parts:
        numbered = list(enumerate(lines, start=1))  # the quote numbers its lines from 1 in the order of the cart
        return by_line(numbered, order.quote.answer, order.currency) if order.quote else {}
    sold = {line.external_id: line for line in lines}
    found: dict[str, Parts] = {}
    for part in parts:
        goods = [(n, _units_of(sold[line], units)) for n, line, units in part.goods if line in sold]
        charges = by_line(goods, part.quote.answer, order.currency) if part.quote and part.collected else {}
        for line, charge in charges.items():
            found[line] = found.get(line, Parts()) + charge
    return found


def _units_of(line: Sold, units: int) -> Sold:
    """Return some units of a line with their share of what it cost."""
    return replace(line, quantity=units, total=line.total * units / line.quantity) if line.quantity else line


def refunded_parts(order: Order) -> Parts:
    """Return what went back of each part so far."""
    rows = order.refunds.all()
    return sum((Parts(r.goods, r.freight, r.duty, r.import_tax, r.fees) for r in rows), Parts())


def refunded_units(order: Order) -> dict[str, int]:
    """Return external line id → units refunded so far."""
    found: dict[str, int] = {}
    for refund in order.refunds.all():
        for line, units in refund.lines.items():
            found[line] = found.get(line, 0) + units
    return found


def units_left(returned: Return) -> dict[str, int]:
    """Return external line id → units of a return that count and were not refunded with it yet."""
    found = returned.quantities
    for refund in returned.refunds.all():
        for line, units in refund.lines.items():
            found[line] = found.get(line, 0) - units
    return {line: units for line, units in found.items() if units > 0}


def may_come_back(order: Order) -> dict[str, int]:
    """Return external line id → units that no return holds and no refund took, as far as we know."""
    left = {line.external_id: line.quantity for line in order.lines.all()}
    over = (Return.State.DECLINED, Return.State.CANCELLED)
    for returned in order.returns.exclude(state__in=over):
        for line, units in returned.quantities.items():
            left[line] = left.get(line, 0) - units
    for refund in order.refunds.filter(returned=None):
        for line, units in refund.lines.items():
            left[line] = left.get(line, 0) - units
    return {line: max(units, 0) for line, units in left.items()}


def suggested_refund(returned: Return, *, with_freight: bool = False, with_fees: bool = False) -> Parts:
    """Return what to refund for a return: goods, and the duty and tax that the quote laid on them.

    Freight and fees were spent on the way there; they go back only when the merchant says so, whole and once.
    """
    order = returned.order
    sold, before = bill_of(order), refunded_parts(order)
    parts = for_units(sold, units_left(returned), before=refunded_units(order))
    left = sold.whole - before
    return Parts(
        parts.goods,
        max(left.freight, Decimal(0)) if with_freight else Decimal(0),
        min(parts.duty, left.duty),
        min(parts.import_tax, left.import_tax),
        max(left.fees, Decimal(0)) if with_fees else Decimal(0),
    )


def collected_by_reason(returned: Return) -> Mapping[str, Parts]:
    """Return what was collected on the units that count, by the reason of their return."""
    sold = bill_of(returned.order)
    before: dict[str, int] = {}
    found: dict[str, Parts] = {}
    for line in returned.lines.select_related("order_line"):
        units = line.quantity if line.accepted is None else line.accepted
        key = line.order_line.external_id
        found[line.reason] = found.get(line.reason, Parts()) + for_units(sold, {key: units}, before=before)
        before[key] = before.get(key, 0) + units
    return found


def open_returns(merchant: Merchant) -> QuerySet[Return]:
    return Return.objects.for_merchant(merchant).open().select_related("order").prefetch_related("lines__order_line")


def open_claims(merchant: Merchant) -> QuerySet[Claim]:
    """Return the claims still to be filed or answered, the nearest deadline first."""
    wanted = Claim.objects.filter(
        returned__merchant=merchant, state__in=[Claim.State.LISTED, Claim.State.FILED]
    ).select_related("returned__order")
    return wanted.order_by("deadline", "pk")


@dataclass(frozen=True)
class ClaimTotals:
    """Of the claims listed and not yet filed: how many, the nearest deadline, and the sum by currency."""

    count: int
    nearest: date | None
    amounts: Mapping[str, Decimal]


def claim_totals(merchant: Merchant, *, today: date) -> ClaimTotals:
    rows = [claim for claim in open_claims(merchant).filter(state=Claim.State.LISTED) if not claim.is_late(today)]
    amounts: dict[str, Decimal] = {}
    for claim in rows:
        amounts[claim.currency] = amounts.get(claim.currency, Decimal(0)) + claim.amount
    return ClaimTotals(len(rows), rows[0].deadline if rows else None, amounts)


def refunds_of(order: Order) -> QuerySet[Refund]:
    return Refund.objects.filter(order=order)
