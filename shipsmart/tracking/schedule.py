"""When to look again: often where something is about to happen, seldom where nothing does."""

from datetime import timedelta

from django.conf import settings

from shipsmart.ports import Milestone

_HOUR = 3600
_FIRST = 1800
# Seconds between polls after a milestone. Carriers ration tracking calls; these spend them where shoppers look.
_EVERY = {
    "": 6 * _HOUR,
    Milestone.LABEL_CREATED: 6 * _HOUR,
    Milestone.INFO_RECEIVED: 6 * _HOUR,
    Milestone.PICKED_UP: 3 * _HOUR,
    Milestone.IN_TRANSIT: 3 * _HOUR,
    Milestone.EXPORT_CUSTOMS: 2 * _HOUR,
    Milestone.DEPARTED_ORIGIN: 3 * _HOUR,
    Milestone.ARRIVED_DESTINATION: _HOUR,
    Milestone.IMPORT_CUSTOMS: _HOUR,
    Milestone.CUSTOMS_HOLD: _HOUR,
    Milestone.CUSTOMS_CLEARED: _HOUR,
    Milestone.AT_DELIVERY_DEPOT: _HOUR,
    Milestone.OUT_FOR_DELIVERY: 1200,
    Milestone.AVAILABLE_FOR_PICKUP: 3 * _HOUR,
    Milestone.ATTEMPT_FAILED: 2 * _HOUR,
    Milestone.EXCEPTION: 2 * _HOUR,
    Milestone.RETURNING: 6 * _HOUR,
}
# After a milestone the next scan is overdue when it takes longer than this: a person should look, or ask the carrier.
_SILENT_AFTER = {
    "": timedelta(days=5),
    Milestone.LABEL_CREATED: timedelta(days=5),
    Milestone.INFO_RECEIVED: timedelta(days=5),
    Milestone.PICKED_UP: timedelta(days=4),
    Milestone.IN_TRANSIT: timedelta(days=6),
    Milestone.EXPORT_CUSTOMS: timedelta(days=5),
    Milestone.DEPARTED_ORIGIN: timedelta(days=7),
    Milestone.ARRIVED_DESTINATION: timedelta(days=4),
    Milestone.IMPORT_CUSTOMS: timedelta(days=5),
    Milestone.CUSTOMS_HOLD: timedelta(days=3),
    Milestone.CUSTOMS_CLEARED: timedelta(days=4),
    Milestone.AT_DELIVERY_DEPOT: timedelta(days=3),
    Milestone.OUT_FOR_DELIVERY: timedelta(days=2),
    Milestone.AVAILABLE_FOR_PICKUP: timedelta(days=7),
    Milestone.ATTEMPT_FAILED: timedelta(days=3),
    Milestone.EXCEPTION: timedelta(days=3),
    Milestone.RETURNING: timedelta(days=14),
}
FINAL = frozenset((Milestone.DELIVERED, Milestone.RETURNED, Milestone.CANCELLED, Milestone.EXPIRED))
GIVE_UP_AFTER = timedelta(days=90)


def silent_after(milestone: str) -> timedelta | None:
    """Return how long no scan is no news; None once the journey has ended."""
    return None if milestone in FINAL else _SILENT_AFTER.get(milestone, timedelta(days=5))


def first_poll_s() -> float:
    """Return seconds from the purchase of a label to the first poll: before, no carrier knows more than we do."""
    return max(1.0, _FIRST / settings.TRACKING_PACE)


def next_poll_s(milestone: str) -> float:
    """Return seconds until the next poll, at the installation's pace."""
    return max(1.0, _EVERY.get(milestone, 3 * _HOUR) / settings.TRACKING_PACE)
