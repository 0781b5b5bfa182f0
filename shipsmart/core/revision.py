"""What of a landed cost is given back when goods come back: the law, the route and the rates of the original day.

A return never runs the thresholds again. The consignment was one when it was sold and when it crossed the border; what
comes back later does not change the route it entered by. Each charge is therefore cut down in proportion to the pieces
kept, and not computed anew, with three exceptions that the reason of the row names: a fixed duty per tariff class
stands while one piece of its class stays, a fee for the entry stands, and a tax charged by the seller on freight
stands where the freight is not given back.

Amounts are cut down cumulatively: kept(pieces) is rounded, and a return is worth kept(before) - kept(after). Any
number of partial returns therefore adds up to the whole, to the cent.
"""

from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from shipsmart.core.answer import LandedCost
from shipsmart.core.cart import Item
from shipsmart.core.errors import BadRevision
from shipsmart.core.law import Route
from shipsmart.core.ledger import Charge
from shipsmart.core.money import UNIT, ZERO, Exactly, minor_unit

Fraction = tuple[Decimal, Decimal]
WHOLE: Fraction = (UNIT, UNIT)
NONE: Fraction = (ZERO, UNIT)

WHY = {
    "proportional": "charged on the pieces: the share of those that come back, under the original assessment",
    "class_open": "a fixed duty per tariff class does not depend on the quantity: it stands while one piece stays",
    "class_gone": "no piece of this tariff class stays, so its fixed duty falls away",
    "entry": "charged for the entry as such, whatever comes back later",
    "freight_kept": "charged by the seller on goods and freight: the part on freight stands, the freight is not repaid",
    "duty_stands": "its base holds a duty or a fee that stands, so the tax on that stands too",
    "untouched": "no piece of this line comes back",
}


class Cut(NamedTuple):
    """One amount before and after a return, in the currency of sale; `kept` plus `refundable` is what stood before."""

    charged: Decimal
    kept: Decimal
    refundable: Decimal


class RevisedCharge(NamedTuple):
    charge: Charge
    quoted: Cut
    local: Cut
    why: str


class RevisedLine(NamedTuple):
    item: Item
    kept: int
    goods: Cut
    freight: Cut
    insurance: Cut


class Revision(NamedTuple):
    lines: list[RevisedLine]
    charges: list[RevisedCharge]
    routes: list[tuple[Route, list[Item]]]


def revise(
    original: LandedCost,
    *,
    kept: Mapping[str, int],
    kept_before: Mapping[str, int] | None = None,
    freight_refunded: bool = False,
) -> Revision:
    """Return what is kept and what is refundable of each charge and line when `kept` pieces of each line stay.

    A line that `kept` does not name stays whole. `kept_before`: the same for returns already settled.
    Raises BadRevision.
    """
    if original.ledger is None or original.ledger.not_computable:
        raise BadRevision("this landed cost was never computed in full: nothing of it can be cut down")
    cart = original.ledger.cart
    before = _pieces(cart.items, kept_before or {})
    after = _pieces(cart.items, kept)
    for item in cart.items:
        if after[item.position] > before[item.position]:
            raise BadRevision(
                f"line {item.line.id}: {after[item.position]} pieces cannot stay of {before[item.position]}",
                field=f"kept.{item.line.id}",
            )
    with Exactly():
        cuts = [_Cuts(original, pieces, freight_refunded=freight_refunded) for pieces in (before, after)]
        return Revision(
            lines=[_line(item, after[item.position], cuts) for item in cart.items],
            charges=[_charge(charge, cuts) for charge in original.ledger.charges],
            routes=original.taken,
        )


def _pieces(items: list[Item], kept: Mapping[str, int]) -> dict[int, int]:
    known = {item.line.id for item in items}
    for name in kept:
        if name not in known:
            raise BadRevision(f"no line {name!r} was sold; lines are {', '.join(sorted(known))}", field=f"kept.{name}")
    found = {}
    for item in items:
        count = kept.get(item.line.id, item.line.quantity)
        if not 0 <= count <= item.line.quantity:
            raise BadRevision(
                f"line {item.line.id} has {item.line.quantity} pieces; {count} cannot stay",
                field=f"kept.{item.line.id}",
            )
        found[item.position] = count
    return found


class _Cuts:
    """The fraction of each charge that stands when so many pieces of each line stay."""

    def __init__(self, original: LandedCost, pieces: dict[int, int], *, freight_refunded: bool) -> None:
        ledger = original.ledger
        if ledger is None:
            raise BadRevision("nothing was computed")
        self.pieces = pieces
        self.freight_refunded = freight_refunded
        self.cart = ledger.cart
        self.routes = {item.position: route for route, items in original.taken for item in items}
        self.uplifts = {tax.id: tax.uplift for tax in ledger.cart.regime.taxes}
        self.open_classes = {_class(item) for item in ledger.cart.items if pieces[item.position]}
        # What stays of each earlier charge on a line, unrounded, by the name under which later bases ask for it.
        self.stays: dict[tuple[int, str], Decimal] = {}
        self.fractions = {id(charge): self._fraction(charge) for charge in ledger.charges}

    def share(self, item: Item) -> Fraction:
        return Decimal(self.pieces[item.position]), Decimal(item.line.quantity)

    def on_freight(self, item: Item) -> Fraction:
        return self.share(item) if self.freight_refunded else WHOLE

    def of(self, charge: Charge) -> tuple[Fraction, str]:
        return self.fractions[id(charge)]

    def _fraction(self, charge: Charge) -> tuple[Fraction, str]:
        item = charge.item
        if item is None:
            return WHOLE, "entry"
        route = self.routes[item.position]
        if charge.tax:
            found = self._tax(charge, item, route)
        elif charge.kind == "duty" and route.duty == "class":
            found = (WHOLE, "class_open") if _class(item) in self.open_classes else (NONE, "class_gone")
        else:
            found = self.share(item), "proportional"
        self._remember(charge, item, found[0])
        return found

    def _tax(self, charge: Charge, item: Item, route: Route) -> tuple[Fraction, str]:
        """Return what stays of a tax: its base part by part, for parts are not all cut alike."""
        share = self.share(item)
        freight_stays = route.tax == "sale" and not self.freight_refunded
        base = stays = ZERO
        for name, part in charge.made_of:
            base += part
            if name.startswith("fee:") or (name in ("freight", "insurance") and freight_stays):
                stays += part
            elif (item.position, name) in self.stays:
                stays += self.stays[item.position, name]
            else:
                stays += part * share[0] / share[1]
        uplift = (self.uplifts[charge.tax] - UNIT) * dict(charge.made_of).get("customs_value", ZERO)
        base, stays = base + uplift, stays + uplift * share[0] / share[1]
        why = "proportional"
        if stays * share[1] != base * share[0]:
            why = "freight_kept" if freight_stays else "duty_stands"
        return ((stays, base) if base else share), why

    def _remember(self, charge: Charge, item: Item, fraction: Fraction) -> None:
        stays = charge.exact * fraction[0] / fraction[1]
        names = [f"tax:{charge.tax}"] if charge.tax else []
        if charge.kind in ("duty", "additional_duty"):
            names.append("duty")
        if charge.kind == "duty" and not charge.tax:
            names.append("base_duty")
        if charge.kind == "excise":
            names.append("excise")
        for name in names:
            key = (item.position, name)
            self.stays[key] = self.stays.get(key, ZERO) + stays


def _class(item: Item) -> str:
    return item.plan.hs_class or f"?{item.position}"


def _charge(charge: Charge, cuts: list[_Cuts]) -> RevisedCharge:
    (was, _), (stays, why) = cuts[0].of(charge), cuts[1].of(charge)
    item = charge.item
    if item is not None and why != "class_gone" and cuts[0].pieces[item.position] == cuts[1].pieces[item.position]:
        why = "untouched" if was == stays else why
    cart = cuts[0].cart
    return RevisedCharge(
        charge=charge,
        quoted=_cut(charge.quote_amount, was, stays, cart.request.currency),
        local=_cut(charge.amount, was, stays, cart.local_currency),
        why=WHY[why],
    )


def _line(item: Item, kept: int, cuts: list[_Cuts]) -> RevisedLine:
    currency = cuts[0].cart.request.currency
    was, stays = cuts[0].share(item), cuts[1].share(item)
    freight = cuts[0].on_freight(item), cuts[1].on_freight(item)
    return RevisedLine(
        item=item,
        kept=kept,
        goods=_cut(item.goods, was, stays, currency),
        freight=_cut(item.freight, *freight, currency),
        insurance=_cut(item.insurance, *freight, currency),
    )


def _cut(amount: Decimal, was: Fraction, stays: Fraction, currency: str) -> Cut:
    step = minor_unit(currency)
    before, after = ((amount * part / whole).quantize(step, ROUND_HALF_UP) for part, whole in (was, stays))
    return Cut(amount, after, before - after)
