"""Which lawful way into the country each line takes: the first open route of the regime, in the law's order."""

from shipsmart.core.cart import Cart, Item
from shipsmart.core.convert import THRESHOLD
from shipsmart.core.errors import NoRuleInForce
from shipsmart.core.law import Limit, Route

MEMORY_LIMIT = 500


def choose(cart: Cart, ways: tuple[Route, ...]) -> list[tuple[Route, list[Item]]]:
    """Return the routes taken of those open, each with its lines; raises NoRuleInForce when a line finds none."""
    waiting = cart.items
    taken: list[tuple[Route, list[Item]]] = []
    for route in ways:
        ours = matching(route, cart, waiting)
        if ours:
            taken.append((route, ours))
            if len(ours) == len(waiting):
                return taken
            gone = {item.position for item in ours}
            waiting = [item for item in waiting if item.position not in gone]
    raise NoRuleInForce(
        f"no way into {cart.regime.country} is open for line {waiting[0].line.id!r}; add a standard route to its rules",
        country=cart.regime.country,
    )


def open_routes(cart: Cart) -> tuple[Route, ...]:
    """Return the routes that ask nothing of the request as a whole that is not given; kept per kind of request."""
    request, memory = cart.request, cart.regime.open_routes
    sender = request.ship_from.country
    key = (request.schemes, sender, request.transport, request.buyer, request.gift, request.entry)
    found = memory.get(key)
    if found is None:
        if len(memory) >= MEMORY_LIMIT:
            memory.clear()
        found = memory[key] = tuple(route for route in cart.regime.routes if _open(route, cart))
    return found


def _open(route: Route, cart: Cart) -> bool:
    request = cart.request
    if route.scheme is not None and route.scheme not in request.schemes:
        return False
    if route.gift and not request.gift:
        return False
    sender = request.ship_from.country
    return not (
        (route.transports and request.transport not in route.transports)
        or (route.buyers and request.buyer not in route.buyers)
        or (route.ship_from and sender not in route.ship_from)
        or (sender in route.not_ship_from)
        or (route.regions and cart.regime.region not in route.regions)
        or (route.entries and request.entry not in route.entries)
    )


def matching(route: Route, cart: Cart, items: list[Item]) -> list[Item]:
    """Return the lines a route takes: all or none, but one by one under a limit on items or where they go apart."""
    limit, above = route.limit, route.above
    if route.apart or (limit is not None and limit.item) or (above is not None and above.item):
        return [item for item in items if _goods_fit(route, cart, item) and _within(route, cart, [item])]
    if route.not_hs or route.only_hs or route.preference or route.origins or route.not_origins:
        for item in items:
            if not _goods_fit(route, cart, item):
                return []
    # A limit on the consignment counts every line of the cart, also those another route has taken.
    return items if (limit is None and above is None) or _within(route, cart, cart.items) else []


def _goods_fit(route: Route, cart: Cart, item: Item) -> bool:
    if route.preference and not item.plan.preferential:
        return False
    if route.origins or route.not_origins:
        origin = item.line.origin or cart.request.ship_from.country
        if (route.origins and origin not in route.origins) or origin in route.not_origins:
            return False
    code = item.line.hs_code or ""
    if route.only_hs and not code.startswith(route.only_hs):
        return False
    return not (route.not_hs and code.startswith(route.not_hs))


def _within(route: Route, cart: Cart, items: list[Item]) -> bool:
    limit, above = route.limit, route.above
    return (limit is None or below(limit, cart, items)) and (above is None or not below(above, cart, items))


def below(limit: Limit, cart: Cart, items: list[Item]) -> bool:
    """Return whether the goods stay within a threshold; compared as fractions, so that one cent decides.

    A limit on items compares the price of one piece of each line, after discount.
    """
    if limit.item:
        return all(price_within(limit, cart, item) for item in items)
    worth, bound = cart.worth(limit.basis), limit.amount
    if cart.request.currency != limit.currency:
        numerator, denominator = cart.converter.ratio(cart.request.currency, limit.currency, purpose=THRESHOLD)
        worth, bound = worth * numerator, bound * denominator
    return worth <= bound if limit.inclusive else worth < bound


def price_within(limit: Limit, cart: Cart, item: Item) -> bool:
    """Return whether one piece of a line costs no more than a threshold."""
    numerator, denominator = cart.converter.ratio(cart.request.currency, limit.currency, purpose=THRESHOLD)
    worth, bound = item.goods * numerator, limit.amount * denominator * item.line.quantity
    return worth <= bound if limit.inclusive else worth < bound
