"""What carriers bill: the greater of real and volumetric weight, parcel by parcel.

A divisor is cm³ per kilogram. An account's own (setting `volumetric_divisor`, from the contract) comes first, then what
the carrier publishes, then DEFAULT. Carriers price parcels themselves; we use this for caching and to show it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from shipsmart.ports import ParcelSpec

DEFAULT = 5000


@dataclass(frozen=True)
class Divisor:
    """`confidence`: "verified" when read on the carrier's own page, else "estimate"."""

    cm3_per_kg: int
    source: str
    checked: date
    confidence: str


_READ_ON = date(2026, 11, 22)
DIVISORS: Mapping[str, Divisor] = {
    "dhl_express": Divisor(
        5000,
        "http://goglobal.dhl-usa.com/shipping-support-center/get-started/get-a-rate-quote-and-transit-time/volumetric-weight",
        _READ_ON,
        "verified",
    ),
    "ups": Divisor(
        5000, "https://ups.com/pr/es/support/shipping-support/shipping-dimensions-weight.page", _READ_ON, "verified"
    ),
    "fedex": Divisor(
        5000, "https://ask.fedex.com/help/en-gb/account-payments/calculation-dim-weight-rex", _READ_ON, "verified"
    ),
    # A marketplace's help page, not the post's own price terms; small parcels (up to 5 kg volumetric) are exempt.
    "correios": Divisor(
        6000, "https://ajuda.elo7.com.br/hc/pt-br/articles/360001814752-C%C3%A1lculo-c%C3%BAbico", _READ_ON, "estimate"
    ),
}


def divisor_of(carrier: str, settings: Mapping[str, Any]) -> int:
    """Return the divisor of an account; a setting that is no positive whole number is passed over."""
    own = str(settings.get("volumetric_divisor") or "")
    if own.isascii() and own.isdigit() and int(own):
        return int(own)
    known = DIVISORS.get(carrier)
    return known.cm3_per_kg if known else DEFAULT


def volumetric_g(parcel: ParcelSpec, divisor: int = DEFAULT) -> int:
    # mm3 / 1000 = cm3; / divisor = kg; * 1000 = g
    return parcel.length_mm * parcel.width_mm * parcel.height_mm // divisor


def billed_weight_g(parcels: Sequence[ParcelSpec], divisor: int = DEFAULT) -> int:
    return sum(max(parcel.weight_g, volumetric_g(parcel, divisor)) for parcel in parcels)
