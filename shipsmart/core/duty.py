"""Customs duty of the lines under one route: the base duty, what comes on top, flat duties and reliefs."""

from decimal import Decimal

from shipsmart.core.cart import Cart, Item, summed
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.expression import Flat, Node
from shipsmart.core.law import AdditionalDuty, Limit, Route, Stamp
from shipsmart.core.ledger import VALUE, Charge, Ledger
from shipsmart.core.money import UNIT, ZERO, allocate
from shipsmart.core.request import RateOverride


def charge_duties(ledger: Ledger, route: Route, items: list[Item]) -> None:
    """Book the duties of a route's lines and leave base and additional duty, unrounded, on each line."""
    if route.duty == "none":
        _relief(ledger, route, items)
    elif route.duty == "class":
        _per_class(ledger, route, items)
    elif route.duty == "entry":
        _whole_entry(ledger, route, items)
    elif route.duty == "rate":
        _flat_rate(ledger, route, items)
    elif route.duty == "additional":
        _relief(ledger, route, items)
        _book_extra(ledger, [charge for item in items for charge in _on_top(ledger, item, route.duty_groups)])
    else:
        _tariff(ledger, items)


def set_values(cart: Cart, route: Route, items: list[Item]) -> None:
    """Set each line's customs value: the goods alone where the law says FOB, with freight and insurance where CIF."""
    cif = cart.regime.customs_value == "cif"
    for item in items:
        item.value = item.local_goods + item.local_freight if cif else item.local_goods
    if cif and cart.request.insurance:
        for item in items:
            item.value += item.local_insurance
    if route.value_factor is not UNIT:
        for item in items:
            item.value *= route.value_factor
    if route.value_less is not None:
        _spare(cart, route.value_less, items)


def _spare(cart: Cart, free: Limit, items: list[Item]) -> None:
    """Take the free part of a consignment off its lines' values, in proportion: only the excess is charged."""
    value = sum((item.value for item in items), ZERO)
    spared = cart.to_local(free.amount, free.currency)
    share = max(ZERO, value - spared) / value if value else ZERO
    for item in items:
        item.value *= share


def _relief(ledger: Ledger, route: Route, items: list[Item]) -> None:
    value = sum([item.value for item in items], ZERO)
    ledger.book([Charge("duty", None, route.stamp, "0%", VALUE, (value,), value)])


def _row(route: Route, item: Item, exact: Decimal) -> Charge:
    return Charge("duty", item, route.stamp, route.duty_text, VALUE, (item.value,), item.value, exact)


def _flat_rate(ledger: Ledger, route: Route, items: list[Item]) -> None:
    node = _node(route)
    _book_duty(ledger, [_row(route, item, node.amount(ledger.cart.measured(item))) for item in items])


def _whole_entry(ledger: Ledger, route: Route, items: list[Item]) -> None:
    """Book a duty that the law computes once for the consignment, shared over the lines by value."""
    whole = summed(items)
    due = _node(route).amount(ledger.cart.measured(whole))
    charges = [_row(route, item, due * item.value / whole.value if whole.value else ZERO) for item in items]
    _spread_rounding(ledger, charges, due)
    _book_duty(ledger, charges)


def _spread_rounding(ledger: Ledger, charges: list[Charge], due: Decimal) -> None:
    if len(charges) == 1:
        charges[0].exact = due
        return
    rounded = due.quantize(ledger.minor)
    weights = [charge.base for charge in charges]
    for charge, part in zip(charges, allocate(rounded, weights, step=ledger.minor), strict=True):
        charge.exact = part


def _per_class(ledger: Ledger, route: Route, items: list[Item]) -> None:
    """Book a fixed duty once per tariff class, shared by value over the lines of that class."""
    cart = ledger.cart
    node = _node(route)
    fixed = cart.to_local(node.price, node.currency) if isinstance(node, Flat) else None
    classes: dict[str, list[Item]] = {}
    for item in items:
        # A line without a code is a class of its own: we must not assume that two unknown goods are alike.
        classes.setdefault(item.plan.hs_class or f"?{item.position}", []).append(item)
    charges = []
    for group in classes.values():
        due = node.amount(cart.measured(group[0])) if fixed is None else fixed
        parts = allocate(due, [item.local_goods for item in group], step=ledger.minor) if len(group) > 1 else [due]
        charges += [_row(route, item, part) for item, part in zip(group, parts, strict=True)]
    _book_duty(ledger, charges)


def _tariff(ledger: Ledger, items: list[Item]) -> None:
    base: list[Charge] = []
    extra: list[Charge] = []
    overrides = ledger.cart.request.rate_overrides
    for item in items:
        plan = item.plan
        # A ruling replaces the most-favoured-nation duty only: a preference with proof stands.
        override = _override(overrides, item.line.hs_code) if overrides and not plan.agreement else None
        charge = _base_duty(ledger, item, override)
        if charge is not None:
            base.append(charge)
        if plan.additional:
            extra += _on_top(ledger, item)
    _book_duty(ledger, base)
    if extra:
        _book_extra(ledger, extra)


def _base_duty(ledger: Ledger, item: Item, override: RateOverride | None) -> Charge | None:
    plan = item.plan.base
    node: Node | None = plan.duty
    stamp, text = plan.stamp, plan.text
    if override is not None:
        node, stamp, text = override.duty, merchant_ruling(override), override.text
    elif item.plan.duty_warnings:
        for code, message in item.plan.duty_warnings:
            ledger.warn(code, item, message, estimate=True)
    if node is None:
        ledger.unknown("duty_not_computable", item, plan.problem)
        return None
    value, rate = item.value, node.rate
    try:
        exact = value * rate if rate is not None else node.amount(ledger.cart.measured(item))
    except ShipSmartError as error:
        ledger.unknown(error.code, item, f"line {item.line.id}: {error.message} (duty {text})")
        return None
    item.base_duty = exact
    return Charge("duty", item, stamp, text, VALUE, (value,), value, exact)


def _on_top(ledger: Ledger, item: Item, groups: frozenset[str] = frozenset()) -> list[Charge]:
    charges = []
    for rule in item.plan.additional:
        if groups and rule.group not in groups:
            continue
        if rule.notice:
            ledger.warn("additional_duty_possible", item, rule.notice, estimate=True)
        else:
            charges.append(_additional(ledger, item, rule))
    return charges


def _additional(ledger: Ledger, item: Item, rule: AdditionalDuty) -> Charge:
    value, rate = item.value, rule.duty.rate
    exact = value * rate if rate is not None else rule.duty.amount(ledger.cart.measured(item, item.base_duty))
    if rule.doubtful is not None and rule.doubtful(item.line.hs_code or ""):
        ledger.warn(
            "additional_duty_doubtful", item, f"{rule.stamp.name}: these goods may be exempt from it", estimate=True
        )
    return Charge("additional_duty", item, rule.stamp, rule.text, VALUE, (value,), value, exact)


def _book_extra(ledger: Ledger, charges: list[Charge]) -> None:
    ledger.book(charges)
    for charge in charges:
        if charge.item is not None:
            charge.item.duty += charge.exact


def _book_duty(ledger: Ledger, charges: list[Charge]) -> None:
    ledger.book(charges)
    for charge in charges:
        if charge.item is not None:
            charge.item.base_duty = charge.item.duty = charge.exact


def _override(overrides: tuple[RateOverride, ...], code: str | None) -> RateOverride | None:
    """Return the ruling for a code: the longest one that is a prefix of it."""
    if not overrides or not code:
        return None
    fitting = [o for o in overrides if code.startswith(o.hs_code) or o.hs_code.startswith(code)]
    return max(fitting, key=lambda o: len(o.hs_code), default=None)


def merchant_ruling(override: RateOverride) -> Stamp:
    return Stamp(
        rule="merchant_ruling",
        name=f"The merchant's own ruling for {override.hs_code}",
        source={"title": "rate_overrides of the request", "url": None},
        in_force={"from": None, "until": None},
        confidence="verified",
    )


def _node(route: Route) -> Node:
    if route.duty_rate is None:
        raise ShipSmartError(f"route {route.stamp.rule} names no duty rate", code="bad_rule")
    return route.duty_rate
