"""Amounts in the shop's currency and in the shopper's, side by side, as the Admin API keeps them."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Units of the currency for one euro. Fixed on purpose: a practice shop must give the same figures every day.
UNITS_PER_EURO = {
    "EUR": Decimal("1"),
    "USD": Decimal("1.10"),
    "GBP": Decimal("0.86"),
    "CAD": Decimal("1.50"),
    "BRL": Decimal("6.00"),
    "NOK": Decimal("11.50"),
    "SEK": Decimal("11.20"),
    "DKK": Decimal("7.46"),
    "PLN": Decimal("4.30"),
    "CHF": Decimal("0.95"),
    "AUD": Decimal("1.65"),
    "JPY": Decimal("165"),
    "MXN": Decimal("20"),
}
_NO_SUBUNITS = frozenset({"JPY"})


@dataclass(frozen=True)
class MoneyV2:
    amount: Decimal
    currency_code: str


def rounded(amount: Decimal, currency: str) -> Decimal:
    """Return `amount` in whole subunits of `currency`, half up."""
    return amount.quantize(Decimal("1") if currency in _NO_SUBUNITS else Decimal("0.01"), ROUND_HALF_UP)


def convert(amount: Decimal, *, source: str, target: str) -> Decimal:
    """Return `amount` of `source` in `target` at the fixed exchange rates, rounded to subunits. KeyError if unknown."""
    return rounded(amount / UNITS_PER_EURO[source] * UNITS_PER_EURO[target], target)


def subunits(amount: Decimal) -> int:
    """Return the figure of the carrier-service dialect: hundredths, also for currencies that have none."""
    return int((amount * 100).to_integral_value(ROUND_HALF_UP))


@dataclass(frozen=True)
class MoneyBag:
    """The same price twice. Sums are taken in each currency apart, so that each column adds up."""

    shop_money: MoneyV2
    presentment_money: MoneyV2

    @classmethod
    def of(cls, amount: Decimal, *, shop: str, presentment: str) -> "MoneyBag":
        """Return `amount` of the shop's currency, and what the shopper sees of it."""
        shown = convert(amount, source=shop, target=presentment)
        return cls(MoneyV2(rounded(amount, shop), shop), MoneyV2(shown, presentment))

    @classmethod
    def zero(cls, *, shop: str, presentment: str) -> "MoneyBag":
        return cls.of(Decimal(0), shop=shop, presentment=presentment)

    def _map(self, shop: Decimal, presentment: Decimal) -> "MoneyBag":
        own, shown = self.shop_money.currency_code, self.presentment_money.currency_code
        return MoneyBag(MoneyV2(rounded(shop, own), own), MoneyV2(rounded(presentment, shown), shown))

    def __add__(self, other: "MoneyBag") -> "MoneyBag":
        return self._map(
            self.shop_money.amount + other.shop_money.amount,
            self.presentment_money.amount + other.presentment_money.amount,
        )

    def __sub__(self, other: "MoneyBag") -> "MoneyBag":
        return self + other * Decimal(-1)

    def __mul__(self, factor: int | Decimal) -> "MoneyBag":
        return self._map(self.shop_money.amount * factor, self.presentment_money.amount * factor)

    def __truediv__(self, divisor: int) -> "MoneyBag":
        return self._map(self.shop_money.amount / divisor, self.presentment_money.amount / divisor)

    def rest(self) -> dict[str, dict[str, str]]:
        """Return the `…_set` object of the REST payloads."""
        return {
            name: {"amount": str(money.amount), "currency_code": money.currency_code}
            for name, money in (("shop_money", self.shop_money), ("presentment_money", self.presentment_money))
        }
