"""Tell a worker that there is something to do. Losing this message costs only the time until the next sweep."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from shipsmart.inbox.lanes import LANES

log = logging.getLogger(__name__)
something_to_do = {lane: threading.Event() for lane in LANES}
_turn = threading.local()


def up(lane: str | None = None) -> None:
    """Wake the workers of one lane, or of all."""
    for name in (lane,) if lane else LANES:
        _wake_in_turn(name)


@contextmanager
def together() -> Iterator[None]:
    """Wake each lane when the first need of it is met inside, and once more at the end if there were others.

    A message to the broker costs as much as some rows of work; a worker's turn over a few rows wakes the same lanes
    again and again.
    """
    _turn.woken, _turn.again = set(), set()
    try:
        yield
    finally:
        again = _turn.again
        del _turn.woken, _turn.again
        for lane in sorted(again):
            _wake(lane)


def _wake_in_turn(lane: str) -> None:
    woken: set[str] | None = getattr(_turn, "woken", None)
    if woken is None:
        _wake(lane)
    elif lane in woken:
        _turn.again.add(lane)
    else:
        woken.add(lane)
        _wake(lane)


def _wake(lane: str) -> None:
    if settings.EMBEDDED:
        something_to_do[lane].set()
        return
    # Imported here: the embedded default never loads Celery.
    from kombu.exceptions import OperationalError  # noqa: PLC0415

    from shipsmart.celery import app  # noqa: PLC0415

    try:
        app.send_task("inbox.drain", kwargs={"lane": lane}, queue=lane, retry=False, expires=60)
    except OperationalError as error:
        log.warning("the broker is away (%s); the sweep will find the work", error)
