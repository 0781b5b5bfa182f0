"""Numbers for things that come into being while the process runs."""

import itertools
import threading
import time
from datetime import UTC, datetime

_YEAR_START = datetime(2026, 1, 1, tzinfo=UTC).timestamp()
_lock = threading.Lock()
# Milliseconds since 1970: a restarted shop goes on above all it ever gave out, so that an app's memory stays true.
_keys = itertools.count(time.time_ns() // 1_000_000)
_order_numbers = itertools.count(int(time.time() - _YEAR_START))


def next_key() -> int:
    """Return a number that no object of this or an earlier process carries."""
    with _lock:
        return next(_keys)


def next_order_number() -> int:
    """Return the number shown as `#…`; above those of earlier processes."""
    with _lock:
        return next(_order_numbers)


def now() -> datetime:
    """Return the moment in UTC, whole seconds, as the Admin API prints it."""
    return datetime.now(UTC).replace(microsecond=0)
