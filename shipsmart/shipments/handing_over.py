"""What pick-ups and manifests share: which parcels wait, one call at a time, and what an unanswered call leaves."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from shipsmart.core.errors import ShipSmartError
from shipsmart.inbox.operations import Again, Effects
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.models import Order, OrderEvent
from shipsmart.ports import IntegrationError, Milestone, Party, title_of
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.handover_models import OPEN, Handover, HandoverItem, HandoverState
from shipsmart.shipments.labels import ASK_AGAIN_S, SURE_AFTER
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.void import NOT_HANDED_OVER

WAITS_AT_MOST = timedelta(days=30)  # a label that nobody handed over for so long is forgotten, not waiting
STOPPED = (Order.State.ON_HOLD, Order.State.CANCELLED)


class HandoverRefused(ShipSmartError):
    """A courier or a manifest that cannot be asked for; `details["field"]` names what to mend."""

    code = "handover_refused"


def waiting(account: CarrierAccount) -> QuerySet[Shipment]:
    """Return the account's parcels with a label that the carrier has not scanned yet, oldest first."""
    bought = Shipment.objects.filter(account=account, merchant=account.merchant_id, state=Shipment.State.BOUGHT)
    there = bought.filter(milestone__in=NOT_HANDED_OVER - {Milestone.CANCELLED})
    fresh = there.filter(bought_at__gte=timezone.now() - WAITS_AT_MOST)
    return fresh.exclude(order__state__in=STOPPED).order_by("bought_at", "pk")


def locked(account: CarrierAccount) -> CarrierAccount:
    """Return the row as it is now; of two clicks, the second sees what the first asked for."""
    return CarrierAccount.objects.select_for_update(of=("self",)).select_related("merchant").get(pk=account.pk)


def chosen(account: CarrierAccount, wanted: Iterable[int] | None, items: type[HandoverItem]) -> list[Shipment]:
    """Return the wanted parcels (None: all) that stand on no other. Raises HandoverRefused when none is left."""
    rows = {row.pk: row for row in waiting(account)}
    asked = list(rows if wanted is None else dict.fromkeys(wanted))
    strange = [pk for pk in asked if pk not in rows]
    if strange:
        raise HandoverRefused("a ticked parcel does not wait any more: look at the list again", field="shipments")
    taken = set(items._default_manager.filter(shipment__in=asked, open=True).values_list("shipment", flat=True))
    left = [rows[pk] for pk in asked if pk not in taken]
    if not left:
        why = "these parcels were asked for already" if asked else "tick at least one parcel"
        raise HandoverRefused(why, field="shipments")
    return left


def place_of(rows: Iterable[Shipment], merchant: Party) -> Party:
    """Return where these parcels lie. Raises HandoverRefused when that is more than one place."""
    places = [replace(merchant, **(row.leaves_from or {})) for row in rows]
    if any(place != places[0] for place in places):
        towns = " and ".join(dict.fromkeys(f"{place.city} ({place.country})" for place in places))
        raise HandoverRefused(f"these parcels lie in {towns}: tick those of one place at a time", field="shipments")
    return places[0] if places else merchant


def began(row: Handover) -> bool:
    """Write down that the carrier is called now; False when somebody called before: the call is not repeated."""
    mine = type(row)._default_manager.filter(pk=row.pk, state=HandoverState.ASKED, sent_at=None)
    return bool(mine.update(sent_at=timezone.now()))


def unanswered(row: Handover) -> Effects | Again | None:
    """Say what follows from an earlier call: wait while it may be under way, then leave it to a person."""
    row.refresh_from_db()
    if row.state != HandoverState.ASKED or row.sent_at is None:
        return Again(0) if row.state == HandoverState.ASKED else None
    if (timezone.now() - row.sent_at).total_seconds() < SURE_AFTER * settings.LABEL_TIMEOUT_S:
        return Again(min(ASK_AGAIN_S, settings.LABEL_TIMEOUT_S))
    return lambda: settle(row, HandoverState.UNKNOWN, message=f"{title_of(row.carrier)}: the call was cut off")


def not_done(row: Handover, error: IntegrationError) -> Effects:
    """Say what follows from a failed call. Raises the error when nothing was done and it may be tried again."""
    if error.outcome_unknown:
        return lambda: settle(row, HandoverState.UNKNOWN, message=str(error))
    if error.permanent:
        return lambda: settle(row, HandoverState.REFUSED, message=str(error))
    type(row)._default_manager.filter(pk=row.pk).update(sent_at=None)
    raise error


def settle(row: Any, state: HandoverState, *, message: str = "", **values: Any) -> None:
    """Write down what became of it; parcels of one that is none let go of it."""
    now = timezone.now()
    type(row).objects.filter(pk=row.pk).update(state=state, message=message[:500], answered_at=now, **values)
    if state not in OPEN:
        row.items.update(open=False)


def tell_orders(row: Any, kind: str, text: str) -> None:
    """Write into the timelines of the orders whose parcels stand on it what became of it."""
    parcels = row.items.filter(open=True, shipment__state=Shipment.State.BOUGHT)
    found = Order.objects.filter(pk__in=parcels.values("shipment__order"))
    OrderEvent.objects.bulk_create([order.event(kind, f"{title_of(row.carrier)}: {text}") for order in found])


def give_up(row: Handover, text: str) -> None:
    """Settle one that a worker gave up: refused when the carrier was never reached, else unknown."""
    if row.state == HandoverState.ASKED:
        settle(row, HandoverState.UNKNOWN if row.sent_at else HandoverState.REFUSED, message=text)


def must_be(row: Handover, state: HandoverState) -> None:
    if row.state != state:
        raise HandoverRefused(f"it is {row.get_state_display()}: look at the list again", field="state")


def note(row: Handover, actor: str, action: str, **data: Any) -> None:
    target = f"{row._meta.model_name}:{row.pk}"
    AuditEntry.objects.note(row.merchant, actor=actor, action=action, target=target, **data)
