"""How a parcel travels: which steps, after how many hours, where. The carriers put their own codes on the steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from .places import Place, country, crosses_customs


class Kind(StrEnum):
    """How a journey goes."""

    NORMAL = "normal"
    CUSTOMS_HOLD = "customs_hold"
    ATTEMPT_FAILED = "attempt_failed"
    REFUSED = "refused"
    RETURNED = "returned"
    LOST = "lost"


class Step(StrEnum):
    """What happened to the parcel."""

    INFO_RECEIVED = "info_received"
    PICKED_UP = "picked_up"
    AT_ORIGIN = "at_origin"
    DEPARTED_ORIGIN = "departed_origin"
    EXPORT_CLEARED = "export_cleared"
    AT_HUB = "at_hub"
    DEPARTED_HUB = "departed_hub"
    ARRIVED = "arrived"
    IMPORT_CUSTOMS = "import_customs"
    CUSTOMS_HOLD = "customs_hold"
    CUSTOMS_CLEARED = "customs_cleared"
    AT_DEPOT = "at_depot"
    OUT_FOR_DELIVERY = "out_for_delivery"
    ATTEMPT_FAILED = "attempt_failed"
    REFUSED = "refused"
    RETURNING = "returning"
    RETURNED = "returned"
    MISSING = "missing"
    DELIVERED = "delivered"


@dataclass(frozen=True)
class Scan:
    """One step at one place; `at` is an aware UTC moment of the practice clock."""

    step: Step
    at: datetime
    place: Place


@dataclass(frozen=True)
class Route:
    """Where a parcel goes from and to, and the working days its service takes."""

    origin: Place
    destination: Place
    hub: Place
    days: int


_ORIGIN = [(Step.INFO_RECEIVED, 0), (Step.PICKED_UP, 4), (Step.AT_ORIGIN, 8)]
_EXPORT = [(Step.EXPORT_CLEARED, 10)]
_LINEHAUL = [(Step.DEPARTED_ORIGIN, 12), (Step.AT_HUB, 17), (Step.DEPARTED_HUB, 21), (Step.ARRIVED, 29)]
_IMPORT = [(Step.IMPORT_CUSTOMS, 30), (Step.CUSTOMS_CLEARED, 34)]
_HELD = [(Step.IMPORT_CUSTOMS, 30), (Step.CUSTOMS_HOLD, 33), (Step.CUSTOMS_CLEARED, 57)]
_LAST_MILE = [(Step.AT_DEPOT, 39), (Step.OUT_FOR_DELIVERY, 42)]
_ENDINGS: dict[Kind, list[tuple[Step, int]]] = {
    Kind.NORMAL: [(Step.DELIVERED, 46)],
    Kind.CUSTOMS_HOLD: [(Step.DELIVERED, 46)],
    Kind.ATTEMPT_FAILED: [
        (Step.ATTEMPT_FAILED, 46), (Step.AT_DEPOT, 50), (Step.OUT_FOR_DELIVERY, 66), (Step.DELIVERED, 70),
    ],
    Kind.REFUSED: [(Step.REFUSED, 46), (Step.RETURNING, 60), (Step.RETURNED, 150)],
    Kind.RETURNED: [
        (Step.ATTEMPT_FAILED, 46), (Step.OUT_FOR_DELIVERY, 66), (Step.ATTEMPT_FAILED, 70), (Step.RETURNING, 96),
        (Step.RETURNED, 190),
    ],
}  # fmt: skip
_AT_ORIGIN = {
    Step.INFO_RECEIVED,
    Step.PICKED_UP,
    Step.AT_ORIGIN,
    Step.DEPARTED_ORIGIN,
    Step.EXPORT_CLEARED,
    Step.RETURNED,
}
_AT_HUB = {Step.AT_HUB, Step.DEPARTED_HUB, Step.MISSING}
_HOLD_HOURS = 23


def hub_for(origin_country: str, carrier: str) -> Place:
    """Return the sorting centre that a carrier flies through from that country."""
    found = country(origin_country)
    european = found is not None and found.area in ("EUROPE", "MIDDLE_EAST", "AFRICA")
    if carrier == "fedex":
        return Place("CDGR", "ROISSY CHARLES DE GAULLE", "FR") if european else Place("MEMH", "MEMPHIS", "US")
    if carrier == "ups":
        return Place("CGN", "Koeln", "DE") if european else Place("SDF", "Louisville", "US")
    return Place("LEJ", "LEIPZIG", "DE") if european else Place("CVG", "CINCINNATI HUB", "US")


def plan(route: Route, kind: Kind, booked_at: datetime) -> list[Scan]:
    """Return every scan of the journey in the order in which they happen; some lie in the future."""
    pace = max(route.days, 1) / 2
    place = _places(route)
    return [Scan(step, booked_at + timedelta(hours=hours * pace), place(step)) for step, hours in _steps(route, kind)]


def _steps(route: Route, kind: Kind) -> list[tuple[Step, int]]:
    customs = crosses_customs(route.origin.country, route.destination.country)
    steps = _ORIGIN + (_EXPORT if customs else [])
    if kind is Kind.LOST:
        return steps + _LINEHAUL[:3] + [(Step.MISSING, 190)]
    steps = steps + _LINEHAUL
    held = kind is Kind.CUSTOMS_HOLD and customs
    steps = steps + (_HELD if held else _IMPORT if customs else [])
    later = _HOLD_HOURS if held else 0
    return steps + [(step, hours + later) for step, hours in _LAST_MILE + _ENDINGS[kind]]


def _places(route: Route) -> Callable[[Step], Place]:
    def place(step: Step) -> Place:
        if step in _AT_ORIGIN:
            return route.origin
        return route.hub if step in _AT_HUB else route.destination

    return place


def kind_in(text: str) -> Kind | None:
    """Return the journey a reference asks for, e.g. 'ORDER-7 practice:customs_hold'; None when it asks for none."""
    lowered = text.lower()
    return next((kind for kind in Kind if f"practice:{kind.value}" in lowered), None)
