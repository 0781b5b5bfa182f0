"""What became of orders that were let go on: bought, failed with a cause, left alone, or still under way."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass

from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.models import State as WorkState
from shipsmart.orders.models import Order, OrderEvent
from shipsmart.orders.operations import LABELLED
from shipsmart.shipments.batch_models import BatchItem
from shipsmart.shipments.models import LabelAttempt, Shipment

State = BatchItem.State


@dataclass(frozen=True)
class Verdict:
    state: str
    cause: str = ""
    message: str = ""
    shipment: int | None = None


@dataclass(frozen=True)
class _Known:
    """What is read once for all orders; a batch of thousands makes no query an order."""

    shipments: Mapping[int, Shipment]
    messages: Mapping[str, OutboundMessage]
    writing: Set[int]
    refusals: Mapping[int, LabelAttempt]
    blocks: Mapping[int, str]


def verdicts(orders: Sequence[Order]) -> list[Verdict | None]:
    """Return one verdict an order, None while it is under way; four queries whatever their number."""
    known = _known(orders)
    return [_verdict(order, known) for order in orders]


def _known(orders: Sequence[Order]) -> _Known:
    pks = [order.pk for order in orders]
    rows = Shipment.objects.filter(order__in=pks).exclude(state=Shipment.State.VOIDED).order_by("number")
    # Of an order in parts the one whose label is not bought yet speaks for it.
    shipments = {row.order_id: row for row in sorted(rows, key=lambda row: row.state != Shipment.State.BOUGHT)}
    papers = {f"shipments.papers:{row.pk}": row.order_id for row in rows}
    keys = [*(f"shipments.plan:{pk}" for pk in pks), *papers]
    refused = LabelAttempt.objects.filter(shipment__in=list(shipments.values()), outcome=LabelAttempt.Outcome.REFUSED)
    blocked = OrderEvent.objects.filter(order__in=pks, kind="blocked").order_by("at", "pk")
    messages = {row.key: row for row in OutboundMessage.objects.filter(key__in=keys)}
    return _Known(
        shipments=shipments,
        messages=messages,
        writing={papers[key] for key, row in messages.items() if key in papers and row.state == WorkState.NEW},
        refusals={row.shipment_id: row for row in refused.order_by("sent_at", "pk")},
        blocks={row.order_id: str((row.data.get("blocks") or [{}])[0].get("code", "")) for row in blocked},
    )


def _verdict(order: Order, known: _Known) -> Verdict | None:
    shipment = known.shipments.get(order.pk)
    if order.state == Order.State.CANCELLED:
        return Verdict(State.SKIPPED, "order_cancelled", "the order was cancelled")
    if order.state == Order.State.RECEIVED and not order.paid:
        return Verdict(State.SKIPPED, "unpaid", "the order is not paid yet")
    if shipment and shipment.state == Shipment.State.BOUGHT and not _part_missing(order, shipment):
        return None if order.pk in known.writing else Verdict(State.DONE, shipment=shipment.pk)
    if order.state in (Order.State.ON_HOLD, Order.State.NEEDS_DATA):
        return _stands_still(order, shipment, known)
    plan = known.messages.get(f"shipments.plan:{order.pk}")
    if plan is not None and plan.state == WorkState.DEAD:
        return Verdict(State.FAILED, "not_planned", plan.last_error)
    return None


def _part_missing(order: Order, shipment: Shipment) -> bool:
    """Whether this is the label of one part, and the order still waits for that of another."""
    return shipment.consignment_id is not None and order.state not in LABELLED


def _stands_still(order: Order, shipment: Shipment | None, known: _Known) -> Verdict:
    """Return the failure under its cause: the block of customs data, the carrier's refusal, or simply "on hold"."""
    pk = shipment.pk if shipment else None
    refusal = known.refusals.get(pk) if pk else None
    if order.state == Order.State.NEEDS_DATA:
        cause = known.blocks.get(order.pk) or "needs_data"
    elif refusal and shipment and shipment.state == Shipment.State.FAILED:
        cause = refusal.code or "label_refused"
    else:
        cause = "on_hold"
    return Verdict(State.FAILED, cause, order.reason, pk)
