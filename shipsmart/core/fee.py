"""Government fees of an entry: fixed or in proportion, with minimum and maximum, per entry, parcel, class or line."""

from decimal import Decimal

from shipsmart.core.cart import Cart, Item, summed
from shipsmart.core.expression import Measured
from shipsmart.core.law import Fee, Route
from shipsmart.core.ledger import VALUE, Charge, Ledger
from shipsmart.core.money import ZERO, allocate
from shipsmart.core.routing import below


def charge_fees(ledger: Ledger, taken: list[tuple[Route, list[Item]]], entry: str) -> list[Charge]:
    """Return the fees that the routes taken and the kind of entry call for.

    Each line bears its share by value under `fee:<id>`, the name by which the base of a tax may ask for it.
    """
    cart, charges = ledger.cart, []
    for fee in cart.regime.fees:
        if fee.entries and entry not in fee.entries:
            continue
        items = [item for route, group in taken if _meets_route(fee, route) for item in group]
        if items and _open(fee, cart, items):
            charges.append(_charge(ledger, fee, items))
    return charges


def entry_kind(cart: Cart) -> str:
    """Return `formal` or `informal`: what the request asks for, else what the value allows."""
    if cart.request.entry is not None:
        return cart.request.entry
    limit = cart.regime.formal_above
    return "informal" if limit is None or below(limit, cart, cart.items) else "formal"


def _meets_route(fee: Fee, route: Route) -> bool:
    if not fee.routes and not fee.not_routes:
        return True
    rule = route.stamp.rule.rpartition("/")[2]
    return rule not in fee.not_routes and (not fee.routes or rule in fee.routes)


def _open(fee: Fee, cart: Cart, items: list[Item]) -> bool:
    request = cart.request
    return not (
        (fee.transports and request.transport not in fee.transports)
        or (fee.buyers and request.buyer not in fee.buyers)
        or (fee.limit is not None and not below(fee.limit, cart, items))
        or (fee.above is not None and below(fee.above, cart, items))
        or (fee.not_preference and all(item.plan.agreement in fee.not_preference for item in items))
    )


def _charge(ledger: Ledger, fee: Fee, items: list[Item]) -> Charge:
    whole = summed(items)
    charge = Charge("fee", None, fee.stamp, fee.text, VALUE, (whole.value,), whole.value)
    charge.exact = _due(fee, _times(fee, items), ledger.cart.measured(whole))
    ledger.fee(charge)
    if charge.amount:
        parts = allocate(charge.amount, [item.value for item in items], step=ledger.minor)
        for item, part in zip(items, parts, strict=True):
            item.taxes[f"fee:{fee_id(fee)}"] = part
    return charge


def _due(fee: Fee, times: int, measured: Measured) -> Decimal:
    if not fee.steps:
        return fee.amount.amount(measured) * times
    due, counted = ZERO, 0
    for up_to, amount in fee.steps:
        here = (times if up_to is None else min(times, up_to)) - counted
        due += amount.amount(measured) * here
        counted += here
    return due


def fee_id(fee: Fee) -> str:
    """Return the name of a fee's file, like `dta`."""
    return fee.stamp.rule.rpartition("/")[2]


def _times(fee: Fee, items: list[Item]) -> int:
    if fee.per == "line":
        return len(items)
    if fee.per == "class":
        return len({item.plan.hs_class or f"?{item.position}" for item in items})
    return 1
