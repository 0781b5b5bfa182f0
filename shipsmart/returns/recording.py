"""Refunds as the store tells of them: recorded once each, the delivery price split into what it was for."""

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.db import transaction

from shipsmart.orders.models import Order
from shipsmart.orders.operations import LABELLED, hold, stop_late
from shipsmart.ports import StoreRefund, StoreRefunds, title_of
from shipsmart.returns.models import Refund, RefundInstruction, Return
from shipsmart.returns.operations import move
from shipsmart.returns.queries import bill_of, refunded_parts, refunded_units
from shipsmart.returns.split import ZERO, Bill, Parts, Sold, for_units, of_delivery

State = Return.State


def record_refunds(order: Order, told: StoreRefunds) -> list[Refund]:
    """Record the store's refunds that we do not have yet, the delivery price split into its parts; return those."""
    with transaction.atomic():
        order = Order.objects.select_for_update(of=("self",)).select_related("quote").get(pk=order.pk)
        known = set(order.refunds.values_list("external_id", flat=True))
        sold = [
            Sold(line.external_id, line.quantity, line.unit_price * line.quantity - line.discount) for line in told.sold
        ]
        new = [one for one in sorted(told.refunds, key=lambda r: r.refunded_at) if one.external_id not in known]
        return [_record(order, one, sold) for one in new]


def _record(order: Order, one: StoreRefund, sold: list[Sold]) -> Refund:
    whole = bill_of(order, sold)
    shipped = {line.external_id for line in whole.lines}
    units = {line: count for line, count in one.lines.items() if line in shipped}
    left = whole.whole - refunded_parts(order)
    ordered = _instruction_behind(order, one)
    delivery, why = _split(order, one, ordered, left=left, laid=lambda: _laid(order, whole, units))
    refund = Refund.objects.create(
        order=order,
        returned=ordered.returned if ordered else _return_behind(order, one, units),
        external_id=one.external_id,
        refunded_at=one.refunded_at,
        currency=one.currency,
        goods=one.goods,
        freight=delivery.freight,
        duty=delivery.duty + one.duties,
        import_tax=delivery.import_tax,
        fees=delivery.fees,
        lines=units,
        why=why,
        paid_back=one.paid_back,
        store_credit=one.store_credit,
    )
    if ordered:
        RefundInstruction.objects.filter(pk=ordered.pk).update(
            refund=refund, state=RefundInstruction.State.DONE, error="", unsure=False
        )
    _after_refund(order, refund, charges_left=left.charges - delivery.charges)
    if not refund.returned:
        _not_to_be_sent(order, one, shipped)
    return refund


def _instruction_behind(order: Order, one: StoreRefund) -> RefundInstruction | None:
    """Return what was ordered here and became this refund: its mark stands in the refund's note."""
    waiting = order.refund_instructions.filter(refund=None)
    return next((row for row in waiting if row.mark in one.note), None)


def _laid(order: Order, whole: Bill, units: Mapping[str, int]) -> Parts:
    return for_units(whole, units, before=refunded_units(order)) if units else Parts()


def _split(
    order: Order, one: StoreRefund, ordered: RefundInstruction | None, *, left: Parts, laid: Callable[[], Parts]
) -> tuple[Parts, str]:
    """Return what the delivery price's refund was for: as it was ordered here, else as the original quote says."""
    if ordered:
        parts = Parts(ZERO, ordered.freight, ordered.duty, ordered.import_tax, ordered.fees)
        return parts, f"as {ordered.actor} ordered it here"[:300]
    units = laid()
    return of_delivery(one.shipping, left=left, units=units, currency=order.currency) if one.shipping else (Parts(), "")


def _return_behind(order: Order, one: StoreRefund, units: Mapping[str, int]) -> Return | None:
    """Return the return that these goods came back with: the one the store names, else the oldest inspected one with
    the same lines."""
    if one.return_external_id:
        return order.returns.filter(external_id=one.return_external_id).first()
    if units and set(units) == set(one.cancelled):
        return None  # they never went out
    waiting = order.returns.filter(state__in=[State.RECEIVED, State.INSPECTED]).order_by("requested_at")
    return next((one for one in waiting if units and set(units) <= set(one.quantities)), None)


def _not_to_be_sent(order: Order, one: StoreRefund, shipped: Collection[str]) -> None:
    """Stop what would send goods that were paid back: a bought label of cancelled ones, an order of which the store
    still wants units sent that were paid back."""
    actor = title_of(order.channel)
    cancelled = _named(order, one.cancelled, shipped)
    kept = _named(order, one.kept, shipped)
    if cancelled:
        stop_late(
            order, actor, f"{cancelled} refunded and cancelled in the store after the label was bought: void the label"
        )
    if kept and order.state not in LABELLED and order.lines.exists():
        reason = (
            f"{kept} refunded in the store and not cancelled there: cancel what is not to be sent, then release the "
            "order; it goes without what was refunded"
        )
        hold(order, actor, reason)


def _named(order: Order, units: Mapping[str, int], shipped: Collection[str]) -> str:
    titles = dict(order.lines.values_list("external_id", "title"))
    return ", ".join(f"{count} x {titles.get(line, line)}" for line, count in units.items() if line in shipped)


def _after_refund(order: Order, refund: Refund, *, charges_left: Any) -> None:
    actor = title_of(order.channel)
    parts = {name: getattr(refund, name) for name in ("goods", "freight", "duty", "import_tax", "fees")}
    said = ", ".join(f"{name.replace('_', ' ')} {amount}" for name, amount in parts.items() if amount)
    text = f"{refund.total} {refund.currency} refunded ({said or 'nothing'})"
    if refund.store_credit:
        text = f"{text}, {refund.store_credit} {refund.currency} of it as store credit"
    order.note("refunded", f"{text}: {refund.why}" if refund.why else text, actor=actor, refund=refund.external_id)
    if refund.returned and refund.returned.state == State.INSPECTED:
        move(refund.returned, State.REFUNDED, actor=actor)
    if refund.duty + refund.import_tax and not charges_left and order.collected and order.state not in LABELLED:
        hold(order, actor, "what was collected for duty and tax was refunded before the label was bought: send it DAP")
