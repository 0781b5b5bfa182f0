"""The rows of one calculation: charges with their reasons, warnings, and what could not be computed."""

from decimal import ROUND_HALF_UP, Decimal

from shipsmart.core.cart import Cart, Item
from shipsmart.core.law import Stamp
from shipsmart.core.money import ZERO, allocate, minor_unit, round_to

Parts = tuple[tuple[str, Decimal], ...]


class Charge:
    """One row of the answer. `base` and `exact` are unrounded, `amount` is what is due; all in local currency."""

    amount = quote_amount = ZERO
    tax = ""  # the id of the tax whose row this is

    def __init__(self, kind: str, item: Item | None, stamp: Stamp, rate: str, made_of: Parts) -> None:
        self.kind = kind
        self.item = item
        self.stamp = stamp
        self.rate = rate
        self.made_of = made_of
        base = made_of[0][1] if made_of else ZERO
        if len(made_of) > 1:
            for _, part in made_of[1:]:
                base += part
        self.base = base
        self.exact = ZERO


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
        under one rule and rate is rounded once, then shared out so that the lines add up to it.
        """
        rounding = self.cart.regime.rounding
        if rounding.scope == "entry":
            for group in _by_rule(charges):
                self._round_entry(group)
        elif rounding.step is None:
            for charge in charges:
                charge.amount = charge.exact.quantize(self.minor, rounding.mode)
        else:
            for charge in charges:
                charge.amount = round_to(charge.exact, rounding.step, rounding.mode)
        to_quote = None if self.cart.same_currency else self.cart.to_quote
        for charge in charges:
            charge.quote_amount = charge.amount if to_quote is None else to_quote(charge.amount)
            if charge.stamp.confidence != "verified":
                self.estimate = True
        self.charges += charges

    def _round_entry(self, charges: list[Charge]) -> None:
        rounding = self.cart.regime.rounding
        due = sum((charge.exact for charge in charges), ZERO)
        base = sum((charge.base for charge in charges), ZERO)
        if rounding.value_step and base and charges[0].rate.endswith("%"):
            due = due * (base // rounding.value_step * rounding.value_step) / base
        due = round_to(due, rounding.step or self.minor, rounding.mode)
        parts = allocate(due, [abs(charge.exact) for charge in charges], step=self.minor)
        for charge, part in zip(charges, parts, strict=True):
            charge.amount = charge.exact = round_to(part, self.minor)

    def fee(self, charge: Charge) -> None:
        """Keep a fee: the law fixes it per entry, so it is rounded half up to the minor unit and never shared out."""
        charge.amount = round_to(charge.exact, self.minor, ROUND_HALF_UP)
        charge.quote_amount = self.cart.to_quote(charge.amount)
        self.estimate = self.estimate or charge.stamp.confidence != "verified"
        self.charges.append(charge)


def _by_rule(charges: list[Charge]) -> list[list[Charge]]:
    groups: dict[tuple[str, str], list[Charge]] = {}
    for charge in charges:
        groups.setdefault((charge.stamp.rule, charge.rate), []).append(charge)
    return list(groups.values())
