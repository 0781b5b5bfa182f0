"""Reading an untrusted object key by key: what is there, of which type, how long, and nothing else."""

import unicodedata
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from shipsmart.core.errors import ShipSmartError

T = TypeVar("T")
AMOUNT_LIMIT = Decimal("1000000000000")
# Embeddings, overrides and isolates make a line read otherwise than its data; no customs paper may carry them.
BIDI_CONTROLS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
MOST_PROBLEMS = 200
# Breaks, and letters that are blanks: a name of Hangul fillers or Braille blanks is no name.
SPACES = frozenset("\t\n\r\v\f\x85\u2028\u2029\u115f\u1160\u3164\uffa0\u2800")
# Tags and annotation marks: they print nothing and tell a machine another text than the reader sees.
HIDDEN = frozenset(map(chr, [*range(0xE0000, 0xE0080), *range(0xFFF9, 0xFFFC)]))
# Living writings put at most four marks on a letter; more run over the lines above and below.
MOST_MARKS = 5


class ShipmentInvalid(ShipSmartError):  # noqa: N818 - the name is part of the interface
    """The description of a shipment cannot be read; `details["field"]` names the place, as in `lines[2].hs_code`.

    `reason` is the block code of what is wrong with this place; `details["problems"]` lists every place of a shipment.
    """

    code = "shipment_invalid"

    def __init__(self, message: str, *, field: str, reason: str = "shipment_invalid", **details: Any) -> None:
        super().__init__(f"{field}: {message}", field=field, **details)
        self.bare = message
        self.reason = reason

    def problems(self) -> list[dict[str, str]]:
        """Return code, message and place of everything that is wrong, in the order it was read."""
        alone = {"code": self.reason, "message": self.bare, "where": str(self.details["field"])}
        return list(self.details.get("problems") or [alone])


def clean_text(value: Any, *, field: str, limit: int) -> str:
    """Return the text on one line, trimmed; refuse what is no text, too long, or made to deceive a reader."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ShipmentInvalid(f"must be a text, not {type(value).__name__}", field=field)
    if len(value) > limit:
        message = f"has {len(value)} characters; {limit} are allowed: shorten it"
        raise ShipmentInvalid(message, field=field, reason="text_too_long", limit=limit)
    text = "".join(" " if char in SPACES else char for char in value).strip()
    if not text.isascii() or not text.isprintable():
        _refuse_deceit(text, field)
    return text


def _refuse_deceit(text: str, field: str) -> None:
    """Raise ShipmentInvalid for characters that make a text read otherwise than its data, or hide the lines beside."""
    marks = 0
    for char in unicodedata.normalize("NFC", text) if text.isprintable() else text:
        category = unicodedata.category(char)
        if char in BIDI_CONTROLS or char in HIDDEN or category in {"Cc", "Cs", "Cn", "Co"}:
            message = f"holds the character U+{ord(char):04X}, which no paper may carry: take it out"
            raise ShipmentInvalid(message, field=field, reason="unprintable_text")
        marks = marks + 1 if category in {"Mn", "Me"} else 0
        if marks > MOST_MARKS:
            message = f"puts more than {MOST_MARKS} marks on one letter: take the marks out"
            raise ShipmentInvalid(message, field=field, reason="unprintable_text")


class Reader:
    """One JSON object under its path; every key must be asked for before `done()`, or it is refused by name.

    What cannot be read is noted in `problems`, which the readers of the parts share, and read as if it were not there;
    `finish()` of the whole raises them together.
    """

    def __init__(self, data: Any, path: str = "", problems: list[dict[str, str]] | None = None) -> None:
        if not isinstance(data, dict):
            raise ShipmentInvalid(f"must be an object, not {type(data).__name__}", field=path or "shipment")
        self.data = data
        self.path = path
        self.problems = [] if problems is None else problems
        self.seen: set[str] = set()

    def field(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def raw(self, key: str, *, required: bool = False) -> Any:
        self.seen.add(key)
        if required and self.data.get(key) in (None, ""):
            raise ShipmentInvalid("is required: give it", field=self.field(key))
        return self.data.get(key)

    def note(self, problem: ShipmentInvalid) -> None:
        """Keep a problem; after MOST_PROBLEMS no more are kept."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems += problem.problems()

    def attempt(self, read: Callable[[], T], default: T) -> T:
        """Return what is read, or note the problem and return the default."""
        try:
            return read()
        except ShipmentInvalid as problem:
            self.note(problem)
            return default

    def text(self, key: str, *, limit: int = 200, required: bool = False) -> str:
        return self.attempt(
            lambda: clean_text(self.raw(key, required=required), field=self.field(key), limit=limit), default=""
        )

    def choice(self, key: str, allowed: frozenset[str], *, upper: bool = True) -> str:
        """Return one of the allowed words, "" where another stands."""
        return self.attempt(lambda: self._choice(key, allowed, upper=upper), default="")

    def _choice(self, key: str, allowed: frozenset[str], *, upper: bool) -> str:
        text = clean_text(self.raw(key, required=True), field=self.field(key), limit=40)
        text = text.upper() if upper else text.lower()
        if text not in allowed:
            known = f"; known are {', '.join(sorted(allowed))}" if len(allowed) < 20 else ", which is not known"
            raise ShipmentInvalid(f"is {text!r}{known}", field=self.field(key))
        return text

    def amount(self, key: str, *, default: Decimal | None = None) -> Decimal | None:
        """Return an exact, finite, non-negative amount; a float is refused because it is not what was written."""
        return self.attempt(lambda: self._amount(key, default), default=default)

    def _amount(self, key: str, default: Decimal | None) -> Decimal | None:
        value = self.raw(key)
        if value is None or value == "":
            return default
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal) or len(str(value)) > 40:
            raise ShipmentInvalid("must be an exact decimal, given as a text", field=self.field(key))
        try:
            amount = Decimal(value)
        except InvalidOperation as error:
            message = f"is {value!r}, which is no decimal: write it like 12.50"
            raise ShipmentInvalid(message, field=self.field(key)) from error
        if not amount.is_finite() or amount < 0 or amount >= AMOUNT_LIMIT or decimals(amount) > 6:
            raise ShipmentInvalid(f"is {value}; 0 or more with at most 6 decimals is allowed", field=self.field(key))
        return amount

    def whole(self, key: str, *, limit: int = 100_000_000, required: bool = False, least: int = 0) -> int | None:
        return self.attempt(lambda: self._whole(key, limit, required=required, least=least), default=None)

    def _whole(self, key: str, limit: int, *, required: bool, least: int) -> int | None:
        value = self.raw(key, required=required)
        if value is None:
            return None
        if isinstance(value, Decimal) and value == value.to_integral_value():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= limit:
            raise ShipmentInvalid(f"must be a whole number from {least} to {limit}", field=self.field(key))
        return value

    def many(self, key: str, read: Callable[["Reader"], Any], *, limit: int, required: bool = True) -> tuple[Any, ...]:
        """Return the entries that can be read."""
        return self.attempt(lambda: self._many(key, read, limit, required=required), default=())

    def _many(self, key: str, read: Callable[["Reader"], Any], limit: int, *, required: bool) -> tuple[Any, ...]:
        value = self.raw(key) or []
        if not isinstance(value, list) or (required and not value):
            raise ShipmentInvalid("must be a list with at least one entry", field=self.field(key))
        if len(value) > limit:
            raise ShipmentInvalid(f"has {len(value)} entries; {limit} are allowed", field=self.field(key), limit=limit)
        entries = [self._part(item, f"{self.field(key)}[{index}]", read) for index, item in enumerate(value)]
        return tuple(entry for entry in entries if entry is not None)

    def one(self, key: str, read: Callable[["Reader"], Any], *, required: bool = False) -> Any:
        """Return the object under a key, None where there is none or none that can be read."""
        value = self.attempt(lambda: self.raw(key, required=required), default=None)
        return None if value is None else self._part(value, self.field(key), read)

    def _part(self, value: Any, path: str, read: Callable[["Reader"], Any]) -> Any:
        return self.attempt(lambda: read(Reader(value, path, self.problems)), default=None)

    def done(self) -> None:
        """Note every key that nobody asked for."""
        for key in sorted(str(key) for key in self.data if key not in self.seen)[:MOST_PROBLEMS]:
            self.note(ShipmentInvalid("is not a key of this object: take it out", field=self.field(key[:60])))

    def finish(self) -> None:
        """Raise ShipmentInvalid with every problem that was noted; it tells of the first."""
        if self.problems:
            first = self.problems[0]
            raise ShipmentInvalid(
                first["message"], field=first["where"], reason=first["code"], problems=list(self.problems)
            )


def decimals(amount: Decimal) -> int:
    """Return how many decimal places the amount is written with."""
    exponent = amount.as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0
