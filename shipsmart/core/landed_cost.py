"""The landed cost of a cart: goods, freight and insurance plus every duty, tax and fee, each with its reason."""

from typing import Any

from shipsmart.core.answer import LandedCost, bare_answer, totals_of
from shipsmart.core.cart import Cart, Item
from shipsmart.core.codes import customs_union
from shipsmart.core.convert import Converter
from shipsmart.core.duty import charge_duties, set_values
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.excise import charge_excises
from shipsmart.core.fee import charge_fees, entry_kind
from shipsmart.core.law import Law, Regime, Route
from shipsmart.core.ledger import Ledger
from shipsmart.core.money import ZERO, Exactly
from shipsmart.core.request import LandedCostRequest
from shipsmart.core.routing import below, choose, matching, open_routes
from shipsmart.core.tax import charge_taxes

__all__ = ["LandedCost", "compute"]

Taken = list[tuple[Route, list[Item]]]


def compute(request: LandedCostRequest, *, law: Law) -> LandedCost:
    """Return the landed cost of a cart under the law in force at `request.at`.

    Never raises for a cart that `parse_request` accepted: what the law does not tell is in `not_computable`, what
    rests on a default or an unverified rule makes the status `estimate` and stands in `warnings`.
    """
    with Exactly():
        try:
            return _compute(request, law)
        except ShipSmartError as error:
            return bare_answer(request, law, status="not_computable", problem=(error.code, error.message))


def _compute(request: LandedCostRequest, law: Law) -> LandedCost:
    sender, consignee = request.ship_from.jurisdiction, request.ship_to.jurisdiction
    if _inland(request, sender, consignee):
        warning = (
            "no_border",
            f"goods from {sender} to {consignee} cross no customs border; sales tax is not included",
        )
        return bare_answer(request, law, status="complete", warning=warning)
    regime = law.regime(consignee, region=request.ship_to.region, at=request.at)
    converter = Converter(request.exchange_rates, law.rate_sets(request.at), request.at)
    cart = Cart(request, regime, converter)
    ways = open_routes(cart)
    taken = choose(cart, ways)
    ledger = _calculate(cart, taken)
    _warn_about_request(ledger, regime, taken)
    route = taken[0][0] if len(taken) == 1 else _named(taken)
    return LandedCost(law, request, ledger, route, _others(cart, ways, taken), taken)


def _inland(request: LandedCostRequest, sender: str, consignee: str) -> bool:
    if request.ship_from.country == request.ship_to.country:
        return True
    return customs_union(sender) == customs_union(consignee)


def _calculate(cart: Cart, taken: Taken) -> Ledger:
    ledger, fees = Ledger(cart), []
    for route, items in taken:
        set_values(cart, route, items)
    if cart.regime.fees:
        # Before the taxes, for a fee may stand in the base of one; their rows stand last all the same.
        fees = charge_fees(ledger, taken, entry_kind(cart))
    for route, items in taken:
        charge_duties(ledger, route, items)
        charge_excises(ledger, items)
        charge_taxes(ledger, route, items)
        for code, message in route.warnings:
            ledger.warn(code, None, message)
    ledger.value = sum([item.value for item in cart.items], ZERO)
    ledger.charges += fees
    return ledger


def _named(taken: Taken) -> Route:
    """Return the route whose name the answer carries: the first that is a scheme, else the first."""
    return next((route for route, _ in taken if route.scheme), taken[0][0])


def _others(cart: Cart, ways: tuple[Route, ...], taken: Taken) -> list[dict[str, Any]]:
    """Return the other lawful routes for the whole consignment with what they would cost.

    What stands before the first route taken was tried on the whole cart and did not fit.
    """
    found = []
    first, tried = taken[0][0], True
    for route in ways:
        tried = tried and route is not first
        if tried or not route.alternative or any(route is chosen for chosen, _ in taken):
            continue
        if len(matching(route, cart, cart.items)) != len(cart.items):
            continue
        for item in cart.items:
            item.clear()
        ledger = _calculate(cart, [(route, cart.items)])
        computable = not ledger.not_computable
        found.append(
            {
                "scheme": route.scheme,
                "rule": route.stamp.rule,
                "name": route.stamp.name,
                "status": ("estimate" if ledger.estimate else "complete") if computable else "not_computable",
                "totals": totals_of(cart, ledger, local=False),
            }
        )
    return found


def _warn_about_request(ledger: Ledger, regime: Regime, taken: Taken) -> None:
    for code, message in regime.warnings:
        ledger.warn(code, None, message, estimate=code.endswith("_missing"))
    if regime.without_region and not regime.without_region.isdisjoint(ledger.cart.request.schemes):
        text = (
            f"ship_to.region is missing; which taxes of a region of {regime.country} are due depends on it: give region"
        )
        ledger.warn("region_missing", None, text, estimate=True)
    for item in ledger.cart.items:
        plan = item.plan
        if plan.warnings:
            for code, message in plan.warnings:
                ledger.warn(code, item, message, estimate=True)
        if plan.proof is not None and not below(plan.proof, ledger.cart, ledger.cart.items):
            ledger.warn("preference_needs_more_proof", item, plan.proof_note)
        if plan.excise and not any(tax.kind == "excise" and tax.id in item.taxes for tax in regime.taxes):
            ledger.unknown("excise_not_computable", item, plan.excise)
    if len(taken) > 1:
        ledger.warn(
            "mixed_routes", None, "the lines of this cart enter by different routes: see the rule of each charge"
        )
