"""Misbehaviour on demand, per shop."""

import threading
import time
from dataclasses import dataclass, field
from typing import Any

KNOWN = {
    "webhook_duplicates": int,  # deliver each webhook this many times more, same Webhook-Id
    "webhook_out_of_order": bool,  # what happened last arrives first
    "webhook_lost": bool,  # never delivered, as after a long outage
    "webhook_bad_hmac": bool,  # signed with the wrong secret
    "webhook_delay_s": float,  # seconds before the first attempt
    "webhook_burst_s": float,  # with webhook_out_of_order: how long a burst is collected before it is turned round
    "webhook_patience_s": float,  # how long one attempt may take; the true store gives five seconds
    "graphql": str,  # throttled | http_500 | http_503 | slow:<s> | hang | garbage | internal_error
    "answer_lost": str,  # RefundCreate: an operation of this name is carried out, and its answer is a 502
    "graphql_null": str,  # "ShippingLine.code": this field is null wherever it is asked for, if it may be null at all
    "oauth": str,  # http_500 | slow:<s> | garbage
    "rate_cache": bool,  # False switches the checkout's 15-minute cache off
    "callback_currency": str,  # shop | presentment: the currency of the carrier-service request
    "callback_timeout_s": float,  # the store's patience: 10, and 5 or 3 for an app that is asked very often
    "routing_delay_s": float,  # seconds between an order and its fulfilment orders
}


class UnknownFault(ValueError):
    """A switch that this shop does not have, or a value of the wrong kind."""


def _checked(name: str, value: Any) -> Any:
    kind = KNOWN.get(name)
    if kind is None:
        raise UnknownFault(f"no fault named {name!r}; there are: {', '.join(sorted(KNOWN))}")
    if kind is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if value is not None and not (isinstance(value, kind) and (kind is bool or not isinstance(value, bool))):
        raise UnknownFault(f"fault {name!r} takes {kind.__name__}, not {value!r}")
    return value


@dataclass
class Faults:
    """Switches with an optional count: after that many uses a switch goes off by itself."""

    _values: dict[str, Any] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self, wanted: dict[str, Any]) -> dict[str, Any]:
        """Set switches; `None` clears one, `{"clear": true}` all. `count` limits those set in the same call.

        Raises UnknownFault, and then nothing is changed.
        """
        wanted = dict(wanted)
        count, clear = wanted.pop("count", None), wanted.pop("clear", False)
        checked = {name: _checked(name, value) for name, value in wanted.items()}
        with self._lock:
            if clear:
                self._values.clear()
                self._left.clear()
            for name, value in checked.items():
                self._values.pop(name, None)
                self._left.pop(name, None)
                if value is not None:
                    self._values[name] = value
                    if count is not None:
                        self._left[name] = int(count)
        return self.show()

    def show(self) -> dict[str, Any]:
        with self._lock:
            return {**self._values, "left": dict(self._left)}

    def take(self, name: str, default: Any = None) -> Any:
        """Return the switch's value and count one use of it; `default` when it is off."""
        with self._lock:
            if name not in self._values:
                return default
            value = self._values[name]
            if name in self._left:
                self._left[name] -= 1
                if self._left[name] <= 0:
                    del self._values[name], self._left[name]
            return value


def pause_of(fault: str | None) -> float:
    """Return the seconds that `slow:<s>` or `hang` (a minute) asks for, else 0."""
    if fault == "hang":
        return 60.0
    return float(fault.partition(":")[2] or 1) if fault and fault.startswith("slow") else 0.0


def apply_pause(fault: str | None) -> None:
    time.sleep(pause_of(fault))


@dataclass
class Reorder:
    """Due times that turn a burst of events round: each one falls before the one that happened ahead of it."""

    _started: float = float("-inf")
    _count: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_delay(self, span_s: float) -> float:
        """Return the seconds the next event waits. A burst ends `span_s` after its first event."""
        with self._lock:
            elapsed = time.monotonic() - self._started
            if elapsed > span_s:
                self._started, self._count, elapsed = time.monotonic(), 0, 0.0
            delay = max(0.02, span_s * (1 - 0.15 * self._count) - elapsed)
            self._count += 1
            return delay
