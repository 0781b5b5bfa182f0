"""Values in Special Drawing Rights, for the limits that are counted in them or need a rough rate. Data: sdr.toml."""

import tomllib
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

TABLE = Path(__file__).parent / "sdr.toml"


@cache
def _table() -> dict[str, Any]:
    with TABLE.open("rb") as file:
        return tomllib.load(file)


@cache
def rates() -> dict[str, Decimal]:
    """Return units of currency for one SDR."""
    return {currency: Decimal(rate) for part in _table()["rates"] for currency, rate in part["values"].items()}


@cache
def margin(currency: str) -> Decimal:
    """Return the share by which a value in a currency may be wrong: no rate is of the day, some are years old."""
    parts = [part for part in _table()["rates"] if currency in part["values"]]
    return Decimal(parts[-1].get("margin", _table()["margin"]) if parts else _table()["margin"])


def surely_within(amount: Decimal, currency: str, *, limit: Decimal, limit_currency: str = "XDR") -> bool:
    """Return whether an amount is within a limit even if our rates are off by the margin; False without a rate."""
    if currency == limit_currency:
        return amount <= limit
    per_sdr = {"XDR": Decimal(1)} | rates()
    if currency not in per_sdr or limit_currency not in per_sdr:
        return False
    kept_off = max(margin(currency), margin(limit_currency))
    return amount / per_sdr[currency] <= limit / per_sdr[limit_currency] * (1 - kept_off)


def has_rate(currency: str) -> bool:
    return currency == "XDR" or currency in rates()


def days_old(currency: str, today: date) -> int | None:
    """Return how many days old the rate of a currency is, None where there is none."""
    days = [part["day"] for part in _table()["rates"] if currency in part["values"]]
    return (today - days[-1]).days if days else None
