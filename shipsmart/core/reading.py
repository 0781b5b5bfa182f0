"""Strict readers of single JSON values; each raises InvalidRequest that names the field and the remedy."""

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from typing import Any

from shipsmart.core.codes import COUNTRIES, CURRENCIES
from shipsmart.core.errors import InvalidRequest

_AMOUNT = re.compile(r"\d{1,12}(?:\.\d{1,10})?", re.ASCII).fullmatch
_LONE = re.compile("[" + chr(0xD800) + "-" + chr(0xDFFF) + "]")
LONGEST_AMOUNT = 23
LONGEST_SHOWN = 80
_DIGITS = re.compile(r"\d+", re.ASCII).fullmatch


def invalid(path: str, value: Any, remedy: str) -> InvalidRequest:
    """Return the error for one field; long values are cut in the message."""
    shown = _shown(value)
    found = "missing" if value is None else f"not usable: {shown}"
    return InvalidRequest(f"{path} is {found}; {remedy}", field=path, value=shown)


def _shown(value: Any) -> str:
    """Return a value for a message: short and quickly made, whatever was sent."""
    if isinstance(value, (Mapping, list, tuple)):
        return f"{'an object' if isinstance(value, Mapping) else 'a list'} of {len(value)}"
    if isinstance(value, int) and value.bit_length() > LONGEST_SHOWN:
        return f"a whole number of {value.bit_length()} bits"
    shown = repr(value[: LONGEST_SHOWN + 1] if isinstance(value, str) else value)
    return shown if len(shown) <= LONGEST_SHOWN else shown[: LONGEST_SHOWN - 3] + "..."


def mapping(value: Any, path: str) -> None:
    # JSON objects arrive as dict; asking for the exact type first is far cheaper than the abstract one.
    if type(value) is not dict and not isinstance(value, Mapping):
        raise invalid(path, value, "give an object with named fields")


def known_keys(value: Mapping[str, Any], allowed: frozenset[str], path: str) -> None:
    """Refuse keys that the contract does not name: a misspelt field must not be ignored in silence."""
    if allowed.issuperset(value):
        return
    key = min(str(k) for k in value.keys() - allowed)[:LONGEST_SHOWN]
    where = f"{path}.{key}" if path else key
    raise InvalidRequest(
        f"{where} is not a known field; remove it or use one of: {', '.join(sorted(allowed))}", field=where
    )


def text(value: Any, path: str, *, limit: int = 200, required: bool = False) -> str | None:
    if value is None and not required:
        return None
    if not isinstance(value, str) or len(value) > limit or (required and not value.strip()):
        raise invalid(path, value, f"give text of at most {limit} characters")
    if not value.isascii() and _LONE.search(value):
        raise invalid(path, value, "give whole characters: half of a surrogate pair stands alone")
    return value


@lru_cache(maxsize=20_000)
def _decimal(text: str) -> Decimal | None:
    """Return the amount a text stands for; a shop's prices come again and again, so the last ones are kept."""
    return Decimal(text) if _AMOUNT(text) else None


def amount(value: Any, path: str, *, default: Decimal | None = None) -> Decimal:
    """Return an exact, finite, non-negative decimal; at most 12 digits before and 10 after the point."""
    if type(value) is str and len(value) <= LONGEST_AMOUNT:
        known = _decimal(value)
        if known is not None:
            return known
    if value is None:
        if default is None:
            raise invalid(path, None, 'give a decimal as text, like "12.50"')
        return default
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 10**12:
        return Decimal(value)
    raise invalid(path, value, 'give a decimal of zero or more as text, like "12.50" (no exponent, no number type)')


def whole(value: Any, path: str, *, limit: int) -> int:
    """Return a whole number from 1 to `limit`."""
    if type(value) is int and 1 <= value <= limit:
        return value
    if isinstance(value, str) and len(value) <= 12 and _DIGITS(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= limit:
        raise invalid(path, value, f"give a whole number from 1 to {limit}")
    return value


def boolean(value: Any, path: str) -> bool:
    if value is None:
        return False
    if value is True or value is False:
        return bool(value)
    raise invalid(path, value, "give true or false, without quotes")


def choice(value: Any, path: str, allowed: tuple[str, ...]) -> str | None:
    if value is None or value in allowed:
        return None if value is None else str(value)
    raise invalid(path, value, f"use one of: {', '.join(allowed)}")


def country(value: Any, path: str) -> str:
    if isinstance(value, str) and value in COUNTRIES:
        return value
    raise invalid(path, value, "give an ISO 3166-1 alpha-2 code in capitals, like DE")


def currency(value: Any, path: str) -> str:
    if isinstance(value, str) and value in CURRENCIES:
        return value
    raise invalid(path, value, "give an ISO 4217 code in capitals, like EUR")


def hs_code(value: Any, path: str, *, shortest: int = 6) -> str | None:
    """Return the code as text of `shortest` to 10 digits, or None where none is given."""
    if value is None:
        return None
    if type(value) is str and shortest <= len(value) <= 10 and value.isdigit() and value.isascii():
        return value
    raise invalid(path, value, f"give {shortest} to 10 digits as text, without dots")
