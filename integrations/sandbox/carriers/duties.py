"""A carrier's own estimate of duty and import tax. Practice figures to compare with, not law."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from .places import EU, crosses_customs

_CENT = Decimal("0.01")
_IMPORT_TAX = {
    "GB": "0.20", "US": "0", "CA": "0.05", "BR": "0.17", "AU": "0.10", "NZ": "0.15", "CH": "0.081", "NO": "0.25",
    "JP": "0.10", "CN": "0.13", "SG": "0.09", "MX": "0.16", "DE": "0.19", "FR": "0.20", "ES": "0.21", "IT": "0.22",
    "NL": "0.21", "IE": "0.23", "PT": "0.23", "BE": "0.21", "AT": "0.20", "PL": "0.23", "SE": "0.25", "DK": "0.25",
    "FI": "0.255", "CZ": "0.21", "HU": "0.27", "RO": "0.21", "GR": "0.24",
}  # fmt: skip
_DUTY_BY_CHAPTER = {"42": "0.037", "61": "0.12", "62": "0.12", "64": "0.08", "71": "0.025", "85": "0.02", "95": "0"}
_CLEARANCE_FEE = {"GB": "11.00", "US": "17.00", "CA": "10.00", "BR": "15.00"}


@dataclass(frozen=True)
class Line:
    """One line to estimate; `value` is the line's customs value with its share of freight and insurance."""

    number: str
    commodity_code: str
    value: Decimal


@dataclass(frozen=True)
class LineEstimate:
    """Duty and tax of one line, each rounded half up to 0.01; `calculable` is false without a usable HS code."""

    line: Line
    duty_ratio: Decimal
    duty: Decimal
    tax_ratio: Decimal
    tax: Decimal
    calculable: bool


def estimate(line: Line, *, origin: str, destination: str) -> LineEstimate:
    """Return the practice estimate for one line."""
    calculable = len(line.commodity_code) >= 6 and line.commodity_code.isdigit()
    if not crosses_customs(origin, destination) or not calculable:
        zero = Decimal(0)
        return LineEstimate(line, zero, zero, zero, zero, calculable)
    duty_ratio = (
        Decimal("0.60") if destination == "BR" else Decimal(_DUTY_BY_CHAPTER.get(line.commodity_code[:2], "0.03"))
    )
    tax_ratio = Decimal(_IMPORT_TAX.get(destination, "0.21" if destination in EU else "0.15"))
    duty = (line.value * duty_ratio).quantize(_CENT, ROUND_HALF_UP)
    tax = ((line.value + duty) * tax_ratio).quantize(_CENT, ROUND_HALF_UP)
    return LineEstimate(line, duty_ratio, duty, tax_ratio, tax, calculable)


def clearance_fee(destination: str) -> Decimal:
    """Return the carrier's fee for clearing a parcel, in the currency of the estimate."""
    return Decimal(_CLEARANCE_FEE.get(destination, "12.00"))
