"""Tell a worker that there is something to do. Losing this message costs only the time until the next sweep."""

import logging
import threading

from django.conf import settings

from shipsmart.inbox.lanes import LANES

log = logging.getLogger(__name__)
something_to_do = {lane: threading.Event() for lane in LANES}


def up(lane: str | None = None) -> None:
    """Wake the workers of one lane, or of all."""
    for name in (lane,) if lane else LANES:
        _wake(name)


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
