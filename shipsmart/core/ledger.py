"""The rows of one calculation: charges with their reasons, warnings, and what could not be computed."""

from decimal import ROUND_HALF_UP, Decimal

from shipsmart.core.cart import Cart, Item
from shipsmart.core.law import Stamp
from shipsmart.core.money import MINOR_UNITS, ZERO, allocate, minor_unit, round_to

VALUE = ("customs_value",)
SHOWN_WHEN_NOTHING = frozenset(("customs_value", "goods"))
NOISE = Decimal("1E-9")


class Charge:
    """One row of the answer. `parts` make up its base under `names`; `amount` is due; all in local currency.

    `parts`, `base` and `exact` are unrounded; `tax` is the id of the tax whose row this is. Written out, for there are
    two for each line of each cart, and mypyc makes nothing faster.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - the columns of a row
        self,
        kind: str,
        item: Item | None,
        stamp: Stamp,
        rate: str,
        names: tuple[str, ...],
        parts: tuple[Decimal, ...],
        base: Decimal,
        exact: Decimal = ZERO,
        tax: str = "",
    ) -> None:
        self.kind = kind
        self.item = item
        self.stamp = stamp
        self.rate = rate
        self.names = names
        self.parts = parts
        self.base = base
        self.exact = exact
        self.tax = tax
        self.amount = ZERO
        self.quote_amount = ZERO

    @property
    def made_of(self) -> list[tuple[str, Decimal]]:
        """Return the parts of the base by name; what is nothing stands there only where its absence would puzzle."""
        named = zip(self.names, self.parts, strict=True)
        return [(name, part) for name, part in named if part or name in SHOWN_WHEN_NOTHING]


class Ledger:
    """Collects what a calculation finds; a charge enters once, already rounded."""

    def __init__(self, cart: Cart) -> None:
        self.cart = cart
        self.charges: list[Charge] = []
        self.warnings: list[tuple[str, int | None, str]] = []
        self.not_computable: list[tuple[str, int | None, str]] = []
        self.warned: set[tuple[str, int | None, str]] = set()
        self.estimate = False
        self.value = ZERO
        self.minor = minor_unit(cart.local_currency)
        self.rounding = cart.regime.rounding

    def warn(self, code: str, item: Item | None, message: str, *, estimate: bool = False) -> None:
        entry = (code, None if item is None else item.position, message)
        self.estimate = self.estimate or estimate
        if entry not in self.warned:
            self.warned.add(entry)
            self.warnings.append(entry)

    def unknown(self, code: str, item: Item | None, message: str) -> None:
        self.not_computable.append((code, None if item is None else item.position, message))

    def book(self, charges: list[Charge]) -> None:
        """Round the charges of one rule as the country's law says and keep them.

        Per line: half up to the minor unit unless the law names a step and a mode. Per entry: the sum of the lines
        under one rule and rate is rounded once, then shared out so that the lines add up to it. Per column: see
        `_round_columns`.
        """
        if not charges:
            return  # none could be computed
        rounding, cart = self.rounding, self.cart
        step, mode = rounding.step or self.minor, rounding.mode
        by_line, plain, same = rounding.scope == "line", step in MINOR_UNITS, cart.same_currency
        if rounding.scope == "entry":
            for group in _by_rule(charges):
                self._round_entry(group)
        elif not by_line:
            self._round_columns(charges)
        for charge in charges:
            if by_line:
                exact = charge.exact
                charge.amount = exact.quantize(step, mode) if plain else round_to(exact, step, mode)
            charge.quote_amount = charge.amount if same else cart.to_quote(charge.amount)
            if charge.stamp.confidence != "verified":
                self.estimate = True
        self.charges += charges

    def _round_entry(self, charges: list[Charge]) -> None:
        due = round_to(sum((charge.exact for charge in charges), ZERO), self._step(), self.rounding.mode)
        for charge, part in zip(charges, self._shared(due, charges), strict=True):
            charge.amount = charge.exact = part

    def _round_columns(self, charges: list[Charge]) -> None:
        """Round one duty or tax as Japan Customs does, by the declaration's columns (goods of one code and origin).

        The base of each column is cut to `value_step` and its due to the minor unit; the sum of all columns is cut to
        `step`, and that is paid. What a column adds to the base of a later tax is its own due, cut to `step`.

        Source: Japan Customs, FAQ 1111, with an example.
        """
        columns, mode = _by_column(charges), self.rounding.mode
        dues = [round_to(self._on_whole_steps(column), self.minor, mode) for column in columns]
        paid = self._shared(round_to(sum(dues, ZERO), self._step(), mode), charges)
        for column, due in zip(columns, dues, strict=True):
            carried = self._shared(round_to(due, self._step(), mode), column)
            for charge, part in zip(column, carried, strict=True):
                charge.exact = part
        for charge, part in zip(charges, paid, strict=True):
            charge.amount = part

    def _on_whole_steps(self, column: list[Charge]) -> Decimal:
        """Return what a column owes on its base without what exceeds whole steps of value; unrounded."""
        due = sum((charge.exact for charge in column), ZERO)
        base, step = sum((charge.base for charge in column), ZERO), self.rounding.value_step
        if step and base and column[0].names[0] == VALUE[0] and column[0].rate.endswith("%"):
            due = due * (base.quantize(NOISE) // step * step) / base
        # An exchange rate may leave a digit far behind the point, which must not cost a whole step.
        return due.quantize(NOISE)

    def _step(self) -> Decimal:
        return self.rounding.step or self.minor

    def _shared(self, amount: Decimal, charges: list[Charge]) -> list[Decimal]:
        parts = allocate(amount, [abs(charge.exact) for charge in charges], step=self.minor)
        return [round_to(part, self.minor) for part in parts]

    def fee(self, charge: Charge) -> None:
        """Round a fee; the law fixes it per entry, so half up to the minor unit. Whoever charged it keeps its row."""
        charge.amount = round_to(charge.exact, self.minor, ROUND_HALF_UP)
        charge.quote_amount = self.cart.to_quote(charge.amount)
        self.estimate = self.estimate or charge.stamp.confidence != "verified"


def _by_rule(charges: list[Charge]) -> list[list[Charge]]:
    groups: dict[tuple[str, str], list[Charge]] = {}
    for charge in charges:
        groups.setdefault((charge.stamp.rule, charge.rate), []).append(charge)
    return list(groups.values())


def _by_column(charges: list[Charge]) -> list[list[Charge]]:
    columns: dict[tuple[str | None, ...], list[Charge]] = {}
    for charge in charges:
        line = charge.item.line if charge.item else None
        goods = (line.hs_code or line.id, line.origin) if line else (None, None)
        columns.setdefault((*goods, charge.stamp.rule, charge.rate), []).append(charge)
    return list(columns.values())
