"""Which stored quotes together explain an order whose cart was asked about in parts.

A store asks once for each place its goods lie at and adds up the prices. Each quote then covers some of the goods; an
order was placed on a set of them that covers all its goods and explains what was paid for delivery.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from shipsmart.ports import StoreDelivery
from shipsmart.quotes.models import Quote

MOST_STEPS = 20_000  # of the search: a shopper who tried fifty carts leaves many quotes for the same place
MOST_QUOTES = 400
ANY_CODE = "*"


@dataclass(frozen=True)
class Cover:
    """`quotes` explain the order but for `units` (variant → units) and `money` (what of the deliveries is left)."""

    quotes: tuple[Quote, ...]
    units: Mapping[str, int]
    money: Decimal

    @property
    def whole(self) -> bool:
        return bool(self.quotes) and not self.units and not self.money


def cover(
    candidates: Sequence[Quote], units: Mapping[str, int], deliveries: Sequence[StoreDelivery], *, step: Decimal
) -> Cover:
    """Return the quotes, the newest first tried, that cover these goods at these prices; else what comes nearest.

    Each quote belongs to a delivery with its service code (or ANY_CODE). `step`: amounts nearer than this are the same.
    """
    return _Search(_distinct(candidates), deliveries, step).best(Counter(units))


def _distinct(candidates: Sequence[Quote]) -> list[tuple[Quote, Counter[str]]]:
    """Return the newest of the quotes that say the same of the same goods; stores ask again and again."""
    found: dict[tuple[object, ...], tuple[Quote, Counter[str]]] = {}
    for quote in sorted(candidates, key=lambda q: q.created_at, reverse=True)[:MOST_QUOTES]:
        units: Counter[str] = Counter()
        for variant, quantity in quote.goods:
            units[variant] += quantity
        key = (quote.service_code, quote.price, quote.charges, tuple(sorted(units.items())))
        if units:
            found.setdefault(key, (quote, units))
    return list(found.values())


class _Search:
    def __init__(
        self, candidates: Sequence[tuple[Quote, Counter[str]]], deliveries: Sequence[StoreDelivery], step: Decimal
    ) -> None:
        self.candidates, self.deliveries, self.step = candidates, deliveries, step
        self.steps = 0

    def best(self, units: Counter[str]) -> Cover:
        money = [delivery.price for delivery in self.deliveries]
        return self._go(units, money, ()) or self._nearest(units, money)

    def _go(self, units: Counter[str], money: list[Decimal], taken: tuple[Quote, ...]) -> Cover | None:
        """Take every quote that covers the first open variant in turn, so that no set is tried twice."""
        if not units:
            return Cover(taken, {}, Decimal(0)) if all(abs(rest) < self.step for rest in money) else None
        first = min(units)
        for quote, covered in self.candidates:
            self.steps += 1
            if self.steps > MOST_STEPS:
                return None
            if first not in covered or not covered <= units:
                continue
            for index in self._fitting(quote, money):
                found = self._go(units - covered, _paid(money, index, quote), (*taken, quote))
                if found:
                    return found
        return None

    def _nearest(self, units: Counter[str], money: list[Decimal]) -> Cover:
        """Return the quotes that fit in, the largest first; none where they leave money but no goods."""
        taken: list[Quote] = []
        for quote, covered in sorted(self.candidates, key=lambda one: -one[1].total()):
            fitting = self._fitting(quote, money)
            # All the goods for another price is another cart's quote, not a part of this one.
            if fitting and covered < units:
                taken.append(quote)
                units, money = units - covered, _paid(money, fitting[0], quote)
        return Cover(tuple(taken), dict(units), sum(money, Decimal(0)))

    def _fitting(self, quote: Quote, money: Sequence[Decimal]) -> list[int]:
        return [
            index
            for index, delivery in enumerate(self.deliveries)
            if delivery.code in (quote.service_code, ANY_CODE) and money[index] - quote.price > -self.step
        ]


def _paid(money: Sequence[Decimal], index: int, quote: Quote) -> list[Decimal]:
    return [*money[:index], money[index] - quote.price, *money[index + 1 :]]
