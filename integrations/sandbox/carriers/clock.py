"""The clock parcels move by: real time multiplied by a scale, plus whatever was skipped."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta


class PracticeClock:
    """A clock that starts at the real moment and may run faster. Never runs backwards."""

    def __init__(self, scale: float = 1.0) -> None:
        self._lock = threading.Lock()
        self._base = datetime.now(UTC)
        self._since = time.monotonic()
        self._scale = scale

    @property
    def scale(self) -> float:
        return self._scale

    def now(self) -> datetime:
        """Return the practice moment, aware, in UTC."""
        with self._lock:
            return self._now()

    def set_scale(self, scale: float) -> None:
        """Run `scale` practice seconds per real second from now on; the moment itself does not jump."""
        if scale < 0:
            raise ValueError(f"scale must not be negative, got {scale}")
        with self._lock:
            self._rebase()
            self._scale = scale

    def advance(self, seconds: float) -> None:
        """Jump ahead by `seconds` of practice time."""
        if seconds < 0:
            raise ValueError(f"the practice clock never runs backwards, got advance_s={seconds}")
        with self._lock:
            self._rebase()
            self._base += timedelta(seconds=seconds)

    def _now(self) -> datetime:
        return self._base + timedelta(seconds=(time.monotonic() - self._since) * self._scale)

    def _rebase(self) -> None:
        self._base = self._now()
        self._since = time.monotonic()
