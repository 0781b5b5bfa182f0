"""A circuit breaker per carrier account: an account that failed again and again is left alone for a while.

State lives in the process; that a circuit opened is told to the other processes through the cache.
"""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import cache

log = logging.getLogger(__name__)

FAILURES = 5
OPEN_S = 20.0


@dataclass
class _State:
    failures: int = 0
    open_until: float = 0.0
    trying: bool = False


@dataclass
class Breaker:
    """`clock` is monotonic seconds. One caller is let through when the pause is over; its luck decides."""

    failures: int = FAILURES
    open_s: float = OPEN_S
    clock: Callable[[], float] = time.monotonic
    _states: dict[str, _State] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def allows(self, key: str) -> bool:
        """Return whether the account may be asked now."""
        with self._lock:
            state = self._states.get(key)
            if state is None or not state.open_until:
                return True
            if self.clock() < state.open_until or state.trying:
                return False
            state.trying = True
            return True

    def succeeded(self, key: str) -> None:
        with self._lock:
            self._states.pop(key, None)

    def failed(self, key: str) -> None:
        """Count a failure; enough of them in a row, or one at the trial, open the circuit."""
        with self._lock:
            state = self._states.setdefault(key, _State())
            state.failures += 1
            opened = state.trying or state.failures >= self.failures
            if opened:
                state.open_until, state.trying = self.clock() + self.open_s, False
        if opened:
            _tell_others(key, self.open_s)

    def abandoned(self, key: str) -> None:
        """Take a permission back that was not used: the next caller may try."""
        with self._lock:
            if key in self._states:
                self._states[key].trying = False

    def hear(self, key: str) -> bool:
        """Return whether another process opened this circuit; then it is open here too. Asks the cache."""
        told = _told(key)
        if told:
            with self._lock:
                state = self._states.setdefault(key, _State())
                if not state.open_until and not state.trying:
                    state.open_until = self.clock() + self.open_s
                    return True
        return False

    def forget(self) -> None:
        with self._lock:
            self._states.clear()


def _tell_others(key: str, open_s: float) -> None:
    log.warning("carrier account %s left alone for %.0f s after repeated failures", key, open_s)
    try:
        cache.set(f"rating:open:{key}", True, open_s)
    except Exception:
        log.exception("the cache did not take the news that %s is open", key)


def _told(key: str) -> bool:
    try:
        return bool(cache.get(f"rating:open:{key}"))
    except Exception:
        log.exception("the cache did not say whether %s is open", key)
        return False
