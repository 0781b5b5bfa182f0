"""Once a day: throw away what nobody needs any more, in small steps, and find what was left behind.

Rate requests alone filled another product's disk with 30 GB in a week; what we keep has an end unless it is evidence.
"""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.module_loading import import_string

from shipsmart.inbox.models import Heartbeat, InboundEvent, OutboundMessage, State

log = logging.getLogger(__name__)
EVERY = timedelta(days=1)
KEEP_MESSAGES = timedelta(days=90)  # a store repeats a webhook for hours, a person looks back for weeks
BATCH = 500

Chore = Callable[[], int]
_chores: list[Chore | str] = []


def register(chore: Chore | str) -> None:
    """Have `chore` called once a day by some worker; it returns how many rows it dealt with. A dotted path is imported
    when its time comes: most processes never need it."""
    if chore not in _chores:
        _chores.append(chore)


def run_if_due(now: datetime | None = None) -> bool:
    """Run all chores unless some worker did within a day; return whether we did."""
    now = now or timezone.now()
    _, first = Heartbeat.objects.get_or_create(name="upkeep", defaults={"at": now})
    ours = Heartbeat.objects.filter(name="upkeep", at__lte=now - EVERY).update(at=now)
    if first or not ours:
        return False
    for chore in _chores:
        do = import_string(chore) if isinstance(chore, str) else chore
        log.info("upkeep: %s, %d rows", do.__qualname__, do())
    return True


def remove(rows: QuerySet) -> int:
    """Delete rows in batches: a long delete would hold up checkouts."""
    total = 0
    while batch := list(rows.values_list("pk", flat=True)[:BATCH]):
        total += rows.model._default_manager.filter(pk__in=batch).delete()[0]
    return total


def old_messages() -> int:
    before = timezone.now() - KEEP_MESSAGES
    return sum(
        remove(model._default_manager.filter(state=State.DONE, finished_at__lt=before))
        for model in (InboundEvent, OutboundMessage)
    )


register(old_messages)
