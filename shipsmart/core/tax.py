"""Import taxes and excises of the lines under one route, in the order of the law."""

from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter

from shipsmart.core.cart import Cart, Item
from shipsmart.core.law import Route, Tax, TaxRate
from shipsmart.core.ledger import Charge, Ledger
from shipsmart.core.money import HUNDRED, UNIT, ZERO
from shipsmart.core.routing import price_within

SALE_BASE = ("goods", "freight", "insurance")

# The names that a tax base may use; any other name is the id of an earlier tax, written `tax:<id>`.
_PARTS: dict[str, Callable[[Item], Decimal]] = {
    "customs_value": attrgetter("value"),
    "duty": lambda item: item.duty + item.additional,
    "base_duty": attrgetter("base_duty"),
    "excise": attrgetter("excise"),
    "goods": attrgetter("local_goods"),
    "freight": attrgetter("local_freight"),
    "insurance": attrgetter("local_insurance"),
}
Readers = tuple[tuple[str, Callable[[Item], Decimal], bool], ...]


def charge_taxes(ledger: Ledger, route: Route, items: list[Item]) -> None:
    """Book every tax of a route's lines; a later tax may stand on an earlier one."""
    cart = ledger.cart
    for index, tax in enumerate(cart.regime.taxes):
        if tax.scheme is not None and tax.scheme not in cart.request.schemes:
            continue
        if route.taxes and tax.id not in route.taxes:
            continue
        if route.tax == "none" and tax.kind == "import_tax":
            value = sum((item.value for item in items), ZERO)
            ledger.book([Charge(tax.kind, None, route.stamp, "0%", (("customs_value", value),))])
            continue
        _one_tax(ledger, route, items, (index, tax))


def _one_tax(ledger: Ledger, route: Route, items: list[Item], numbered: tuple[int, Tax]) -> None:
    index, tax = numbered
    kind, inclusive = tax.kind, tax.inclusive
    charges = []
    readers = _readers(route.tax_base or (SALE_BASE if route.tax == "sale" else tax.base))
    shown: TaxRate | None = None
    for item in items:
        candidates = item.plan.rates[index]
        rate = candidates[0] if len(candidates) == 1 else _rate(ledger.cart, item, candidates)
        if rate is not shown:
            shown, text = rate, percent(rate.rate, inclusive=inclusive)
        made_of = tuple([(name, part) for name, read, always in readers if (part := read(item)) or always])
        charge = Charge(kind, item, rate.stamp, text, made_of)
        charge.tax = tax.id
        base = charge.base if tax.uplift is UNIT else charge.base + (tax.uplift - UNIT) * item.value
        charge.exact = base / (UNIT - rate.rate) * rate.rate if inclusive else base * rate.rate
        charges.append(charge)
    if tax.waive_up_to is not None and route.tax == "normal":
        _waive(ledger, tax, charges)
    ledger.book(charges)
    _keep(tax, charges)


def _keep(tax: Tax, charges: list[Charge]) -> None:
    """Leave what the tax came to on each line, under the name by which later bases ask for it."""
    for charge in charges:
        item = charge.item
        if item is None:
            continue
        item.taxes[tax.id] = charge.exact
        if tax.kind in ("duty", "additional_duty"):
            item.additional += charge.exact
        elif tax.kind == "excise":
            item.excise += charge.exact


def _waive(ledger: Ledger, tax: Tax, charges: list[Charge]) -> None:
    due = sum((charge.exact for charge in charges), ZERO)
    if tax.waive_up_to is not None and ZERO < due <= tax.waive_up_to:
        for charge in charges:
            charge.exact = ZERO
            charge.rate += f" (waived: not more than {tax.waive_up_to} {ledger.cart.local_currency} in all)"


@lru_cache(maxsize=500)
def _readers(names: tuple[str, ...]) -> Readers:
    """Return how to read each part of a base from a line, and whether it is shown when it is nothing."""
    return tuple([(name, _PARTS.get(name) or _earlier(name), name in ("customs_value", "goods")) for name in names])


def _earlier(name: str) -> Callable[[Item], Decimal]:
    tax = name.removeprefix("tax:")
    return lambda item: item.taxes.get(tax, ZERO)


def _rate(cart: Cart, item: Item, candidates: tuple[TaxRate, ...]) -> TaxRate:
    for rate in candidates[:-1]:
        if rate.unit_price_limit is None or price_within(rate.unit_price_limit, cart, item):
            return rate
    return candidates[-1]


def percent(rate: Decimal, *, inclusive: bool = False) -> str:
    """Return a ratio as people write it: 0.055 is 5.5%."""
    known = _PERCENT.get((rate, inclusive))
    if known is None:
        text = f"{(rate * HUNDRED).normalize():f}%"
        known = _PERCENT[rate, inclusive] = f"{text} of the price with tax" if inclusive else text
    return known


_PERCENT: dict[tuple[Decimal, bool], str] = {}
