"""Reading an untrusted object key by key: what is there, of which type, how long, and nothing else."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from shipsmart.core.errors import ShipSmartError

AMOUNT_LIMIT = Decimal("1000000000000")
# Embeddings, overrides and isolates make a line read otherwise than its data; no customs paper may carry them.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029")


class ShipmentInvalid(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """The description of a shipment cannot be read; `details["field"]` names the place, as in `lines[2].hs_code`."""

    code = "shipment_invalid"

    def __init__(self, message: str, *, field: str, **details: Any) -> None:
        super().__init__(f"{field}: {message}", field=field, **details)


def clean_text(value: Any, *, field: str, limit: int) -> str:
    """Return the text on one line, trimmed; refuse what is no text, too long, or made to deceive a reader."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ShipmentInvalid(f"must be a text, not {type(value).__name__}", field=field)
    if len(value) > limit:
        raise ShipmentInvalid(f"has {len(value)} characters; {limit} are allowed", field=field, limit=limit)
    text = "".join(" " if char in SPACES else char for char in value).strip()
    for char in text:
        if char in BIDI_CONTROLS or unicodedata.category(char) in {"Cc", "Cs", "Cn", "Co"}:
            raise ShipmentInvalid(f"holds the character U+{ord(char):04X}, which no paper may carry", field=field)
    return text


class Reader:
    """One JSON object under its path; every key must be asked for before `done()`, or it is refused by name."""

    def __init__(self, data: Any, path: str = "") -> None:
        if not isinstance(data, dict):
            raise ShipmentInvalid(f"must be an object, not {type(data).__name__}", field=path or "shipment")
        self.data = data
        self.path = path
        self.seen: set[str] = set()

    def field(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str, *, required: bool = False) -> Any:
        self.seen.add(key)
        if required and self.data.get(key) in (None, ""):
            raise ShipmentInvalid("is required", field=self.field(key))
        return self.data.get(key)

    def text(self, key: str, *, limit: int = 200, required: bool = False) -> str:
        return clean_text(self.raw(key, required=required), field=self.field(key), limit=limit)

    def choice(self, key: str, allowed: frozenset[str], *, upper: bool = True) -> str:
        text = self.text(key, limit=40, required=True)
        text = text.upper() if upper else text.lower()
        if text not in allowed:
            known = f"; known are {', '.join(sorted(allowed))}" if len(allowed) < 20 else ", which is not known"
            raise ShipmentInvalid(f"is {text!r}{known}", field=self.field(key))
        return text

    def amount(self, key: str, *, default: Decimal | None = None) -> Decimal | None:
        """Return an exact, finite, non-negative amount; a float is refused because it is not what was written."""
        value = self.raw(key)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 40:
            raise ShipmentInvalid("must be an exact decimal, given as a text", field=self.field(key))
        try:
            amount = Decimal(value)
        except InvalidOperation as error:
            raise ShipmentInvalid(f"is {value!r}, which is no decimal", field=self.field(key)) from error
        if not amount.is_finite() or amount < 0 or amount >= AMOUNT_LIMIT or decimals(amount) > 6:
            raise ShipmentInvalid(f"is {value}; 0 or more with at most 6 decimals is allowed", field=self.field(key))
        return amount

    def whole(self, key: str, *, limit: int = 100_000_000, required: bool = False, least: int = 0) -> int | None:
        value = self.raw(key, required=required)
        if value is None:
            return None
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= limit:
            raise ShipmentInvalid(f"must be a whole number from {least} to {limit}", field=self.field(key))
        return value

    def many(self, key: str, read: Callable[["Reader"], Any], *, limit: int, required: bool = True) -> tuple[Any, ...]:
        value = self.raw(key) or []
        if not isinstance(value, list) or (required and not value):
            raise ShipmentInvalid("must be a list with at least one entry", field=self.field(key))
        if len(value) > limit:
            raise ShipmentInvalid(f"has {len(value)} entries; {limit} are allowed", field=self.field(key), limit=limit)
        return tuple(read(Reader(item, f"{self.field(key)}[{index}]")) for index, item in enumerate(value))

    def one(self, key: str, read: Callable[["Reader"], Any], *, required: bool = False) -> Any:
        value = self.raw(key, required=required)
        return None if value is None else read(Reader(value, self.field(key)))

    def done(self) -> None:
        unknown = sorted(str(key) for key in self.data if key not in self.seen)
        if unknown:
            raise ShipmentInvalid("is not a key of this object", field=self.field(unknown[0][:60]))


def decimals(amount: Decimal) -> int:
    """Return how many decimal places the amount is written with."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
