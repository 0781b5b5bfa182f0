"""Duty expressions: parsed once to a small tree, evaluated per line.

The grammar covers what the tariffs of the EU, the UK and the US print: `4%`, `35.10 EUR / 100 kg`, `2.5 cents/kg`,
sums with `+`, deductions with `-`, `MIN` and `MAX` bounds, `Free`, and our own `TOP UP TO 12.5%`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from shipsmart.core.codes import CURRENCIES
from shipsmart.core.errors import BadExpression, MissingQuantity, OutOfRange
from shipsmart.core.money import HUNDRED, ZERO


class Measured(NamedTuple):
    """What one line offers to its duties: amounts unrounded in the destination's currency."""

    value: Decimal
    pieces: Decimal
    convert: Callable[[Decimal, str], Decimal]
    weight_g: Decimal | None = None
    volume_ml: Decimal | None = None
    abv_percent: Decimal | None = None
    base_duty: Decimal = ZERO


class Node:
    """One node of a duty expression."""

    __slots__ = ()

    @property
    def rate(self) -> Decimal | None:
        """The share of the value that is due, where this is a plain percentage."""
        return None

    def amount(self, line: Measured) -> Decimal:
        """Return the unrounded amount in the destination's currency; raises MissingQuantity."""
        raise BadExpression(f"{type(self).__name__} cannot be evaluated")


@dataclass(frozen=True)
class Percent(Node):
    share: Decimal

    @property
    def rate(self) -> Decimal:
        return self.share

    def amount(self, line: Measured) -> Decimal:
        return line.value * self.share


@dataclass(frozen=True)
class Flat(Node):
    price: Decimal
    currency: str

    def amount(self, line: Measured) -> Decimal:
        return line.convert(self.price, self.currency)


@dataclass(frozen=True)
class PerUnit(Node):
    price: Decimal
    currency: str
    per: Decimal
    unit: str

    def amount(self, line: Measured) -> Decimal:
        found = line.convert(self.price * _quantity(self.unit, line) / self.per, self.currency)
        if found > MOST:
            raise OutOfRange("this duty comes to more than any customs office could write; check the quantities")
        return found


@dataclass(frozen=True)
class Sum(Node):
    parts: tuple[Node, ...]

    def amount(self, line: Measured) -> Decimal:
        return sum((part.amount(line) for part in self.parts), ZERO)


@dataclass(frozen=True)
class Less(Node):
    left: Node
    right: Node

    def amount(self, line: Measured) -> Decimal:
        return max(ZERO, self.left.amount(line) - self.right.amount(line))


@dataclass(frozen=True)
class AtLeast(Node):
    left: Node
    floor: Node

    def amount(self, line: Measured) -> Decimal:
        return max(self.left.amount(line), self.floor.amount(line))


@dataclass(frozen=True)
class AtMost(Node):
    left: Node
    cap: Node

    def amount(self, line: Measured) -> Decimal:
        return min(self.left.amount(line), self.cap.amount(line))


@dataclass(frozen=True)
class TopUp(Node):
    """What is missing between the base duty and a cap on the value."""

    cap: Decimal

    def amount(self, line: Measured) -> Decimal:
        return max(ZERO, line.value * self.cap - line.base_duty)


FREE = Percent(ZERO)
_GRAMS = {"g": 1, "kg": 1000, "t": 1_000_000, "tonne": 1_000_000}
_PIECES = {"item": 1, "p/st": 1, "no": 1, "pcs": 1, "each": 1, "unit": 1, "pr": 1, "pair": 1, "prs": 1}
_MILLILITRES = {"ml": 1, "l": 1000, "litre": 1000, "liter": 1000, "hl": 100_000}
_ALCOHOL = {"lpa": 100_000, "% vol/hl": 100_000, "pf.liter": 50_000}  # divisors of millilitres times per cent
_UNITS = "|".join(
    sorted((re.escape(u) for u in (*_GRAMS, *_PIECES, *_MILLILITRES, *_ALCOHOL, "doz")), key=len, reverse=True)
)
# Bounded, so that no text can push an amount out of the precision that the arithmetic has.
_NUMBER = r"([0-9]{1,12}(?:\.[0-9]{1,10})?)"
_RATE = r"([0-9]{1,6}(?:\.[0-9]{1,10})?)"
MOST = Decimal(10) ** 30
_PERCENT = re.compile(rf"^{_RATE}\s*%$")
_TOP_UP = re.compile(rf"^top up to {_RATE}\s*%$")
_MONEY = re.compile(rf"^(?:{_NUMBER}\s*([a-z]{{3}}|¢|cents?)|(\$)\s*{_NUMBER})$")
_PER = re.compile(rf"^(.+?)\s*(?:/|\bper\b)\s*(?:{_NUMBER}\s*)?({_UNITS})\.?$")


@lru_cache(maxsize=20_000)
def parse(text: str) -> Node:
    """Return the tree of a duty text; raises BadExpression with the text in its details.

    MIN and MAX bind last: `a MIN b MAX c` splits at the last bound (the rule of the UK tariff's own calculator).
    """
    found = _parse(" ".join(text.replace("\u2013", "-").lower().split()))
    if found is None:
        raise BadExpression(
            f"cannot read the duty {text!r}; write it like '4%', '35.10 EUR / 100 kg' or '4% MIN 1 EUR / kg'", text=text
        )
    return found


def _parse(text: str) -> Node | None:
    bound = max(text.rfind(" min "), text.rfind(" max "))
    if bound > 0:
        left, right = _parse(text[:bound]), _parse(text[bound + 5 :])
        if left is None or right is None:
            return None
        return AtLeast(left, right) if text[bound + 1 : bound + 4] == "min" else AtMost(left, right)
    if "+" in text:
        parts = tuple(_parse(part.strip()) for part in text.split("+"))
        return None if None in parts else Sum(tuple(p for p in parts if p is not None))
    if " - " in text:
        left, right = _parse(text.rpartition(" - ")[0]), _parse(text.rpartition(" - ")[2])
        return None if left is None or right is None else Less(left, right)
    return _term(text)


def _term(text: str) -> Node | None:
    if text == "free":
        return FREE
    if m := _PERCENT.match(text):
        return Percent(Decimal(m[1]) / HUNDRED)
    if m := _TOP_UP.match(text):
        return TopUp(Decimal(m[1]) / HUNDRED)
    if m := _PER.match(text):
        price, per = _money(m[1].strip()), Decimal(m[2] or 1)
        return PerUnit(price.price, price.currency, per, m[3]) if price and per else None
    return _money(text)


def _money(text: str) -> Flat | None:
    m = _MONEY.match(text)
    if not m:
        return None
    if m[3]:
        return Flat(Decimal(m[4]), "USD")
    if m[2] in ("¢", "cent", "cents"):
        return Flat(Decimal(m[1]) / HUNDRED, "USD")
    currency = m[2].upper()
    return Flat(Decimal(m[1]), currency) if currency in CURRENCIES else None


def _quantity(unit: str, line: Measured) -> Decimal:
    if unit in _PIECES:
        return line.pieces
    if unit == "doz":
        return line.pieces / 12
    if unit in _GRAMS:
        return _known(line.weight_g, "unit_weight_g") / _GRAMS[unit]
    if unit in _MILLILITRES:
        return _known(line.volume_ml, "volume_ml") / _MILLILITRES[unit]
    pure = _known(line.volume_ml, "volume_ml") * _known(line.abv_percent, "abv_percent")
    return pure / _ALCOHOL[unit]


def _known(quantity: Decimal | None, field: str) -> Decimal:
    if quantity is None:
        raise MissingQuantity(f"this duty is charged by quantity; give {field}", field=field)
    return quantity
