"""An order's story: our steps and the carrier's scans in one list, and the stepper above it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shipsmart.orders.models import Order
from shipsmart.ports import Milestone
from shipsmart.shipments.models import Shipment

M = Milestone
TRAVELLING = (M.PICKED_UP, M.IN_TRANSIT, M.EXPORT_CUSTOMS, M.DEPARTED_ORIGIN)
AT_CUSTOMS = (M.ARRIVED_DESTINATION, M.IMPORT_CUSTOMS, M.CUSTOMS_HOLD, M.CUSTOMS_CLEARED)
AT_DOOR = (M.AT_DELIVERY_DEPOT, M.OUT_FOR_DELIVERY, M.AVAILABLE_FOR_PICKUP, M.ATTEMPT_FAILED)
CUSTOMS = _("Customs")
# Each step with the milestones that prove it was reached.
STEPS: tuple[tuple[str | Promise, tuple[Milestone, ...]], ...] = (
    (_("Ordered"), ()),
    (_("Label bought"), (M.LABEL_CREATED, M.INFO_RECEIVED)),
    (_("On its way"), TRAVELLING),
    (CUSTOMS, AT_CUSTOMS),
    (_("Last mile"), AT_DOOR),
    (_("Delivered"), (M.DELIVERED,)),
)
BAD = (M.CUSTOMS_HOLD, M.ATTEMPT_FAILED, M.EXCEPTION, M.RETURNING, M.RETURNED)


@dataclass(frozen=True)
class Entry:
    at: datetime
    text: str
    actor: str
    place: str = ""
    country: str = ""
    milestone: str = ""
    detail: str = ""
    tone: str = ""


@dataclass(frozen=True)
class Step:
    name: str | Promise
    at: datetime | None
    state: str  # done, now, trouble, ahead


def timeline(order: Order, shipments: Iterable[Shipment]) -> list[Entry]:
    """Return the events of an order and the scans of its shipments, newest first."""
    found = [Entry(event.at, event.message, event.actor) for event in order.events.all()]
    for shipment in shipments:
        for scan in shipment.tracking_events.all():
            found.append(
                Entry(
                    at=scan.at,
                    text=scan.text,
                    actor=shipment.carrier,
                    place=scan.place,
                    country=scan.country,
                    milestone=scan.milestone,
                    detail=scan.reason,
                    tone="bad" if scan.milestone in BAD else "",
                )
            )
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def steps(order: Order, shipments: Collection[Shipment]) -> list[Step]:
    """Return the journey in six steps (five inside a customs union) with the moment each was first reached.

    A step without a scan of its own counts as done when a later one was reached: carriers leave scans out.
    """
    reached: dict[int, datetime] = {0: order.placed_at}
    trouble = False
    for shipment in shipments:
        if shipment.bought_at:
            _reach(reached, 1, shipment.bought_at)
        for scan in shipment.tracking_events.all():
            for number, (_name, proofs) in enumerate(STEPS):
                if scan.milestone in proofs:
                    _reach(reached, number, scan.at)
        trouble = trouble or shipment.milestone in BAD
    last = max(reached)
    found = [
        Step(name, reached.get(number), _state(number, last, trouble=trouble, end=len(STEPS) - 1))
        for number, (name, _proofs) in enumerate(STEPS)
    ]
    return found if crosses_border(shipments) else [step for step in found if step.name != CUSTOMS]


def crosses_border(shipments: Collection[Shipment]) -> bool:
    """Whether any of the shipments meets customs; an order that is not planned yet may."""
    return not shipments or any(shipment.crosses_border for shipment in shipments)


def _reach(reached: dict[int, datetime], number: int, at: datetime) -> None:
    reached[number] = min(reached.get(number, at), at)


def _state(number: int, last: int, *, trouble: bool, end: int) -> str:
    if number > last:
        return "ahead"
    if number < last or last == end:
        return "done"
    return "trouble" if trouble else "now"
