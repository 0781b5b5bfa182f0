"""Hand refunds that were ordered here to the store: outbound messages, worked off by the inbox."""

from decimal import Decimal

from django.utils import timezone

from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.ports import (
    IntegrationError,
    RefundOrder,
    RefundPayment,
    StoreRefundDone,
    StoreRefunds,
    provider,
    title_of,
)
from shipsmart.returns.models import RefundInstruction
from shipsmart.returns.recording import record_refunds
from shipsmart.returns.refunding import failed

State = RefundInstruction.State


def pay_back(message: OutboundMessage) -> Effects | None:
    """Have the store pay back; every try is the same, and one after the first looks in the store before."""
    row = _row(message)
    if row is None or row.state != State.ORDERED:
        return None
    order = _order(row)
    if row.order.connection is None:
        raise IntegrationError("the store is no longer connected", permanent=True, code="store_gone")
    # Written before the call: after a crash the next try must know that this one may have been carried out.
    RefundInstruction.objects.filter(pk=row.pk).update(tried_at=row.tried_at or timezone.now(), unsure=True)
    try:
        done = provider(row.order.channel, "refunds").refund(row.order.connection, order)
    except IntegrationError as error:
        failed(row, error)
        raise
    return lambda: _done(row, done)


def _row(message: OutboundMessage) -> RefundInstruction | None:
    rows = RefundInstruction.objects.select_related("order__connection")
    return rows.filter(pk=message.payload["refund"]).first()


def _order(row: RefundInstruction) -> RefundOrder:
    payments = tuple(RefundPayment(p["parent"], p["gateway"], Decimal(p["amount"])) for p in row.payments)
    return RefundOrder(
        key=str(row.key),
        mark=row.mark,
        order_external_id=row.order.external_id,
        pay_currency=row.pay_currency,
        lines=row.lines,
        shipping=row.shipping,
        payments=payments,
        currency=row.currency,
        duties=tuple(row.duties),
        note=row.note,
        notify=row.notify,
        tried=row.tried_at is not None,
    )


def _done(row: RefundInstruction, done: StoreRefundDone) -> None:
    # The store's own message may have brought it already; whoever comes second changes nothing.
    record_refunds(row.order, StoreRefunds((), (done.refund,)))
    for gateway, said in done.unpaid.items():
        text = f"{title_of(row.order.channel)} booked the refund of {row}, but {gateway} says {said}: look there"
        row.order.note("refund_unpaid", text[:500])


def given_up(message: OutboundMessage, text: str) -> None:
    """Refused for good, or nobody knows: then the merchant looks, and may have it tried again."""
    row = _row(message)
    if row is None or row.state != State.ORDERED:
        return
    row.state = State.UNSURE if row.unsure else State.REFUSED
    row.error = text[:500]
    row.save(update_fields=["state", "error"])
    said = "may not have been made" if row.unsure else "was not made"
    row.order.note(f"refund_{row.state}", f"The refund of {row} {said}: {text}"[:500])
