"""Carriers' answers kept for a while: fresh ones are served at once, stale ones while a new one is fetched.

Two levels: this process's memory, then the shared cache. A cache that fails costs a log line, never a quote.
"""

import logging
import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from django.core.cache import cache

from shipsmart.ports import CarrierEnquiry, CarrierQuote
from shipsmart.rating.values import AccountSnapshot
from shipsmart.rating.volumetric import billed_weight_g, divisor_of

log = logging.getLogger(__name__)

FRESH_S = 15 * 60
STALE_S = 24 * 3600
MAX_KEPT = 10_000
WEIGHT_STEP_G = 500  # carriers bill by the half kilo
ZONE_LENGTH = 3
_NO_ZONE = re.compile(r"[^0-9A-Za-z]")


@dataclass(frozen=True)
class Kept:
    """An answer as it is served later (source "cache"), and the moment (epoch seconds) it was given."""

    quotes: tuple[CarrierQuote, ...]
    at: float


@dataclass
class Memory:
    """`clock` is epoch seconds: entries are shared between processes."""

    clock: Callable[[], float] = time.time
    _kept: OrderedDict[str, Kept] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find(self, keys: Sequence[str]) -> dict[str, Kept]:
        """Return what is known and not older than a day, asking the shared cache once for what is missing here."""
        with self._lock:
            found = {key: self._kept[key] for key in keys if key in self._kept}
        missing = [key for key in keys if key not in found or self.age_s(found[key]) > FRESH_S]
        if missing:
            for key, kept in _shared(missing).items():
                if key not in found or kept.at > found[key].at:
                    found[key] = kept
                    self._keep(key, kept)
        return {key: kept for key, kept in found.items() if self.age_s(kept) <= STALE_S}

    def put(self, key: str, quotes: tuple[CarrierQuote, ...]) -> None:
        kept = Kept(tuple(replace(quote, source="cache") for quote in quotes), self.clock())
        self._keep(key, kept)
        try:
            cache.set(key, kept, STALE_S)
        except Exception:
            log.exception("the cache did not take %s", key)

    def age_s(self, kept: Kept) -> float:
        return self.clock() - kept.at

    def is_fresh(self, kept: Kept) -> bool:
        return self.age_s(kept) <= FRESH_S

    def forget(self) -> None:
        with self._lock:
            self._kept.clear()

    def _keep(self, key: str, kept: Kept) -> None:
        with self._lock:
            self._kept[key] = kept
            self._kept.move_to_end(key)
            if len(self._kept) > MAX_KEPT:
                self._kept.popitem(last=False)


def _shared(keys: Sequence[str]) -> dict[str, Kept]:
    try:
        return cache.get_many(keys)
    except Exception:
        log.exception("the cache did not answer")
        return {}


def cache_key(account: AccountSnapshot, enquiry: CarrierEnquiry) -> str:
    """Return the name an answer is kept under: all that changes a price, in steps where prices have steps."""
    return account_key(account, enquiry_key(enquiry, divisor_of(account.carrier, account.settings)))


def account_key(account: AccountSnapshot, enquiry: str) -> str:
    return f"rating:{account.key}:{enquiry}"


def cache_keys(accounts: Iterable[AccountSnapshot], enquiry: CarrierEnquiry) -> list[tuple[str, AccountSnapshot]]:
    """Return each account with its key; what accounts with the same divisor share is made once."""
    tails: dict[int, str] = {}
    found = []
    for account in accounts:
        divisor = divisor_of(account.carrier, account.settings)
        if divisor not in tails:
            tails[divisor] = enquiry_key(enquiry, divisor)
        found.append((account_key(account, tails[divisor]), account))
    return found


def enquiry_key(enquiry: CarrierEnquiry, divisor: int) -> str:
    parts = (
        _zone(enquiry.shipper.country, enquiry.shipper.postcode),
        _zone(enquiry.consignee.country, enquiry.consignee.postcode),
        str(len(enquiry.parcels)),
        str(_step(billed_weight_g(enquiry.parcels, divisor))),
        _value_bucket(enquiry.goods_value),
        enquiry.currency,
        enquiry.incoterm,
        enquiry.ship_on.isoformat(),
    )
    return ":".join((*parts, *_dangerous(enquiry)))


def _dangerous(enquiry: CarrierEnquiry) -> list[str]:
    """Return how goods that are dangerous in the air are packed: it costs a surcharge, or is refused."""
    goods = {item.dangerous for item in enquiry.items if item.dangerous}
    return sorted(f"{g.un}-{g.packing_instruction}-{g.section}-{g.watt_hours}-{g.count}" for g in goods)


def _step(weight_g: int) -> int:
    return -(-weight_g // WEIGHT_STEP_G) * WEIGHT_STEP_G


def _zone(country: str, postcode: str) -> str:
    return f"{country}-{_NO_ZONE.sub('', postcode)[:ZONE_LENGTH].upper()}"


def _value_bucket(value: Decimal) -> str:
    """Return the value's first digit and magnitude ("4e2" for 437.50): surcharges on value move in such steps."""
    if value <= 0:
        return "0"
    return f"{int(value.scaleb(-value.adjusted()))}e{value.adjusted()}"
