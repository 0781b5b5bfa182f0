"""Connections kept open per partner and account, and a limit on the whole time of one exchange.

A socket's own time-out runs anew with every byte received, so a partner that drips one byte a second could hold a
thread for hours. One watchdog thread closes the socket of an exchange that runs over its time.
"""

import heapq
import itertools
import socket
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

MAX_SESSIONS = 512
CONNECTIONS_PER_SESSION = 16
_sessions: OrderedDict[str, requests.Session] = OrderedDict()
_sessions_lock = threading.Lock()
_current = threading.local()


class Limit:
    """The time limit of one exchange; knows the socket in use."""

    def __init__(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds
        self.fired = False
        self._over = False
        self._sock: socket.socket | None = None
        self._lock = threading.Lock()

    def hold(self, sock: socket.socket | None) -> None:
        """Take the socket that the exchange speaks through; one that comes after the end is closed at once."""
        with self._lock:
            self._sock = sock
            self._break_off()

    def fire(self) -> None:
        with self._lock:
            self._over = True
            self._break_off()

    def _break_off(self) -> None:
        if self._over and self._sock is not None:
            self.fired = True
            with suppress(OSError):  # already closed by the other side: what we wanted
                # Not SSLSocket.shutdown: that would pull the TLS state from under the reading thread.
                socket.socket.shutdown(self._sock, socket.SHUT_RDWR)


class _Watchdog:
    """One daemon thread, started at the first use, woken when the nearest limit is due."""

    def __init__(self) -> None:
        self._due: list[tuple[float, int, Limit]] = []
        self._order = itertools.count()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None

    def watch(self, limit: Limit) -> None:
        with self._changed:
            heapq.heappush(self._due, (limit.ends_at, next(self._order), limit))
            if self._thread is None or not self._thread.is_alive():  # also after a fork
                self._thread = threading.Thread(target=self._run, name="http-watchdog", daemon=True)
                self._thread.start()
            if self._due[0][2] is limit:
                self._changed.notify()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._due or self._due[0][0] > time.monotonic():
                    self._changed.wait(self._due[0][0] - time.monotonic() if self._due else None)
                limit = heapq.heappop(self._due)[2]
            limit.fire()


_watchdog = _Watchdog()


@contextmanager
def time_limit(seconds: float) -> Iterator[Limit]:
    """Break the exchange of this thread off after `seconds`; the reader then sees a broken line and `fired`."""
    limit = Limit(seconds)
    _current.limit = limit
    _watchdog.watch(limit)
    try:
        yield limit
    finally:
        _current.limit = None
        limit.hold(None)


class _Timed:
    """Mixed into urllib3's connections: tells the limit of this thread which socket it speaks through."""

    sock: Any

    def endheaders(self, *args: Any, **kwargs: Any) -> None:
        if getattr(self, "sock", None) is None:
            self.connect()  # type: ignore[attr-defined]
        limit = getattr(_current, "limit", None)
        if limit is not None:
            limit.hold(self.sock)
        super().endheaders(*args, **kwargs)  # type: ignore[misc]


class _TimedHTTP(_Timed, HTTPConnection):
    pass


class _TimedHTTPS(_Timed, HTTPSConnection):
    pass


class _PoolHTTP(HTTPConnectionPool):
    ConnectionCls = _TimedHTTP


class _PoolHTTPS(HTTPSConnectionPool):
    ConnectionCls = _TimedHTTPS


class _Adapter(HTTPAdapter):
    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {"http": _PoolHTTP, "https": _PoolHTTPS}


def session(key: str) -> requests.Session:
    """Return the session of a partner's account; the least used goes when there are too many."""
    with _sessions_lock:
        found = _sessions.get(key)
        if found is None:
            found = _sessions[key] = _new_session()
            if len(_sessions) > MAX_SESSIONS:
                _sessions.popitem(last=False)
        _sessions.move_to_end(key)
        return found


def _new_session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False  # a stray ~/.netrc or proxy variable must not change who hears our credentials
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = _Adapter(pool_connections=2, pool_maxsize=CONNECTIONS_PER_SESSION)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    made.headers["User-Agent"] = "ShipSmart"
    return made
