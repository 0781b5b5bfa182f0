"""Values in Special Drawing Rights, for the limits that are counted in them or need a rough rate. Data: sdr.toml."""

import tomllib
from decimal import Decimal
from functools import cache
from pathlib import Path

TABLE = Path(__file__).parent / "sdr.toml"


@cache
def rates() -> dict[str, Decimal]:
    """Return units of currency for one SDR."""
    with TABLE.open("rb") as file:
        parts = tomllib.load(file)["rates"]
    return {currency: Decimal(rate) for part in parts for currency, rate in part["values"].items()}


@cache
def margin() -> Decimal:
    """Return the share by which a value may be wrong: the rates are not of the day."""
    with TABLE.open("rb") as file:
        return Decimal(tomllib.load(file)["margin"])


def surely_within(amount: Decimal, currency: str, *, limit: Decimal, limit_currency: str = "XDR") -> bool:
    """Return whether an amount is within a limit even if our rates are off by the margin; False without a rate."""
    if currency == limit_currency:
        return amount <= limit
    per_sdr = {"XDR": Decimal(1)} | rates()
    if currency not in per_sdr or limit_currency not in per_sdr:
        return False
    return amount / per_sdr[currency] <= limit / per_sdr[limit_currency] * (1 - margin())


def has_rate(currency: str) -> bool:
    return currency == "XDR" or currency in rates()
