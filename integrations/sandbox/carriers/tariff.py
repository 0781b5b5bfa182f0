"""A believable price list: a zone, a billed weight, a service, the shipper's currency. Practice figures throughout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal

from .places import country, distance_zone

# zone: (first half kilogram, every further half kilogram) in EUR
_STEPS = {
    0: ("9.50", "0.60"),
    1: ("19.80", "1.45"),
    2: ("24.60", "1.90"),
    3: ("28.10", "2.60"),
    4: ("32.40", "3.20"),
    5: ("38.90", "4.10"),
    6: ("46.70", "4.95"),
}
_TRANSIT_DAYS = {0: 1, 1: 1, 2: 2, 3: 2, 4: 2, 5: 3, 6: 4}

# Units of the currency for one euro. A practice carrier keeps its own, so that prices stay the same from run to run.
_PER_EURO = {
    "EUR": "1", "GBP": "0.86", "USD": "1.10", "CAD": "1.52", "BRL": "6.10", "AUD": "1.68", "NZD": "1.83",
    "CHF": "0.95", "NOK": "11.60", "SEK": "11.30", "DKK": "7.46", "PLN": "4.28", "CZK": "24.90", "HUF": "392",
    "RON": "4.97", "TRY": "38", "JPY": "164", "CNY": "7.90", "HKD": "8.60", "SGD": "1.46", "INR": "93",
    "KRW": "1490", "MXN": "19.80", "ARS": "1180", "CLP": "1040", "COP": "4520", "AED": "4.04", "SAR": "4.13",
    "ZAR": "20.10",
}  # fmt: skip
PER_EURO = {code: Decimal(units) for code, units in _PER_EURO.items()}
_WITHOUT_CENTS = frozenset({"JPY", "KRW", "CLP"})
FUEL_RATIO = Decimal("0.2275")
DEMAND_PER_KG = Decimal("0.30")
DUTY_TAX_PAID_FEE = Decimal("16.50")


@dataclass(frozen=True)
class Service:
    """What a carrier sells: its code, its name, its price against the fastest one, and the days it adds."""

    code: str
    name: str
    ratio: Decimal
    extra_days: int = 0
    by_time: str = "23:59:00"


@dataclass(frozen=True)
class Price:
    """The price of one service in one currency, rounded half up to its smallest unit; the parts add up to the total."""

    currency: str
    freight: Decimal
    fuel: Decimal
    demand: Decimal
    duty_tax_paid: Decimal

    @property
    def total(self) -> Decimal:
        return self.freight + self.fuel + self.demand + self.duty_tax_paid


def convert(euros: Decimal, currency: str) -> Decimal:
    """Return the amount in `currency` at the practice exchange rate, rounded half up to its smallest unit."""
    places = Decimal(1) if currency in _WITHOUT_CENTS else Decimal("0.01")
    return (euros * PER_EURO[currency]).quantize(places, ROUND_HALF_UP)


def exchange(amount: Decimal, source: str, target: str) -> Decimal:
    """Return `amount` of `source` in `target`, unrounded."""
    return amount if source == target else amount / PER_EURO[source] * PER_EURO[target]


def currency_of(country_code: str) -> str:
    """Return the currency a shipper in that country is billed in."""
    found = country(country_code)
    return found.currency if found and found.currency in PER_EURO else "USD"


def volumetric_kg(sizes_cm: Iterable[tuple[Decimal, Decimal, Decimal]]) -> Decimal:
    """Return the volumetric weight: cubic centimetres by 5000, rounded up to 0.01 kg."""
    volume = sum((length * width * height for length, width, height in sizes_cm), Decimal(0))
    return (volume / 5000).quantize(Decimal("0.01"), ROUND_CEILING)


def billed_kg(actual: Decimal, volumetric: Decimal) -> Decimal:
    """Return the billed weight: the greater of both, rounded up to the next half kilogram, at least half a kilogram."""
    halves = (max(actual, volumetric) * 2).to_integral_value(ROUND_CEILING)
    return max(halves, Decimal(1)) / 2


def price(
    *, service: Service, origin: str, destination: str, billed: Decimal, duty_tax_paid: bool, currency: str
) -> Price:
    """Return what the service costs between two countries for a billed weight in kilograms."""
    first, further = (Decimal(step) for step in _STEPS[distance_zone(origin, destination)])
    freight = (first + further * (billed * 2 - 1)) * service.ratio
    return Price(
        currency=currency,
        freight=convert(freight, currency),
        fuel=convert(freight * FUEL_RATIO, currency),
        demand=convert(DEMAND_PER_KG * billed, currency) if origin != destination else convert(Decimal(0), currency),
        duty_tax_paid=convert(DUTY_TAX_PAID_FEE if duty_tax_paid else Decimal(0), currency),
    )


def transit_days(service: Service, origin: str, destination: str) -> int:
    """Return the working days from pick-up to delivery."""
    return _TRANSIT_DAYS[distance_zone(origin, destination)] + service.extra_days


def add_working_days(day: date, days: int) -> date:
    """Return the day `days` working days later; Saturdays and Sundays do not count."""
    while days:
        day += timedelta(days=1)
        days -= day.weekday() < 5
    return day


def promise(service: Service, asked: date, ends: tuple[str, str]) -> tuple[date, date, int]:
    """Return the pick-up day (the day asked for or the next working day), the delivery day, the days between."""
    pickup = asked if asked.weekday() < 5 else add_working_days(asked, 1)
    days = transit_days(service, *ends)
    return pickup, add_working_days(pickup, days), days
