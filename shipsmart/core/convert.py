"""Exchange rates for one request: its own first, then the stored sets; every rate used is remembered.

Each stored set has a purpose. Of the sets that are fresh (not younger than the sale, at most 45 days older) one made
for the purpose wins: HMRC's monthly rate for customs, the ECB's daily rate for thresholds; then any that is not a rate
for display only. Where none is fresh the nearest serves, and the answer says that it is stale.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.core.law import RateSet
from shipsmart.core.money import UNIT
from shipsmart.core.request import ExchangeRate

STALE_AFTER = timedelta(days=45)
CUSTOMS, THRESHOLD, DISPLAY = "customs", "threshold", "display"
Ratio = tuple[Decimal, Decimal]
SAME: Ratio = (UNIT, UNIT)


@dataclass(frozen=True)
class UsedRate:
    """One conversion as it was made: one unit of `source` gives `ratio[0] / ratio[1]` of `target`."""

    source: str
    target: str
    ratio: Ratio
    origin: str
    url: str | None
    day: str | None
    stale: bool
    cross: str | None


class Converter:
    """Turns amounts of one currency into another, exactly: ratios stay fractions until the last step."""

    def __init__(self, given: tuple[ExchangeRate, ...], stored: tuple[RateSet, ...], at: datetime) -> None:
        self.given: dict[tuple[str, str], Ratio] = {}
        for item in given:
            self.given[item.source, item.target] = (item.rate, UNIT)
            self.given.setdefault((item.target, item.source), (UNIT, item.rate))
        self.stored = stored
        self.at = at
        self.used: dict[tuple[str, ...], UsedRate] = {}
        self.known: dict[tuple[str, str, str], UsedRate] = {}

    def ratio(self, source: str, target: str, *, purpose: str = CUSTOMS) -> Ratio:
        """Return (numerator, denominator) of the price of one `source` in `target`; raises ExchangeRateMissing."""
        if source == target:
            return SAME
        known = self.known.get((source, target, purpose))
        if known is None:
            known = self.known[source, target, purpose] = self._find(source, target, purpose)
            if self.used.setdefault((source, target), known) != known:
                self.used[source, target, purpose] = known
        return known.ratio

    def convert(self, amount: Decimal, source: str, target: str) -> Decimal:
        if source == target:
            return amount
        numerator, denominator = self.ratio(source, target)
        return amount * numerator / denominator

    def _find(self, source: str, target: str, purpose: str) -> UsedRate:
        direct = self.given.get((source, target))
        if direct is not None:
            return UsedRate(source, target, direct, "request", None, None, stale=False, cross=None)
        for (first, middle), left in self.given.items():
            right = self.given.get((middle, target)) if first == source else None
            if right is not None:
                ratio = (left[0] * right[0], left[1] * right[1])
                return UsedRate(source, target, ratio, "request", None, None, stale=False, cross=middle)
        return self._stored(source, target, purpose)

    def _stored(self, source: str, target: str, purpose: str) -> UsedRate:
        rates = self._best(source, target, purpose)
        if rates is None:
            raise ExchangeRateMissing(
                f"no exchange rate from {source} to {target}; send one in exchange_rates or import a rate file",
                source=source,
                target=target,
            )
        ratio = (_price(rates, target), _price(rates, source))
        stale = abs(self.at.date() - rates.day) > STALE_AFTER
        cross = None if rates.base in (source, target) else rates.base
        return UsedRate(source, target, ratio, rates.source, rates.url, rates.day.isoformat(), stale=stale, cross=cross)

    def _best(self, source: str, target: str, purpose: str) -> RateSet | None:
        """Return the set to use; they come newest first up to the day of the sale, later ones after them."""
        nearest: RateSet | None = None
        best: tuple[tuple[int, timedelta, int], RateSet] | None = None
        today = self.at.date()
        oldest = today - STALE_AFTER
        for rates in self.stored:
            fresh = oldest <= rates.day <= today
            if best is not None:
                rank, day = best[0][0], best[1].day
                if not fresh or (rank == 0 and rates.day < day):
                    break
                if rank < 2 and rates.purpose != purpose and rates.day < day:
                    continue  # an older set of another purpose: months of daily rates are passed by here
            if not (_knows(rates, source) and _knows(rates, target)):
                continue
            nearest = nearest or rates
            if not fresh:
                break
            rank = 0 if rates.purpose == purpose else 1 if rates.purpose != DISPLAY else 2
            # Of one day, the set of the office whose currency it is: the EU's for euro, HMRC's for sterling.
            key = (rank, today - rates.day, 0 if rates.base == target else 1 if rates.base == source else 2)
            if best is None or key < best[0]:
                best = (key, rates)
        return best[1] if best is not None else nearest


def _knows(rates: RateSet, currency: str) -> bool:
    return currency == rates.base or currency in rates.rates


def _price(rates: RateSet, currency: str) -> Decimal:
    return UNIT if currency == rates.base else rates.rates[currency]
