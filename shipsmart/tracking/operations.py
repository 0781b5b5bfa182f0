"""Follow parcels: poll, keep each scan once, derive the milestone, tell the store, move the order on."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from django.db.models import F, Max
from django.utils import timezone

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone, provider, provides, title_of
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import pacing, push
from shipsmart.tracking.models import Tracker, TrackingEvent, UnknownCode
from shipsmart.tracking.readings import readings_of
from shipsmart.tracking.schedule import FINAL, GIVE_UP_AFTER, first_poll_s, next_poll_s, silent_after

POLL_TIMEOUT_S = 15.0
STORE_NOT_TOLD_YET_S = 3.0


def handle_start(message: OutboundMessage) -> Effects | None:
    """Outbound handler "tracking.start": begin to follow a bought shipment, where its carrier can be asked."""
    shipment = Shipment.objects.only("carrier").get(pk=message.payload["shipment"])
    if not provides(shipment.carrier, "tracking"):
        return None
    return lambda: _start(shipment)


def _start(shipment: Shipment) -> None:
    due = timezone.now() + timedelta(seconds=first_poll_s())
    Tracker.objects.bulk_create([Tracker(shipment=shipment, due=due)], ignore_conflicts=True)


def handle_tracker(tracker: Tracker) -> Effects | Again | None:
    """Poll one shipment; the row comes back until the journey has ended."""
    shipment = Shipment.objects.select_related("order", "merchant", "account").get(pk=tracker.shipment_id)
    if shipment.state != Shipment.State.BOUGHT or shipment.account is None:
        return None
    if timezone.now() - (shipment.bought_at or shipment.created_at) > GIVE_UP_AFTER:
        return lambda: _expire(shipment)
    if wait_s := pacing.wait_s(shipment.account):
        return Again(wait_s)
    events = _asked(shipment)
    now = timezone.now()
    by_hand = _by_hand(shipment, events)
    milestone = current_milestone([read(event, shipment, by_hand) for event in events]) or shipment.milestone
    pushed_until = None if milestone in FINAL else push.subscribed_until(tracker, shipment, now)

    def effects() -> None:
        Tracker.objects.filter(pk=tracker.pk).update(
            last_polled_at=timezone.now(), polls=F("polls") + 1, attempts=0, pushed_until=pushed_until
        )
        take_in(shipment, events)
        watch_silence(tracker, shipment, timezone.now())

    return effects if milestone in FINAL else Again(push.interval_s(next_poll_s(milestone), pushed_until, now), effects)


def _asked(shipment: Shipment) -> list[CarrierEvent]:
    try:
        return provider(shipment.carrier, "tracking").tracking_events(
            shipment.account.ref(), shipment.waybill, timeout_s=POLL_TIMEOUT_S
        )
    except IntegrationError as error:
        if error.code == "too_many_requests":
            pacing.rest(shipment.account, wish_s=error.retry_after_s)
        raise


def watch_silence(tracker: Tracker, shipment: Shipment, now: datetime) -> None:
    """Note on the order, once per spell, that the next scan is overdue; a new scan ends the spell."""
    last = shipment.tracking_events.filter(at__lte=now).aggregate(at=Max("at"))["at"]
    heard_at = last or shipment.bought_at or shipment.created_at
    limit = silent_after(shipment.milestone)
    overdue = limit is not None and now - heard_at > limit
    if overdue and tracker.silent_since != heard_at:
        step = (shipment.milestone or "label created").replace("_", " ")
        shipment.order.note(
            "tracking_silent",
            f"No scan of {shipment.waybill} since {heard_at:%Y-%m-%d} ({step}); ask {title_of(shipment.carrier)}",
        )
    silent_since = heard_at if overdue else None
    if tracker.silent_since != silent_since:
        Tracker.objects.filter(pk=tracker.pk).update(silent_since=silent_since)


def _expire(shipment: Shipment) -> None:
    Shipment.objects.filter(pk=shipment.pk).update(milestone=Milestone.EXPIRED)
    shipment.order.note(
        "tracking_ended", f"No end of the journey seen within {GIVE_UP_AFTER.days} days; no longer polled"
    )


def take_in(shipment: Shipment, events: Sequence[CarrierEvent]) -> list[TrackingEvent]:
    """Keep the scans not seen before, in order of time, and let what follows from them happen. Return the new ones."""
    known = set(shipment.tracking_events.values_list("key", flat=True))
    by_hand = _by_hand(shipment, events)
    new = []
    for event in sorted(events, key=lambda event: event.at):
        key = event_key(event)
        if key not in known:
            known.add(key)
            new.append(_keep(shipment, event, key, by_hand))
    if new:
        move_on(shipment)
    return new


def located(event: CarrierEvent, shipment: Shipment) -> CarrierEvent:
    """Return the scan with its customs step named by where it happened.

    Most carriers have one code for customs wherever it is; in the sender's own country it is the export's.
    """
    customs = (Milestone.IMPORT_CUSTOMS, Milestone.CUSTOMS_CLEARED)
    home = shipment.merchant.country
    if event.milestone in customs and event.country == home != shipment.order.country:
        return replace(event, milestone=Milestone.EXPORT_CUSTOMS)
    return event


def event_key(event: CarrierEvent) -> str:
    """Return what makes a scan the same scan: code, moment and place."""
    text = f"{event.code}|{event.at.astimezone(UTC).isoformat()}|{event.place}"
    return hashlib.sha256(text.encode()).hexdigest()


def _by_hand(shipment: Shipment, events: Sequence[CarrierEvent]) -> Mapping[str, str]:
    """Return what people said of the carrier's codes; asked for only where a code is in no table."""
    unread = any(event.milestone == Milestone.UNKNOWN for event in events)
    return readings_of(shipment.merchant, shipment.carrier) if unread else {}


def read(event: CarrierEvent, shipment: Shipment, by_hand: Mapping[str, str]) -> CarrierEvent:
    """Return a scan with the step that a person gave its code, where no table has it, and named by its place."""
    if event.milestone == Milestone.UNKNOWN and event.code in by_hand:
        event = replace(event, milestone=Milestone(by_hand[event.code]))
    return located(event, shipment)


def _keep(shipment: Shipment, told: CarrierEvent, key: str, by_hand: Mapping[str, str]) -> TrackingEvent:
    event = read(told, shipment, by_hand)
    row = TrackingEvent.objects.create(
        shipment=shipment,
        key=key,
        at=event.at,
        code=event.code,
        text=event.text[:500],
        place=event.place[:120],
        country=event.country,
        milestone=event.milestone,
        reason=event.reason[:60],
        by_hand=event.milestone != Milestone.UNKNOWN == told.milestone,
    )
    if told.milestone == Milestone.UNKNOWN or told.unlisted:
        _record_unknown(shipment.carrier, told)
    if event.milestone != Milestone.UNKNOWN:
        owe_the_store(row)
    return row


def owe_the_store(row: TrackingEvent) -> None:
    inbox.send(kind="tracking.tell_store", key=f"tracking.tell_store:{row.pk}", payload={"event": row.pk})


def _record_unknown(carrier: str, event: CarrierEvent) -> None:
    row, new = UnknownCode.objects.get_or_create(carrier=carrier, code=event.code, defaults={"text": event.text[:500]})
    if not new:
        UnknownCode.objects.filter(pk=row.pk).update(seen=F("seen") + 1, last_seen_at=timezone.now())


def current_milestone(events: Sequence[CarrierEvent | TrackingEvent]) -> str:
    """Return the milestone of the latest scan that we can read; "" when there is none.

    An end stays the end: carriers go on reporting paperwork after delivery. A return after delivery is a new end.
    """
    readable = sorted((e for e in events if e.milestone != Milestone.UNKNOWN), key=lambda event: event.at)
    current = ""
    for event in readable:
        if current in FINAL and event.milestone not in (*FINAL, Milestone.RETURNING):
            continue
        current = str(event.milestone)
    return current


def move_on(shipment: Shipment) -> None:
    milestone = current_milestone(list(shipment.tracking_events.all()))
    if not milestone or milestone == shipment.milestone:
        return
    Shipment.objects.filter(pk=shipment.pk).update(milestone=milestone)
    shipment.milestone = milestone
    state = _order_state(milestone)
    order = Order.objects.select_for_update().get(pk=shipment.order_id)
    others = order.shipments.exclude(pk=shipment.pk).exclude(state=Shipment.State.VOIDED)
    if state and others.exclude(milestone=milestone).exists():
        state = Order.State.SHIPPED  # the order has arrived when its last parcel has
    if (
        state
        and order.state in (Order.State.LABELLED, Order.State.SHIPPED, Order.State.DELIVERED)
        and order.state != state
    ):
        Order.objects.filter(pk=order.pk).update(state=state)
        carrier = title_of(shipment.carrier)
        order.note(state, f"{carrier} {shipment.waybill}: {milestone.replace('_', ' ')}", actor=carrier)


def _order_state(milestone: str) -> str:
    if milestone == Milestone.DELIVERED:
        return Order.State.DELIVERED
    if milestone == Milestone.RETURNED:
        return Order.State.RETURNED
    before = (Milestone.LABEL_CREATED, Milestone.INFO_RECEIVED, Milestone.CANCELLED, Milestone.EXPIRED)
    return "" if milestone in before else Order.State.SHIPPED


def handle_tell_store(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "tracking.tell_store": one scan written back, after the store knows of the fulfilment."""
    row = TrackingEvent.objects.select_related("shipment__order__connection").get(pk=message.payload["event"])
    shipment = row.shipment
    connection = shipment.order.connection
    if connection is None or not provides(shipment.order.channel, "fulfilments"):
        return None
    if not shipment.store_fulfilment_id or _earlier_untold(row):
        return Again(STORE_NOT_TOLD_YET_S) if message.attempts < 10 else _late(message)
    event = CarrierEvent(row.at, row.code, row.text, row.place, row.country, Milestone(row.milestone), row.reason)
    provider(shipment.order.channel, "fulfilments").add_event(connection, shipment.store_fulfilment_id, event)
    return None


def _earlier_untold(row: TrackingEvent) -> bool:
    """Whether an earlier scan of the shipment is still to be told: the store shows events as they come."""
    earlier = row.shipment.tracking_events.filter(at__lt=row.at).exclude(milestone=Milestone.UNKNOWN)
    keys = [f"tracking.tell_store:{pk}" for pk in earlier.values_list("pk", flat=True)]
    return OutboundMessage.objects.filter(key__in=keys, state="new").exists()


def _late(message: OutboundMessage) -> Again:
    return Again(min(3600, 2 ** min(message.attempts, 12)))
