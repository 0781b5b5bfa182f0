"""Faults on demand: which carrier, which operation, what goes wrong, how often."""

from __future__ import annotations

import select
import socket
import threading
import time
from dataclasses import dataclass, field
from typing import Any

CARRIERS = ("dhl_express", "ups", "fedex", "usps", "correios", "royal_mail", "*")
OPERATIONS = ("rates", "ship", "track", "token", "landed_cost", "void", "recover", "pickup", "manifest", "find",
              "address", "subscribe", "upload", "*")  # fmt: skip
DISRUPTIONS = ("hang", "rubbish", "drop")
SHAPINGS = ("wrong_order", "twice", "null_text", "odd_fractions")
LONGEST_HANG_S = 60.0
_ACCEPT = "accept_then_"


class UnknownFault(ValueError):
    """The fault asked for names a carrier, an operation or a kind that does not exist."""


@dataclass
class Fault:
    """One fault. `left` is how many more times it strikes; None until cleared."""

    carrier: str
    operation: str
    kind: str
    left: int | None = None
    struck: int = field(default=0, compare=False)

    def matches(self, carrier: str, operation: str) -> bool:
        if self.carrier not in ("*", carrier) or self.left == 0:
            return False
        if self.kind in SHAPINGS:
            return operation == "track" and self.operation in ("*", "track")
        return self.operation in ("*", operation)

    @property
    def accepts_first(self) -> bool:
        """Say whether the request is carried out before things go wrong."""
        return self.kind.startswith(_ACCEPT)

    @property
    def effect(self) -> str:
        return self.kind.removeprefix(_ACCEPT)

    def as_dict(self) -> dict[str, Any]:
        return {
            "carrier": self.carrier, "operation": self.operation, "kind": self.kind,
            "count": self.left, "struck": self.struck,
        }  # fmt: skip


class FaultBoard:
    """The faults in force. Thread-safe; clearing it also ends every request that hangs."""

    def __init__(self) -> None:
        self._lock = threading.Condition()
        self._faults: list[Fault] = []
        self._generation = 0

    def add(self, *, carrier: str, operation: str, kind: str, count: int | None) -> Fault:
        """Put a fault in force. Raises UnknownFault."""
        if carrier not in CARRIERS or operation not in OPERATIONS:
            raise UnknownFault(f"carrier must be one of {CARRIERS}, operation one of {OPERATIONS}")
        if not is_fault_kind(kind):
            raise UnknownFault(f"unknown kind {kind!r}; see the README for the list")
        if count is not None and (not isinstance(count, int) or count < 1):
            raise UnknownFault(f"count must be a positive whole number or null, got {count!r}")
        fault = Fault(carrier, operation, kind, count)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, carrier: str, operation: str) -> list[Fault]:
        """Return the faults that hit this request and count them down."""
        with self._lock:
            hit = [fault for fault in self._faults if fault.matches(carrier, operation)]
            for fault in hit:
                fault.struck += 1
                fault.left = None if fault.left is None else fault.left - 1
            return hit

    def give_back(self, faults: list[Fault]) -> None:
        """Undo one strike of each fault."""
        with self._lock:
            for fault in faults:
                fault.struck -= 1
                fault.left = None if fault.left is None else fault.left + 1

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
            self._generation += 1
            self._lock.notify_all()

    def listed(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.as_dict() for fault in self._faults if fault.left != 0]

    def hang(self, client: socket.socket | None, longest_s: float = LONGEST_HANG_S) -> None:
        """Return when the faults are cleared, the client has gone, or `longest_s` real seconds have passed."""
        deadline = time.monotonic() + longest_s
        with self._lock:
            generation = self._generation
            while self._generation == generation and time.monotonic() < deadline and not has_gone(client):
                self._lock.wait(0.1)


def is_fault_kind(kind: str) -> bool:
    effect = kind.removeprefix(_ACCEPT)
    head, _, tail = effect.partition(":")
    if head == "slow":
        return tail.replace(".", "", 1).isdigit()
    if effect.startswith("http_"):
        return effect[5:].isdigit() and 400 <= int(effect[5:]) <= 599
    return effect in DISRUPTIONS or kind in SHAPINGS


def has_gone(client: socket.socket | None) -> bool:
    """Say whether the other side has closed its connection."""
    if client is None:
        return False
    try:
        readable, _, _ = select.select([client], [], [], 0)
        return bool(readable) and client.recv(1, socket.MSG_PEEK) == b""
    except (OSError, ValueError):
        return True


def drop(client: socket.socket | None) -> None:
    """Cut the connection without an answer."""
    if client is not None:
        try:
            client.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # the client was faster
