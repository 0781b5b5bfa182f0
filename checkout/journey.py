"""The way of a parcel as a shopper reads it: six steps, what comes next, what has happened."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from checkout.language import Language
from shipsmart.core.codes import customs_union
from shipsmart.ports import Milestone
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import TrackingEvent

M = Milestone
STAGES = {
    "packed": (M.LABEL_CREATED, M.INFO_RECEIVED),
    "handed_over": (M.PICKED_UP,),
    "on_the_way": (M.IN_TRANSIT, M.EXPORT_CUSTOMS, M.DEPARTED_ORIGIN, M.ARRIVED_DESTINATION),
    "customs": (M.IMPORT_CUSTOMS, M.CUSTOMS_HOLD, M.CUSTOMS_CLEARED),
    "delivery": (M.AT_DELIVERY_DEPOT, M.OUT_FOR_DELIVERY, M.AVAILABLE_FOR_PICKUP, M.ATTEMPT_FAILED),
    "delivered": (M.DELIVERED,),
}
STAGE_OF = {milestone.value: stage for stage, milestones in STAGES.items() for milestone in milestones}
NEXT = {
    M.LABEL_CREATED: "handover",
    M.INFO_RECEIVED: "handover",
    M.PICKED_UP: "travelling",
    M.IN_TRANSIT: "travelling",
    M.EXPORT_CUSTOMS: "travelling",
    M.DEPARTED_ORIGIN: "travelling",
    M.ARRIVED_DESTINATION: "customs",
    M.IMPORT_CUSTOMS: "customs",
    M.CUSTOMS_HOLD: "hold",
    M.CUSTOMS_CLEARED: "depot",
    M.AT_DELIVERY_DEPOT: "out_soon",
    M.OUT_FOR_DELIVERY: "today",
    M.AVAILABLE_FOR_PICKUP: "pickup",
    M.ATTEMPT_FAILED: "again",
    M.DELIVERED: "done",
    M.EXCEPTION: "exception",
    M.RETURNING: "returning",
    M.RETURNED: "returned",
    M.CANCELLED: "cancelled",
    M.EXPIRED: "expired",
}


@dataclass(frozen=True)
class Step:
    """`state` is done, current or todo; `at` is the first scan of the step, "" when none was reported."""

    title: str
    state: str
    at: str


@dataclass(frozen=True)
class Scan:
    title: str
    at: str
    place: str


@dataclass(frozen=True)
class Journey:
    status: str
    next_step: str
    steps: tuple[Step, ...]
    scans: tuple[Scan, ...]


def journey(shipment: Shipment, events: Sequence[TrackingEvent], language: Language) -> Journey:
    """Return the way so far, newest scan first. `events` are in order of time; unknown codes move no step."""
    known = [event for event in events if event.milestone in STAGE_OF or event.milestone in NEXT]
    now = _milestone(shipment, known)
    words = language.words
    return Journey(
        status=words["milestones"][now],
        next_step=_next(now, words["next"], crosses=crosses_a_border(shipment)),
        steps=_steps(shipment, known, now, language),
        scans=tuple(_scan(event, language) for event in reversed(events)),
    )


def crosses_a_border(shipment: Shipment) -> bool:
    """Whether the parcel passes customs: not inside one country or one customs union."""
    return customs_union(shipment.merchant.country) != customs_union(shipment.order.country)


def _milestone(shipment: Shipment, known: Sequence[TrackingEvent]) -> Milestone:
    if shipment.state == Shipment.State.VOIDED:
        return M.CANCELLED
    if known:
        return Milestone(known[-1].milestone)
    return M.LABEL_CREATED


def _next(now: Milestone, words: dict[str, str], *, crosses: bool) -> str:
    key = NEXT[now]
    if not crosses and key in ("travelling", "customs"):
        key = "depot"
    return words[key]


def _steps(shipment: Shipment, known: Sequence[TrackingEvent], now: Milestone, language: Language) -> tuple[Step, ...]:
    stages = [stage for stage in STAGES if stage != "customs" or crosses_a_border(shipment)]
    reached = [STAGE_OF[event.milestone] for event in known if STAGE_OF.get(event.milestone) in stages]
    here = max((stages.index(stage) for stage in reached), default=0)
    first: dict[str, datetime] = {}
    for event in known:
        first.setdefault(STAGE_OF.get(event.milestone, ""), event.at)
    return tuple(
        Step(
            title=language.words["stages"][stage],
            state="done" if position < here or now == M.DELIVERED else "current" if position == here else "todo",
            at=language.moment(first[stage]) if stage in first else "",
        )
        for position, stage in enumerate(stages)
    )


def _scan(event: TrackingEvent, language: Language) -> Scan:
    # A code we cannot read yet is shown in the carrier's own words rather than guessed.
    unknown = event.milestone == M.UNKNOWN
    title = (event.text if unknown else "") or language.words["milestones"][event.milestone]
    place = ", ".join(part for part in (event.place, language.country(event.country) if event.country else "") if part)
    return Scan(title=title, at=language.moment(event.at), place=place)
