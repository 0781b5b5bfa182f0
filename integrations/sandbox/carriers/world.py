"""Everything the practice carriers remember: shipments, requests, tokens, faults, the clock. In memory, one process."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from .clock import PracticeClock
from .faults import FaultBoard
from .journeys import Kind, Route, Scan, kind_in, plan
from .numbers import NumberRange

REMEMBERED_REQUESTS = 20_000


@dataclass(frozen=True)
class Piece:
    """One parcel of a shipment, in kilograms and centimetres."""

    number: str
    weight_kg: Decimal
    sizes_cm: tuple[Decimal, Decimal, Decimal] | None
    references: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Customs:
    """What the carrier was told about value and about who pays at the border."""

    declared_value: Decimal | None
    currency: str | None
    incoterm: str | None
    duties_payer: str | None  # shipper, receiver or third_party; None when nothing passes customs
    duties_account: str | None
    line_items: int


@dataclass
class Shipment:
    """A shipment bought. Buying twice makes two: carriers do not deduplicate."""

    carrier: str
    number: str
    account: str
    service_code: str
    service_name: str
    description: str
    shipper: dict[str, Any]
    receiver: dict[str, Any]
    pieces: list[Piece]
    customs: Customs
    references: list[tuple[str, str]]
    route: Route
    booked_at: datetime
    expected_on: str
    message_reference: str | None = None
    booked_really_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    journey: Kind = Kind.NORMAL
    voided: bool = False
    voided_at: datetime | None = None
    reprints: int = 0
    request: Any = None

    @property
    def weight_kg(self) -> Decimal:
        return sum((piece.weight_kg for piece in self.pieces), Decimal(0))

    def all_references(self) -> list[tuple[str, str]]:
        return self.references + [pair for piece in self.pieces for pair in piece.references]

    def has_number(self, number: str) -> bool:
        return number == self.number or any(piece.number == number for piece in self.pieces)

    def scans(self, now: datetime) -> list[Scan]:
        """Return what has happened by now, oldest first; nothing once voided."""
        return (
            [] if self.voided else [scan for scan in plan(self.route, self.journey, self.booked_at) if scan.at <= now]
        )

    def as_dict(self) -> dict[str, Any]:
        return {
            "carrier": self.carrier, "number": self.number, "pieces": [piece.number for piece in self.pieces],
            "references": [{"type": kind, "value": value} for kind, value in self.all_references()],
            "account": self.account, "service": self.service_code, "description": self.description,
            "origin": self.route.origin.country, "destination": self.route.destination.country,
            "duties_payer": self.customs.duties_payer, "duties_account": self.customs.duties_account,
            "incoterm": self.customs.incoterm, "declared_value": self.customs.declared_value,
            "currency": self.customs.currency, "line_items": self.customs.line_items, "weight_kg": self.weight_kg,
            "booked_at": self.booked_at.isoformat(), "booked_really_at": self.booked_really_at.isoformat(),
            "message_reference": self.message_reference, "journey": self.journey.value, "voided": self.voided,
        }  # fmt: skip


class World:
    """The state of one practice process. Every method is safe to call from several threads."""

    def __init__(self, scale: float = 1.0) -> None:
        self.clock = PracticeClock(scale)
        self.faults = FaultBoard()
        self.numbers = NumberRange()
        self._lock = threading.Lock()
        self._shipments: list[Shipment] = []
        self._by_number: dict[str, Shipment] = {}
        self._requests: deque[dict[str, Any]] = deque(maxlen=REMEMBERED_REQUESTS)
        self._wishes: list[tuple[str, Kind]] = []
        self._tokens: dict[str, datetime] = {}
        self._papers: list[tuple[str, Any]] = []

    def book(self, shipment: Shipment) -> None:
        """Remember a shipment and give it the journey that its references ask for."""
        with self._lock:
            shipment.journey = self._wished(shipment) or shipment.journey
            self._shipments.append(shipment)
            for number in (shipment.number, *(piece.number for piece in shipment.pieces)):
                self._by_number[number] = shipment

    def find(self, carrier: str, number: str) -> Shipment | None:
        with self._lock:
            shipment = self._by_number.get(number)
        return shipment if shipment and shipment.carrier == carrier else None

    def search(self, carrier: str, fits: Callable[[Shipment], bool]) -> list[Shipment]:
        """Return the carrier's shipments that fit, oldest first."""
        with self._lock:
            return [shipment for shipment in self._shipments if shipment.carrier == carrier and fits(shipment)]

    def shipments(self) -> list[dict[str, Any]]:
        with self._lock:
            return [shipment.as_dict() for shipment in self._shipments]

    def send_on(self, *, number: str | None, reference: str | None, kind: Kind) -> int:
        """Force the journey of a number, or of all shipments, future ones too, with a reference; return how many."""
        with self._lock:
            if reference is not None:
                self._wishes.append((reference, kind))
            hit = [s for s in self._shipments if (number and s.has_number(number)) or _mentions(s, reference)]
            for shipment in hit:
                shipment.journey = kind
            return len(hit)

    def remember_request(self, entry: dict[str, Any]) -> None:
        with self._lock:
            self._requests.append(entry)

    def requests(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._requests)

    def forget_requests(self) -> None:
        with self._lock:
            self._requests.clear()

    def note_paper(self, kind: str, paper: Any) -> None:
        """Remember a pick-up ("pickup") or a manifest ("manifest")."""
        with self._lock:
            self._papers.append((kind, paper))

    def papers(self, kind: str) -> list[Any]:
        with self._lock:
            return [paper for of, paper in self._papers if of == kind]

    def grant(self, token: str, until: datetime) -> None:
        with self._lock:
            self._tokens[token] = until

    def token_expiry(self, token: str) -> datetime | None:
        with self._lock:
            return self._tokens.get(token)

    def revoke_tokens(self) -> None:
        with self._lock:
            self._tokens.clear()

    def _wished(self, shipment: Shipment) -> Kind | None:
        for reference, kind in reversed(self._wishes):
            if _mentions(shipment, reference):
                return kind
        return next((kind for _, value in shipment.all_references() if (kind := kind_in(value))), None)


def _mentions(shipment: Shipment, reference: str | None) -> bool:
    return bool(reference) and any(reference in value for _, value in shipment.all_references())
