"""Lanes keep kinds of work apart: an import of 50,000 products must not stand in front of an order.

Each named step belongs to one lane, and each lane has threads (embedded) or a Celery queue of its own.
"""

from django.db.models import QuerySet

ORDERS, LABELS, TRACKING, BULK = "orders", "labels", "tracking", "bulk"
LANES = (ORDERS, LABELS, TRACKING, BULK)

_lane_of: dict[str, str] = {}


def assign(name: str, lane: str) -> None:
    """Put the step called `name` (an event's source, a message's kind) into a lane."""
    if lane not in LANES:
        raise ValueError(f"{lane!r} is no lane; take one of {', '.join(LANES)}")
    _lane_of[name] = lane


def lane_of(name: str) -> str:
    """Return the step's lane: `orders` unless it was put elsewhere."""
    return _lane_of.get(name, ORDERS)


def in_lane(rows: QuerySet, field: str, lane: str) -> QuerySet:
    """Return the rows whose `field` names a step of this lane; steps nobody knows stand in `orders`."""
    if lane == ORDERS:
        return rows.exclude(**{f"{field}__in": [name for name, its in _lane_of.items() if its != ORDERS]})
    return rows.filter(**{f"{field}__in": [name for name, its in _lane_of.items() if its == lane]})
