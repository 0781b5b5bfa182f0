"""Quotes are stored just after their answer, by one thread of the process, many checkouts in one go.

A row at a time through the ORM took more than twice the processor time of the answer itself. Nobody waits for this
thread. What it holds when the process is killed (a twentieth of a second's worth) was shown but is not kept: its order
is then matched by hand.
"""

import atexit
import logging
import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from multiprocessing import util as process_end
from typing import Any

from django.conf import settings
from django.db import close_old_connections, connection, transaction

from shipsmart.quotes.models import Quote

log = logging.getLogger(__name__)

MOST_WAITING = 500  # checkouts; beyond it the thread that answered writes its own
MOST_AT_ONCE = 200
PAUSE_S = 0.05
COLUMNS = tuple(field.attname for field in Quote._meta.concrete_fields if not field.primary_key)

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Job:
    """`rows` returns what is to be stored (values by column name); `then` is called when it stands."""

    rows: Callable[[], Rows]
    then: Callable[[], None]


def keep_behind(rows: Callable[[], Rows], then: Callable[[], None] = lambda: None) -> None:
    """Have the quotes that `rows` returns stored by the thread, at once where it is not used; then call `then`."""
    if not settings.QUOTES_KEPT_BEHIND or not _writer.take(Job(rows, then)):
        keep(rows, then)


def keep(rows: Callable[[], Rows], then: Callable[[], None]) -> None:
    """Store the quotes that `rows` returns now, then call `then`."""
    write([rows()])
    then()


def write(checkouts: Sequence[Rows]) -> None:
    """Store the quotes of several checkouts, all or none."""
    rows = [row for rows in checkouts for row in rows]
    with transaction.atomic():
        if connection.vendor == "postgresql":
            _copy(rows)
        else:
            Quote.objects.bulk_create(Quote(**row) for row in rows)


def _copy(rows: Rows) -> None:
    # Texts of some kilobytes each: COPY takes them as they are, an INSERT would quote them first.
    names = ", ".join(connection.ops.quote_name(name) for name in COLUMNS)
    with (
        connection.wrap_database_errors,
        connection.cursor() as cursor,
        cursor.copy(f"COPY {connection.ops.quote_name(Quote._meta.db_table)} ({names}) FROM STDIN") as sink,
    ):
        for row in rows:
            sink.write_row([row[name] for name in COLUMNS])


class _Writer:
    def __init__(self) -> None:
        self._jobs: queue.Queue[Job] = queue.Queue(MOST_WAITING)
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None
        self._ending = False

    def take(self, job: Job) -> bool:
        """Accept the job; False when too many wait already or the process ends."""
        if self._thread is None or not self._thread.is_alive():  # also after a fork
            self._start()
        if self._ending:
            return False
        try:
            self._jobs.put_nowait(job)
        except queue.Full:
            return False
        return True

    def finish(self) -> None:
        """Store what waits; called when the process ends in good order."""
        self._ending = True
        if self._thread is not None and self._thread.is_alive():
            self._thread.join(5)

    def _start(self) -> None:
        with self._starting:
            if self._ending or (self._thread is not None and self._thread.is_alive()):
                return
            self._thread = threading.Thread(target=self._run, name="quotes-writer", daemon=True)
            self._thread.start()
            atexit.register(self.finish)
            process_end.Finalize(None, self.finish, exitpriority=10)  # a server's child process runs no atexit

    def _run(self) -> None:
        while not self._ending or not self._jobs.empty():
            waiting = self._waiting()
            if waiting:
                close_old_connections()
                _write_all(waiting)
        connection.close()

    def _waiting(self) -> list[Job]:
        try:
            found = [self._jobs.get(timeout=PAUSE_S)]
        except queue.Empty:
            return []
        time.sleep(0 if self._ending else PAUSE_S)  # let others come along
        while len(found) < MOST_AT_ONCE and not self._jobs.empty():
            found.append(self._jobs.get_nowait())
        return found


def _write_all(jobs: Sequence[Job]) -> None:
    """Store all; when that fails, each for itself, so that one bad row costs no other."""
    made = [(rows, job) for job in jobs if (rows := _made(job))]
    try:
        write([rows for rows, _ in made])
    except Exception:
        log.exception("storing %d checkouts together failed; each is tried for itself", len(made))
    else:
        for _, job in made:
            job.then()
        return
    for rows, job in made:
        try:
            close_old_connections()
            write([rows])
            job.then()
        except Exception:
            # The shopper has the answer already; an order for it will have to be matched by hand.
            log.exception("the quotes of checkout %s were shown but could not be kept", rows[0]["checkout"])


def _made(job: Job) -> Rows:
    try:
        return job.rows()
    except Exception:
        log.exception("quotes were shown but their rows could not be made")
        return ()


_writer = _Writer()
