import time

from celery import shared_task

from shipsmart.inbox import operations, wake

TURN_S = 2.0


@shared_task(name="inbox.drain", ignore_result=True)
def drain(lane: str | None = None, **_: object) -> None:
    """Work off what is due in a lane; sent as a wake-up after each commit and by beat as the sweep.

    A long backlog is left after a turn and asked for again, so that one lane cannot keep every process of a worker.
    """
    ends_at = time.monotonic() + TURN_S
    while operations.drain(lane=lane):
        if time.monotonic() > ends_at:
            wake.up(lane)
            return
