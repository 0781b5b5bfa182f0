"""When a worker was last seen: written to the database, so that another process (`manage.py doctor`) can tell."""

import time
from datetime import datetime

from django.utils import timezone

from shipsmart.inbox import upkeep
from shipsmart.inbox.lanes import LANES
from shipsmart.inbox.models import Heartbeat

EVERY_S = 10
_last: dict[str, float] = {}


def beat(lane: str | None = None) -> None:
    """Note that a worker of this lane (None: of all) is alive, every ten seconds at most; see to the daily upkeep."""
    for name in (lane,) if lane else LANES:
        if time.monotonic() - _last.get(name, -EVERY_S) >= EVERY_S:
            _last[name] = time.monotonic()
            Heartbeat.objects.update_or_create(name=f"worker:{name}", defaults={"at": timezone.now()})
            upkeep.run_if_due()


def last_beats() -> dict[str, datetime | None]:
    """Return for each lane when a worker was last seen."""
    seen = dict(Heartbeat.objects.filter(name__startswith="worker:").values_list("name", "at"))
    return {lane: seen.get(f"worker:{lane}") for lane in LANES}
