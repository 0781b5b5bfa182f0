"""The cart made ready for the arithmetic: each line with its share of freight and insurance, in both currencies."""

from decimal import ROUND_HALF_UP, Decimal
from operator import attrgetter, eq

from shipsmart.core.convert import Converter
from shipsmart.core.expression import Measured
from shipsmart.core.law import LinePlan, Regime
from shipsmart.core.money import ZERO, allocate, minor_unit, round_to
from shipsmart.core.request import LandedCostRequest, Line


class Item:
    """One line on its way through the calculation; local amounts are unrounded. `duty` holds the basic duty too."""

    def __init__(
        self, line: Line, position: int, goods: Decimal, local_goods: Decimal, plan: LinePlan, value: Decimal = ZERO
    ) -> None:
        self.line = line
        self.position = position
        self.goods = goods
        self.local_goods = local_goods
        self.plan = plan
        self.freight = ZERO
        self.insurance = ZERO
        self.local_freight = ZERO
        self.local_insurance = ZERO
        self.value = value
        self.base_duty = ZERO
        self.duty = ZERO
        self.excise = ZERO
        self.taxes: dict[str, Decimal] = {}

    def clear(self) -> None:
        """Forget what a route made of this line, so that another one can be tried."""
        self.value = self.base_duty = self.duty = self.excise = ZERO
        self.taxes = {}


class Cart:
    """All lines of a request under one regime; `items` stand in an order that the sender cannot influence."""

    def __init__(self, request: LandedCostRequest, regime: Regime, converter: Converter) -> None:
        self.request = request
        self.regime = regime
        self.converter = converter
        self.local_currency = regime.currency
        self.same_currency = request.currency == regime.currency
        self.ratio = converter.ratio(request.currency, regime.currency)
        self.items = _items(request, regime)
        self._share()
        if not self.same_currency:
            self._localise()
        self.totals: dict[bool, tuple[Decimal, Decimal, Decimal]] = {}
        self.worths: dict[str, Decimal] = {}

    def sums(self, *, local: bool) -> tuple[Decimal, Decimal, Decimal]:
        """Return goods, freight and insurance of the whole cart, in local or request currency."""
        known = self.totals.get(local)
        if known is None:
            items, request = self.items, self.request
            if local and not self.same_currency:
                known = (
                    sum((item.local_goods for item in items), ZERO),
                    sum((item.local_freight for item in items), ZERO),
                    sum((item.local_insurance for item in items), ZERO),
                )
            else:
                known = (sum([item.goods for item in items], ZERO), request.freight, request.insurance)
            self.totals[local] = known
        return known

    def worth(self, basis: str) -> Decimal:
        """Return what a threshold on the consignment is compared with, in the request's currency."""
        known = self.worths.get(basis)
        if known is None:
            goods, freight, insurance = self.sums(local=False)
            known = goods
            if basis == "retail_60":
                known = goods * 6 / 10
            elif basis == "cif" or (basis == "intrinsic" and self.request.freight_in_price):
                known = goods + freight + insurance
            self.worths[basis] = known
        return known

    def to_local(self, amount: Decimal, currency: str) -> Decimal:
        return self.converter.convert(amount, currency, self.local_currency)

    def to_quote(self, amount: Decimal) -> Decimal:
        """Return a rounded local amount in the request's currency, half up to its minor unit."""
        if self.same_currency:
            return amount
        numerator, denominator = self.ratio
        return round_to(amount * denominator / numerator, minor_unit(self.request.currency))

    def measured(self, item: Item, base_duty: Decimal = ZERO) -> Measured:
        """Return what the duty expressions may ask of a line: totals over its quantity."""
        line = item.line
        count = Decimal(line.quantity)
        return Measured(
            item.value,
            count,
            self.to_local,
            None if line.unit_weight_g is None else line.unit_weight_g * count,
            None if line.volume_ml is None else line.volume_ml * count,
            line.abv_percent,
            base_duty,
        )

    def _share(self) -> None:
        """Share freight and insurance out over the lines by what the goods cost, in whole minor units."""
        freight, insurance = self.request.freight, self.request.insurance
        if not freight and not insurance:
            return
        weights = [item.goods for item in self.items]
        step = minor_unit(self.request.currency)
        if freight:
            for item, part in zip(self.items, allocate(freight, weights, step=step), strict=True):
                item.freight = item.local_freight = part
        if insurance:
            for item, part in zip(self.items, allocate(insurance, weights, step=step), strict=True):
                item.insurance = item.local_insurance = part

    def _localise(self) -> None:
        numerator, denominator = self.ratio
        for item in self.items:
            item.local_goods = item.goods * numerator / denominator
            item.local_freight = item.freight * numerator / denominator
            item.local_insurance = item.insurance * numerator / denominator


def goods_value(line: Line, currency: str) -> Decimal:
    """Return what the buyer pays for a line: quantity times price less discount, in whole minor units, half up."""
    return _goods_value(line, minor_unit(currency))


def summed(items: list[Item]) -> Item:
    """Return an item with the customs value of many, for what the law computes once for all of them."""
    first = items[0]
    return Item(first.line, first.position, ZERO, ZERO, first.plan, value=sum([item.value for item in items], ZERO))


def _goods_value(line: Line, step: Decimal) -> Decimal:
    price = line.unit_price * line.quantity
    return (price - line.discount if line.discount else price).quantize(step, ROUND_HALF_UP)


def _items(request: LandedCostRequest, regime: Regime) -> list[Item]:
    # The order decides who gets an odd cent, so it must come from the goods and not from the sender's list.
    # Without an origin the sender's country stands in for it; "?" tells the plan to say so.
    assumed = "?" + request.ship_from.country
    step, plan = minor_unit(request.currency), regime.plan
    items = []
    for position, line in enumerate(request.lines):
        goods = _goods_value(line, step)
        items.append(Item(line, position, goods, goods, plan(line.hs_code, line.origin or assumed, line.preference)))
    if len(items) > 1:
        items.sort(key=_goods, reverse=True)
        # The rest of the content is asked for only where two lines are worth the same.
        worths = [item.goods for item in items]
        if any(map(eq, worths, worths[1:])):
            items.sort(key=_content)
    return items


_goods = attrgetter("goods")


def _content(item: Item) -> tuple[object, ...]:
    line = item.line
    return (
        -item.goods,
        line.hs_code or "",
        line.origin or "",
        line.quantity,
        line.preference or "",
        line.unit_weight_g or ZERO,
        line.volume_ml or ZERO,
        line.abv_percent or ZERO,
    )
