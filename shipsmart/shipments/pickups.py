"""Ask a carrier for a courier once, and call one off. An unanswered call sends no second courier: a person looks."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.ports import IntegrationError, ParcelSpec, PickUp, PickUpOrder, PickUpShipment, provider, provides
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import handing_over
from shipsmart.shipments.handing_over import HandoverRefused, settle
from shipsmart.shipments.handover_models import CourierPickUp, PickUpItem
from shipsmart.shipments.handover_models import HandoverState as State
from shipsmart.shipments.models import Shipment

CAPABILITY = "pickups"
BOOK, CANCEL = "shipments.pickup", "shipments.pickup_cancel"


@dataclass(frozen=True)
class PickUpWish:
    """When and where a courier is wanted: `ready_at` in the time zone `zone`, `closes_at` the same day there."""

    ready_at: datetime
    closes_at: time
    zone: str
    location: str = ""
    instructions: str = ""


def ask(account: CarrierAccount, shipments: Iterable[int], *, wish: PickUpWish, actor: str) -> CourierPickUp:
    """Return the pick-up that is now asked for, for those of the parcels that wait for no other courier.

    Raises HandoverRefused, also for the second of two clicks.
    """
    closes_at = datetime.combine(wish.ready_at.date(), wish.closes_at, tzinfo=wish.ready_at.tzinfo)
    _check(account, wish.ready_at, closes_at)
    with transaction.atomic():
        account = handing_over.locked(account)
        _let_go(account)
        rows = handing_over.chosen(account, shipments, PickUpItem)
        handing_over.place_of(rows, account.merchant.party())
        pickup = CourierPickUp.objects.create(
            merchant=account.merchant,
            account=account,
            carrier=account.carrier,
            actor=actor,
            zone=wish.zone,
            ready_at=wish.ready_at,
            closes_at=closes_at,
            location=wish.location,
            instructions=wish.instructions,
        )
        PickUpItem.objects.bulk_create([PickUpItem(handover=pickup, shipment=row) for row in rows])
        inbox.send(kind=BOOK, key=f"{BOOK}:{pickup.pk}", payload={"pickup": pickup.pk})
        handing_over.note(pickup, actor, "pickup_asked", parcels=len(rows))
    return pickup


def _check(account: CarrierAccount, ready_at: datetime, closes_at: datetime) -> None:
    if not account.active or not provides(account.carrier, CAPABILITY):
        raise HandoverRefused(f"{account} sends no courier", field="account")
    if closes_at <= ready_at:
        raise HandoverRefused("the place must close after the parcels are ready", field="closes_at")
    if closes_at <= timezone.now():
        raise HandoverRefused("that hour is over: choose a later one", field="day")


def _let_go(account: CarrierAccount) -> None:
    """Free the parcels of couriers whose hour is over: the carrier's scan would have taken them off the list."""
    past = PickUpItem.objects.filter(handover__account=account, handover__closes_at__lt=timezone.now(), open=True)
    past.update(open=False)


def handle_pickup(message: OutboundMessage) -> Effects | Again | None:
    """Outbound handler "shipments.pickup"."""
    pickup = _loaded(message)
    if pickup.state != State.ASKED:
        return None
    if pickup.account is None:
        return lambda: settle(pickup, State.REFUSED, message="its carrier account was deleted")
    order, account = _order(pickup), pickup.account.ref()
    if not handing_over.began(pickup):
        return handing_over.unanswered(pickup)
    try:
        booked = provider(pickup.carrier, CAPABILITY).book_pickup(account, order, timeout_s=settings.LABEL_TIMEOUT_S)
    except IntegrationError as error:
        return handing_over.not_done(pickup, error)
    return lambda: _take(pickup, booked)


def _take(pickup: CourierPickUp, booked: PickUp) -> None:
    values: dict[str, Any] = {"number": booked.number, "comes_on": booked.on, "details": dict(booked.details)}
    values |= {"cost": booked.cost, "cost_currency": booked.currency}
    settle(pickup, State.BOOKED, **values)
    hours = f"{pickup.ready_there:%H:%M} to {pickup.closes_there:%H:%M}"
    handing_over.tell_orders(pickup, "courier", f"a courier comes on {booked.on:%Y-%m-%d}, {hours} ({booked.number})")


def _order(pickup: CourierPickUp) -> PickUpOrder:
    bought = Shipment.objects.filter(state=Shipment.State.BOUGHT)  # not one whose label was voided meanwhile
    on_it = bought.filter(pickup_items__handover=pickup).select_related("order").prefetch_related("parcels")
    rows = list(on_it.order_by("pk"))
    return PickUpOrder(
        reference=pickup.reference,
        address=handing_over.place_of(rows, pickup.merchant.party()),
        ready_at=pickup.ready_there,
        closes_at=pickup.closes_there,
        shipments=tuple(_shipment(row) for row in rows),
        location=pickup.location,
        instructions=pickup.instructions,
    )


def _shipment(row: Shipment) -> PickUpShipment:
    boxes = row.parcels.all()
    parcels = (ParcelSpec(str(p.number), p.weight_g, p.length_mm, p.width_mm, p.height_mm) for p in boxes)
    return PickUpShipment(row.waybill, row.service, tuple(parcels), row.order.consignee)


def cancel(pickup: CourierPickUp, actor: str) -> None:
    """Have the carrier call the courier off. Raises HandoverRefused when none is booked under a number."""
    with transaction.atomic():
        pickup = _locked(pickup)
        handing_over.must_be(pickup, State.BOOKED)
        if not pickup.number or pickup.account is None:
            raise HandoverRefused("it has no number or no account here: cancel it at the carrier's", field="number")
        CourierPickUp.objects.filter(pk=pickup.pk).update(state=State.CANCELLING, message="")
        inbox.send(kind=CANCEL, key=f"{CANCEL}:{pickup.pk}", payload={"pickup": pickup.pk}, again=True)
        handing_over.note(pickup, actor, "pickup_cancelled", number=pickup.number)


def handle_cancel(message: OutboundMessage) -> Effects | None:
    """Outbound handler "shipments.pickup_cancel"; carriers bear to hear it twice, so a lost answer is asked again."""
    pickup = _loaded(message)
    if pickup.state != State.CANCELLING:
        return None
    if pickup.account is None:
        return lambda: settle(pickup, State.BOOKED, message="its carrier account was deleted: cancel it at the carrier")
    booked = PickUp(pickup.number, pickup.comes_on or pickup.ready_there.date(), pickup.details)
    carrier = provider(pickup.carrier, CAPABILITY)
    carrier.cancel_pickup(pickup.account.ref(), booked, timeout_s=settings.LABEL_TIMEOUT_S)
    return lambda: _called_off(pickup)


def _called_off(pickup: CourierPickUp) -> None:
    handing_over.tell_orders(pickup, "courier", f"the courier {pickup.number} was called off")
    settle(pickup, State.CANCELLED)


def note_answer(pickup: CourierPickUp, *, booked: bool, number: str, actor: str) -> None:
    """Write down what a person found at the carrier about a call without an answer. Raises HandoverRefused."""
    with transaction.atomic():
        pickup = _locked(pickup)
        handing_over.must_be(pickup, State.UNKNOWN)
        settle(pickup, State.BOOKED if booked else State.NOT_BOOKED, number=number if booked else "")
        handing_over.note(pickup, actor, "pickup_noted", booked=booked, number=number)


def given_up(message: OutboundMessage, text: str) -> None:
    handing_over.give_up(_loaded(message), text)


def cancel_given_up(message: OutboundMessage, text: str) -> None:
    """Say that the courier still comes: the carrier refused the cancellation, or never answered it."""
    pickup = _loaded(message)
    if pickup.state == State.CANCELLING:
        settle(pickup, State.BOOKED, message=f"not cancelled: {text}")


def _loaded(message: OutboundMessage) -> CourierPickUp:
    return CourierPickUp.objects.select_related("account", "merchant").get(pk=message.payload["pickup"])


def _locked(pickup: CourierPickUp) -> CourierPickUp:
    rows = CourierPickUp.objects.select_for_update(of=("self",)).select_related("account", "merchant")
    return rows.get(pk=pickup.pk)
