"""Import taxes and excises of the lines under one route, in the order of the law."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from shipsmart.core.cart import Cart, Item
from shipsmart.core.convert import THRESHOLD
from shipsmart.core.law import Limit, LocalRate, LocalRates, Route, Stamp, Tax, TaxRate
from shipsmart.core.ledger import VALUE, Charge, Ledger
from shipsmart.core.money import HUNDRED, UNIT, ZERO, round_to
from shipsmart.core.routing import price_within

SALE_BASE = ("goods", "freight", "insurance")
FREE_PART = "free_part"

# The names that a tax base may use, and where a line holds them; any other name is an earlier tax or a fee, written
# `tax:<id>` or `fee:<id>`.
_FIELDS = {
    "customs_value": "value",
    "duty": "duty",
    "base_duty": "base_duty",
    "excise": "excise",
    "goods": "local_goods",
    "freight": "local_freight",
    "insurance": "local_insurance",
}
Reader = Callable[[Item], tuple[Decimal, ...]]


def charge_taxes(ledger: Ledger, route: Route, items: list[Item]) -> None:
    """Book every tax of a route's lines; a later tax may stand on an earlier one."""
    cart = ledger.cart
    for index, tax in enumerate(cart.regime.taxes):
        if tax.scheme is not None and tax.scheme not in cart.request.schemes:
            continue
        if (route.taxes and tax.id not in route.taxes) or (tax.buyers and cart.request.buyer not in tax.buyers):
            continue
        if route.tax == "none" and tax.kind == "import_tax":
            value = sum([item.value for item in items], ZERO)
            ledger.book([Charge(tax.kind, None, route.stamp, "0%", VALUE, (value,), value)])
            continue
        _one_tax(ledger, route, items, (index, tax))


def _one_tax(ledger: Ledger, route: Route, items: list[Item], numbered: tuple[int, Tax]) -> None:
    index, tax = numbered
    kind, inclusive, uplift = tax.kind, tax.inclusive, tax.uplift
    names = tax.base
    if route.tax_base or route.tax == "sale":
        names = route.tax_base.get(tax.id) or route.tax_base.get("") or (SALE_BASE if route.tax == "sale" else names)
    parts_of = _reader(names)
    charges = []
    shown: TaxRate | None = None
    for item in items:
        candidates = item.plan.rates[index]
        rate = candidates[0] if len(candidates) == 1 else _rate(ledger.cart, item, candidates)
        if rate is not shown:
            shown, text, ratio, stamp = rate, percent(rate.rate, inclusive=inclusive), rate.rate, rate.stamp
        parts, shown_names = parts_of(item), names
        if rate.free_part is not None:
            parts, shown_names = (*parts, -_free(ledger.cart, item, rate.free_part)), (*names, FREE_PART)
        base = sum(parts, ZERO)
        due = base if uplift is UNIT else base + (uplift - UNIT) * item.value
        due = due / (UNIT - ratio) * ratio if inclusive else due * ratio
        charges.append(Charge(kind, item, stamp, text, shown_names, parts, base, due, tax.id))
    if tax.waive_up_to is not None and route.tax == "normal":
        _waive(ledger, tax, charges)
    ledger.book(charges)
    _keep(tax, charges)
    if tax.local is not None:
        _charge_local(ledger, tax.local, index, charges)


def _charge_local(ledger: Ledger, ask: LocalRates, index: int, charges: list[Charge]) -> None:
    """Book what counties, cities and districts add to a state's tax: a row per line, rounded like the state's.

    A seller abroad has no place of business in the state, so the postcode of delivery decides.
    Source: Streamlined Sales and Use Tax Agreement, sections 305 and 310.
    """
    cart, request = ledger.cart, ledger.cart.request
    lines = [(charge, charge.item, _picked(cart, charge.item, index)) for charge in charges if charge.item is not None]
    found = ask(request.ship_to.postcode, request.at)
    # A doubt about a rate that no line pays would call a sure answer an estimate.
    if not all(_follows_free(rate) for _, _, rate in lines):
        for code, message in found.notes:
            ledger.warn(code, None, message, estimate=True)
    if found.rate is not None:
        ledger.book([_local(ledger, found.rate, *line) for line in lines])


def _local(ledger: Ledger, local: LocalRate, state: Charge, item: Item, rate: TaxRate) -> Charge:
    """Return the local row beside a state's row: on its base, free or cut down where the state's law says so."""
    names, parts, stamp, ratio = state.names, state.parts, local.stamp, local.rate
    if rate.hs and rate.by_place and not local.frees:
        names, parts = (names[:-1], parts[:-1]) if names[-1] == FREE_PART else (names, parts)
        if local.frees is None:
            note = (
                f"{stamp.name}: whether {rate.what} is free there is not said, the tax is charged: fill in the column"
            )
            ledger.warn("local_exemption_unknown", item, f"{note} clothing", estimate=True)
    elif rate.hs and not rate.rate:
        ratio, stamp = ZERO, _freed(stamp, rate)
    base = sum(parts, ZERO)
    return Charge(state.kind, item, stamp, percent(ratio), names, parts, base, base * ratio, state.tax)


def _follows_free(rate: TaxRate) -> bool:
    """Return whether goods are free of the state's tax, and so of every local one."""
    return bool(rate.hs) and not rate.rate and not rate.by_place


def _freed(stamp: Stamp, rate: TaxRate) -> Stamp:
    """Return the reason why a local tax is nothing: the law that frees the goods of the state's tax."""
    law = rate.stamp
    confidence = law.confidence if stamp.verified else stamp.confidence
    return replace(
        law, rule=stamp.rule, name=f"{stamp.name}: {rate.what} free, as of the state's tax", confidence=confidence
    )


def _free(cart: Cart, item: Item, free: Limit) -> Decimal:
    """Return what of a line is free because the law taxes only what of each piece exceeds an amount."""
    numerator, denominator = cart.converter.ratio(free.currency, cart.local_currency, purpose=THRESHOLD)
    return min(item.local_goods, free.amount * numerator / denominator * item.line.quantity)


def _keep(tax: Tax, charges: list[Charge]) -> None:
    """Leave what the tax came to on each line, under the name by which later bases ask for it."""
    kind, name = tax.kind, tax.id
    for charge in charges:
        item = charge.item
        if item is None:
            continue
        item.taxes[name] = charge.exact
        if kind in ("duty", "additional_duty"):
            item.duty += charge.exact
        elif kind == "excise":
            item.excise += charge.exact


def _waive(ledger: Ledger, tax: Tax, charges: list[Charge]) -> None:
    """Drop a tax that does not exceed what the office levies at all; what counts is the amount as it would be asked."""
    rounding = ledger.rounding
    due = round_to(sum((charge.exact for charge in charges), ZERO), rounding.step or ledger.minor, rounding.mode)
    if tax.waive_up_to is not None and ZERO < due <= tax.waive_up_to:
        for charge in charges:
            charge.exact = ZERO
            charge.rate += f" (waived: not more than {tax.waive_up_to} {ledger.cart.local_currency} in all)"


@lru_cache(maxsize=500)
def _reader(names: tuple[str, ...]) -> Reader:
    """Return how to read the parts of a base from a line, in the order of their names."""
    fields = [_FIELDS[name] for name in names if name in _FIELDS]
    if len(fields) == len(names) > 1:
        return attrgetter(*fields)  # all of them in one step, which is most of the speed of a tax
    each = [attrgetter(_FIELDS[name]) if name in _FIELDS else _earlier(name) for name in names]
    return lambda item: tuple([read(item) for read in each])


def _earlier(name: str) -> Callable[[Item], Decimal]:
    tax = name.removeprefix("tax:")
    return lambda item: item.taxes.get(tax, ZERO)


def _picked(cart: Cart, item: Item, index: int) -> TaxRate:
    return _rate(cart, item, item.plan.rates[index])


def _rate(cart: Cart, item: Item, candidates: tuple[TaxRate, ...]) -> TaxRate:
    for rate in candidates[:-1]:
        if rate.unit_price_limit is None or price_within(rate.unit_price_limit, cart, item):
            return rate
    return candidates[-1]


def percent(rate: Decimal, *, inclusive: bool = False) -> str:
    """Return a ratio as people write it: 0.055 is 5.5%; a fraction of the law, like 22/78, to four places."""
    known = _PERCENT.get((rate, inclusive))
    if known is None:
        text = f"{round(rate * HUNDRED, 4).normalize():f}%"
        known = _PERCENT[rate, inclusive] = f"{text} of the price with tax" if inclusive else text
    return known


_PERCENT: dict[tuple[Decimal, bool], str] = {}
