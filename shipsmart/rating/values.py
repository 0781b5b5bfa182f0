"""The merchant's side of a carrier enquiry as plain frozen values: no database behind them."""

import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from shipsmart.ports import CarrierAccountRef, CarrierQuote
from shipsmart.rating.rules import RateRule


@dataclass(frozen=True)
class AccountSnapshot:
    """A carrier account; `services` limits what is offered, `sender_countries` from where (empty: all)."""

    id: int
    carrier: str
    number: str
    label: str = ""
    credentials: Mapping[str, str] = field(repr=False, default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    services: tuple[str, ...] = ()
    sender_countries: tuple[str, ...] = ()

    def ref(self) -> CarrierAccountRef:
        return CarrierAccountRef(
            carrier=self.carrier, number=self.number, credentials=self.credentials, settings=self.settings
        )

    @cached_property
    def key(self) -> str:
        """The account's name in caches and breakers: unique, and another one when its settings change."""
        told = json.dumps(self.settings, sort_keys=True, default=str)
        return f"{self.id}:{self.carrier}:{self.number}:{zlib.crc32(told.encode()):08x}"

    @property
    def name(self) -> str:
        return self.label or f"{self.carrier} {self.number}".strip()

    def serves(self, country: str) -> bool:
        """Whether it sends goods that lie in this country."""
        return not self.sender_countries or country in self.sender_countries

    def offers(self, service: str) -> bool:
        return not self.services or service in self.services


@dataclass(frozen=True)
class BoxSize:
    """A box of the merchant's: inner sizes, own weight, and the most it may weigh when full."""

    name: str
    length_mm: int
    width_mm: int
    height_mm: int
    tare_g: int = 0
    max_weight_g: int = 30_000

    @property
    def volume_mm3(self) -> int:
        return self.length_mm * self.width_mm * self.height_mm


@dataclass(frozen=True)
class TableRow:
    """A row of the merchant's price list. `stands_for` is "carrier:service" of a live service, or ""."""

    service: str
    service_name: str
    max_weight_g: int
    price: Decimal
    currency: str
    countries: tuple[str, ...] = ()
    days_from: int = 5
    days_to: int = 10
    fallback_only: bool = True
    stands_for: str = ""
    sender_countries: tuple[str, ...] = ()
    by_post: bool = False

    def covers(self, sender: str, country: str, weight_g: int) -> bool:
        """Whether the row is for this weight from this country to that one."""
        from_here = not self.sender_countries or sender in self.sender_countries
        return from_here and weight_g <= self.max_weight_g and (not self.countries or country in self.countries)


@dataclass(frozen=True)
class RatingSnapshot:
    """All that a merchant's carrier prices depend on. `fees` are rows as the landed cost takes them."""

    accounts: tuple[AccountSnapshot, ...] = ()
    boxes: tuple[BoxSize, ...] = ()
    table: tuple[TableRow, ...] = ()
    fees: tuple[Mapping[str, str], ...] = ()
    rules: tuple[RateRule, ...] = ()


@dataclass(frozen=True)
class Gathered:
    """What came back within the deadline; `messages` say which account stayed silent or refused, and why."""

    quotes: tuple[CarrierQuote, ...]
    messages: tuple[str, ...] = ()
