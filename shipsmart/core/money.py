"""Exact money: an amount with its currency, minor units, rounding and sharing out."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal, getcontext, setcontext
from typing import NoReturn

from shipsmart.core.codes import words
from shipsmart.core.errors import CurrencyMismatch

ZERO = Decimal(0)
CENT = Decimal("0.01")
UNIT = Decimal(1)
MILL = Decimal("0.001")
HUNDRED = Decimal(100)
MINOR_UNITS = (CENT, UNIT, MILL)

# One context for every calculation: the same bytes whatever the caller's decimal settings are.
EXACT = Context(prec=50)


class Exactly:
    """`with Exactly():` calculates in EXACT and gives the caller's context back; `localcontext` would copy it first."""

    __slots__ = ("before",)

    def __enter__(self) -> None:
        self.before = getcontext()
        setcontext(EXACT)

    def __exit__(self, *_: object) -> None:
        setcontext(self.before)


# ISO 4217 table A.1: currencies whose minor unit is not two digits.
NO_MINOR_UNIT = words("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF")
THREE_DIGITS = frozenset(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"))


def minor_unit(currency: str) -> Decimal:
    """Return the smallest payable step of a currency: 0.01, 1 or 0.001 (ISO 4217)."""
    if currency in NO_MINOR_UNIT:
        return UNIT
    return MILL if currency in THREE_DIGITS else CENT


def round_to(amount: Decimal, step: Decimal, rounding: str = ROUND_HALF_UP) -> Decimal:
    """Return `amount` as a whole multiple of `step`; halves go away from zero unless told otherwise."""
    if step in MINOR_UNITS:
        return amount.quantize(step, rounding)
    return ((amount / step).quantize(UNIT, rounding) * step).quantize(step)


@dataclass(frozen=True, eq=False)
class Money:
    """An exact amount in one currency; arithmetic between currencies raises CurrencyMismatch."""

    amount: Decimal
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.amount + self._same(other), self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.amount - self._same(other), self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __rmul__(self, factor: Decimal | int) -> "Money":
        return self * factor

    def __neg__(self) -> "Money":
        return Money(-self.amount, self.currency)

    # Written out: of a class that also has an order, mypyc takes no comparison from the decorator.
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Money) and self.currency == other.currency and self.amount == other.amount

    def __hash__(self) -> int:
        return hash((self.amount, self.currency))

    def __lt__(self, other: "Money") -> bool:
        return self.amount < self._same(other)

    def __le__(self, other: "Money") -> bool:
        return self.amount <= self._same(other)

    def __gt__(self, other: "Money") -> bool:
        return self.amount > self._same(other)

    def __ge__(self, other: "Money") -> bool:
        return self.amount >= self._same(other)

    def __bool__(self) -> bool:
        return bool(self.amount)

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def rounded(self, rounding: str = ROUND_HALF_UP) -> "Money":
        """Return the amount in whole minor units of its currency, half up unless told otherwise."""
        return Money(round_to(self.amount, minor_unit(self.currency), rounding), self.currency)

    def _same(self, other: "Money") -> Decimal:
        if not isinstance(other, Money) or other.currency != self.currency:
            found = getattr(other, "currency", type(other).__name__)
            raise CurrencyMismatch(
                f"cannot combine {self.currency} with {found}; convert one of them first",
                left=self.currency,
                right=str(found),
            )
        return other.amount


def allocate(total: Decimal, weights: Sequence[Decimal], *, step: Decimal) -> list[Decimal]:
    """Share `total` out by `weights` in multiples of `step`, by largest remainder.

    The parts add up to `total` exactly: what is smaller than one step stays with the first largest weight.
    Weights that are all zero share evenly. Equal remainders are served in order. Negative totals mirror positive ones.
    Raises ValueError for no weights, a negative weight or a step that is not positive.
    """
    if not weights or step <= ZERO or min(weights) < ZERO:
        _refuse_weights(weights, step)
    if not total:
        return [ZERO] * len(weights)
    if len(weights) == 1:
        return [total]
    whole = sum(weights, ZERO)
    shares: Sequence[Decimal] = weights if whole else [UNIT] * len(weights)
    whole = whole or Decimal(len(weights))
    negative = total < ZERO
    units, rest = divmod(-total if negative else total, step)
    floors, remainders = [], []
    for share in shares:
        floor, remainder = divmod(units * share, whole)
        floors.append(floor)
        remainders.append(remainder)
    left = units - sum(floors, ZERO)
    if left:
        # Sorting backwards keeps equals in their order, so equal remainders are served in turn.
        for i in sorted(range(len(floors)), key=remainders.__getitem__, reverse=True)[: int(left)]:
            floors[i] += UNIT
    parts = [floor * step for floor in floors]
    if rest:
        parts[max(range(len(shares)), key=lambda i: (shares[i], -i))] += rest
    return [-part for part in parts] if negative else parts


def _refuse_weights(weights: Sequence[Decimal], step: Decimal) -> NoReturn:
    if not weights:
        raise ValueError("nothing to share out to: no weights given")
    if step <= ZERO:
        raise ValueError(f"the step must be positive, not {step}")
    raise ValueError(f"weights must not be negative: {min(weights)}")
