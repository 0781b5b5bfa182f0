"""Buy a label once. What became of a call without an answer is asked of the carrier before anything is repeated.

Before the call an attempt is committed; a crash, a time-out or a lost answer leaves it open. The next run finds it
open and asks the carrier for our reference: found, the waybill is taken over; not found after the call must long have
ended, the attempt is closed as "not booked" and only then may another be made.
"""

import hashlib
import io
import re
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.core.money import minor_unit, round_to
from shipsmart.documents.operations import Paper, issue_all
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.orders.models import Order
from shipsmart.ports import FoundShipment, IntegrationError, Label, LabelOrder, provider, provides, title_of
from shipsmart.rating.declared import goods_value
from shipsmart.shipments.consignments import all_bought
from shipsmart.shipments.label_order import label_order
from shipsmart.shipments.models import LabelAttempt, Parcel, Shipment

ASK_AGAIN_S = 5.0
SURE_AFTER = 2  # time-outs: a call that was cut off may still be worked on at the carrier
Outcome = LabelAttempt.Outcome


def handle_label(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.label"."""
    shipment = (
        Shipment.objects.with_goods().select_related("account", "order__connection").get(pk=message.payload["shipment"])
    )
    if shipment.state in (Shipment.State.BOUGHT, Shipment.State.VOIDED, Shipment.State.FAILED):
        return None
    open_attempt = shipment.attempts.filter(outcome__in=[Outcome.SENDING, Outcome.UNKNOWN]).first()
    if open_attempt:
        return _ask(shipment, open_attempt)  # for a held or cancelled order too: a booked label costs money
    if shipment.order.state != Order.State.READY:
        return None  # held or cancelled meanwhile; a release plans it again
    reason = _must_wait(shipment.order)
    return (lambda: _wait(shipment.order, reason)) if reason else _buy(shipment)


def _must_wait(order: Order) -> str:
    """Return why the store has not given the goods out of its hand yet, "" where it has or has no say in it."""
    if order.connection is None or not provides(order.channel, "hand_over"):
        return ""
    return str(provider(order.channel, "hand_over").must_wait(order.connection, order.external_id))


def _wait(order: Order, reason: str) -> None:
    """Have the order stand still; a release plans it again and asks the store anew."""
    if Order.objects.filter(pk=order.pk, state=Order.State.READY).update(state=Order.State.ON_HOLD, reason=reason):
        order.note("waits", reason)


def _buy(shipment: Shipment) -> Effects | Again | None:
    try:
        told = label_order(shipment)
    except ExchangeRateMissing as error:
        return partial(_fail, shipment, f"{title_of(shipment.carrier)} takes values in its own currency: {error}")
    with transaction.atomic():
        buyable = Shipment.objects.filter(
            pk=shipment.pk, state__in=[Shipment.State.PLANNED, Shipment.State.BUYING, Shipment.State.UNKNOWN]
        )
        if not buyable.update(state=Shipment.State.BUYING):  # the row is locked by it until the attempt is written
            return None
        attempt = LabelAttempt.objects.create(shipment=shipment, reference=shipment.reference)
        _note_currency(shipment, told)
    labels = provider(shipment.carrier, "labels")
    try:
        label = labels.buy_label(shipment.account.ref(), told, timeout_s=settings.LABEL_TIMEOUT_S)
    except IntegrationError as error:
        return _not_bought(shipment, attempt, error)
    return lambda: _take(shipment, attempt, label)


def _note_currency(shipment: Shipment, told: LabelOrder) -> None:
    """Say on the order what the carrier is told in another currency than that of the sale."""
    order = shipment.order
    if told.currency == order.currency:
        return
    worth = round_to(goods_value(told.items), minor_unit(told.currency))
    order.note("declared", f"{title_of(shipment.carrier)} takes values in {told.currency}: it is told {worth}")


def _not_bought(shipment: Shipment, attempt: LabelAttempt, error: IntegrationError) -> Effects | Again:
    if error.outcome_unknown:
        return Again(min(ASK_AGAIN_S, settings.LABEL_TIMEOUT_S), lambda: _mark_unknown(shipment, attempt, error))
    if error.permanent:
        return lambda: _refuse(shipment, attempt, error)
    _close(attempt, Outcome.REFUSED, error)  # the carrier is away: nothing was booked; the row is tried again
    raise error


def _ask(shipment: Shipment, attempt: LabelAttempt) -> Effects | Again:
    labels = provider(shipment.carrier, "labels")
    since = attempt.sent_at.date() - timedelta(days=1)
    found: FoundShipment | None = labels.find_shipment(
        shipment.account.ref(), reference=attempt.reference, since=since, timeout_s=settings.LABEL_TIMEOUT_S
    )
    if found and found.label:
        label = found.label
        return lambda: _take(shipment, attempt, label)
    if found:
        return lambda: _found_without_label(shipment, attempt, found)
    if (timezone.now() - attempt.sent_at).total_seconds() < SURE_AFTER * settings.LABEL_TIMEOUT_S:
        return Again(min(ASK_AGAIN_S, settings.LABEL_TIMEOUT_S))
    return Again(0, lambda: _close(attempt, Outcome.NOT_BOOKED))


def _take(shipment: Shipment, attempt: LabelAttempt, label: Label) -> None:
    """Write the bought label down and let the next steps follow."""
    _close(attempt, Outcome.BOUGHT, waybill=label.waybill)
    now = timezone.now()
    Shipment.objects.filter(pk=shipment.pk).update(
        state=Shipment.State.BOUGHT,
        reason="",
        waybill=label.waybill,
        tracking_url=label.tracking_url,
        cost=label.cost,
        cost_currency=label.currency,
        bought_at=now,
        milestone="label_created",
    )
    for parcel, number in zip(shipment.parcels.all(), label.parcel_numbers, strict=False):
        Parcel.objects.filter(pk=parcel.pk).update(carrier_number=number)
    _store_label(shipment, label)
    cost = f" for {label.cost} {label.currency}" if label.cost is not None else ""
    shipment.order.note(
        "label_bought", f"{title_of(shipment.carrier)} waybill {label.waybill}{cost}", waybill=label.waybill
    )
    order = Order.objects.select_for_update().get(pk=shipment.order_id)
    if order.state == Order.State.READY:
        mark_labelled(order, shipment, "shipments.papers", "tracking.start")
        return
    _owe(shipment, "shipments.papers", "tracking.start")
    order.state = Order.State.ON_HOLD
    order.reason = f"waybill {label.waybill} was bought before the order was stopped: void it, or release the order"
    order.save(update_fields=["state", "reason"])


def mark_labelled(order: Order, shipment: Shipment, *steps: str) -> None:
    """Move the order on to "labelled" when no part of it waits any more; owe the store the news of this one, and
    `steps` with it."""
    if all_bought(order):
        Order.objects.filter(pk=order.pk).update(state=Order.State.LABELLED, reason="")
    _owe(shipment, *steps, "shipments.fulfil")


def _owe(shipment: Shipment, *steps: str) -> None:
    inbox.send_each((step, f"{step}:{shipment.pk}", {"shipment": shipment.pk}) for step in steps)


def _store_label(shipment: Shipment, label: Label) -> None:
    media_type = "application/zpl" if label.label_format == "zpl" else "application/pdf"
    contents = {"label": (label.label, media_type)}
    contents |= {f"carrier_{_snake(kind)}": (content, "application/pdf") for kind, content in label.documents.items()}
    papers = [
        Paper(
            kind=kind,
            number=label.waybill,
            content=content,
            sha256=hashlib.sha256(content).hexdigest(),
            pages=pages_of(content) if media == "application/pdf" else 1,
            media_type=media,
        )
        for kind, (content, media) in contents.items()
    ]
    snapshot = {"waybill": label.waybill}
    issue_all(merchant=shipment.order.merchant, subject=subject(shipment), papers=papers, snapshot=snapshot)


def _snake(kind: str) -> str:
    """Return a carrier's name of a paper in our spelling: "waybillDoc" is "waybill_doc"."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind).lower()


def pages_of(content: bytes) -> int:
    """Return how many pages a carrier's PDF has; 1 when it cannot be read: its bytes are kept all the same."""
    try:
        return len(PdfReader(io.BytesIO(content)).pages)
    except PyPdfError:
        return 1


def subject(shipment: Shipment) -> str:
    return f"shipment:{shipment.pk}"


def _mark_unknown(shipment: Shipment, attempt: LabelAttempt, error: IntegrationError) -> None:
    LabelAttempt.objects.filter(pk=attempt.pk).update(outcome=Outcome.UNKNOWN, code=error.code, message=str(error))
    Shipment.objects.filter(pk=shipment.pk).update(state=Shipment.State.UNKNOWN)
    text = f"{title_of(shipment.carrier)} did not answer; asking whether it booked {attempt.reference}"
    shipment.order.note("label_unknown", text)


def _refuse(shipment: Shipment, attempt: LabelAttempt, error: IntegrationError) -> None:
    _close(attempt, Outcome.REFUSED, error)
    _fail(shipment, f"{title_of(shipment.carrier)} refused the label: {error}")


def _fail(shipment: Shipment, text: str) -> None:
    reason = text[:500]
    Shipment.objects.filter(pk=shipment.pk).update(state=Shipment.State.FAILED, reason=reason)
    Order.objects.filter(pk=shipment.order_id).update(state=Order.State.ON_HOLD, reason=reason)
    shipment.order.note("label_refused", reason)


def _found_without_label(shipment: Shipment, attempt: LabelAttempt, found: FoundShipment) -> None:
    reason = (
        f"{title_of(shipment.carrier)} booked {found.waybill} but does not print its label again: print it in the "
        "carrier's own portal, or give the waybill up and buy another"
    )
    LabelAttempt.objects.filter(pk=attempt.pk).update(
        outcome=Outcome.BOUGHT, waybill=found.waybill, answered_at=timezone.now(), message=reason
    )
    Shipment.objects.filter(pk=shipment.pk).update(state=Shipment.State.UNKNOWN, waybill=found.waybill, reason=reason)
    Order.objects.filter(pk=shipment.order_id).update(state=Order.State.ON_HOLD, reason=reason)
    shipment.order.note("label_without_print", reason, waybill=found.waybill)


def _close(attempt: LabelAttempt, outcome: str, error: IntegrationError | None = None, *, waybill: str = "") -> None:
    values: dict[str, Any] = {"outcome": outcome, "answered_at": timezone.now(), "waybill": waybill}
    if error:
        values |= {"code": error.code, "message": str(error)}
    LabelAttempt.objects.filter(pk=attempt.pk).update(**values)


def given_up(message: OutboundMessage, text: str) -> None:
    """Say on the order that its label could not be bought (the row is dead: a person may try again)."""
    shipment = Shipment.objects.get(pk=message.payload["shipment"])
    reason = f"the label could not be bought: {text}"[:500]
    Order.objects.filter(pk=shipment.order_id).update(state=Order.State.ON_HOLD, reason=reason)
    shipment.order.note("label_failed", reason)
