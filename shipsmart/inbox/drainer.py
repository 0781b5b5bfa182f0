"""The worker of the embedded default: threads in the one process, started by the server, never by an import."""

import logging
import threading
from collections.abc import Sequence

from django.conf import settings
from django.db import close_old_connections, connection

from shipsmart.inbox import operations, wake
from shipsmart.inbox.lanes import BULK, LABELS, ORDERS, TRACKING

log = logging.getLogger(__name__)

# One thread each; two for labels, which mostly wait for carriers.
THREADS = (ORDERS, LABELS, LABELS, TRACKING, BULK)


class Drainer:
    def __init__(self, lanes: Sequence[str] = THREADS) -> None:
        self._stop = threading.Event()
        self._lanes = tuple(lanes)
        self._threads = [
            threading.Thread(target=self._run, args=(lane,), name=f"drainer-{n}-{lane}", daemon=True)
            for n, lane in enumerate(self._lanes)
        ]

    def start(self) -> "Drainer":
        for thread in self._threads:
            thread.start()
        return self

    def stop(self, timeout_s: float = 30) -> None:
        """Finish the rows in hand, then end."""
        self._stop.set()
        for lane in set(self._lanes):
            wake.something_to_do[lane].set()
        for thread in self._threads:
            thread.join(timeout_s)

    def _run(self, lane: str) -> None:
        while not self._stop.is_set():
            wake.something_to_do[lane].clear()
            if not self._drain_once(lane):
                wake.something_to_do[lane].wait(settings.SWEEP_S)
        connection.close()

    def _drain_once(self, lane: str) -> int:
        close_old_connections()
        try:
            return operations.drain(lane=lane)
        except Exception:  # noqa: BLE001
            # The edge of a thread: what is logged here would otherwise end the worker for good.
            log.exception("the drainer stumbled; it goes on")
            return 0
