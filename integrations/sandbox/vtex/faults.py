"""Misbehaviour on demand. A switch may carry a count: after so many uses it goes off by itself."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

KNOWN = {
    "api": str,  # slow:<s> | hang | 401 | 403 | 429 | 500 | rubbish: what a call of the app gets
    "api_path": str,  # only calls whose path contains this text
    "feed_repeat": bool,  # a committed event comes again
    "feed_reorder": bool,  # a lot comes newest first
    "feed_vanish": bool,  # the configuration of the feed is gone, as after a retention period without events
    "hook_vanish": bool,
    "hook_lost": bool,  # notifications are not sent
    "hook_duplicates": int,  # each is sent this many times more
}


class UnknownFault(ValueError):
    """A switch that there is not, or a value of the wrong kind."""


@dataclass
class Faults:
    _values: dict[str, Any] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Set switches, `None` clears one; `count` limits those of this call. Raises UnknownFault."""
        wanted = dict(wanted)
        count = wanted.pop("count", None)
        for name, value in wanted.items():
            if name not in KNOWN:
                raise UnknownFault(f"no fault named {name!r}; there are: {', '.join(sorted(KNOWN))}")
            if value is not None and type(value) is not KNOWN[name]:
                raise UnknownFault(f"fault {name!r} takes {KNOWN[name].__name__}, not {value!r}")
        with self._lock:
            for name, value in wanted.items():
                self._values.pop(name, None)
                self._left.pop(name, None)
                if value is not None:
                    self._values[name] = value
                    if count is not None and name != "api_path":
                        self._left[name] = int(count)
        return self.show()

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
            self._left.clear()

    def show(self) -> dict[str, Any]:
        with self._lock:
            return {**self._values, "left": dict(self._left)}

    def take(self, name: str) -> Any:
        """Return the switch's value and count one use; None when it is off."""
        with self._lock:
            value = self._values.get(name)
            if value is not None and name in self._left:
                self._left[name] -= 1
                if self._left[name] <= 0:
                    del self._values[name], self._left[name]
            return value

    def api(self, path: str) -> str:
        """Return what befalls a call of the app to `path`, "" for nothing; pauses are waited here."""
        with self._lock:
            only = self._values.get("api_path", "")
        if only and only not in path:
            return ""
        fault = self.take("api") or ""
        if fault == "hang":
            time.sleep(60)
        elif fault.startswith("slow:"):
            time.sleep(float(fault.removeprefix("slow:")))
            return ""
        return fault
