"""What was quoted at the checkout beside what the shopper was charged."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from shipsmart.orders.models import Order

COLLECTED = (("duty", ("duty", "additional_duty", "excise")), ("import_tax", ("import_tax",)), ("fees", ("fees",)))


@dataclass(frozen=True)
class Compared:
    """One row; `quoted` or `charged` is None when that side said nothing. Amounts in the row's currency."""

    name: str
    quoted: Decimal | None
    charged: Decimal | None
    currency: str

    @property
    def difference(self) -> Decimal | None:
        if self.quoted is None or self.charged is None:
            return None
        return self.charged - self.quoted


def compare(order: Order) -> list[Compared]:
    """Return delivery as a whole, then what was collected ahead, part by part. Two currencies are never compared."""
    quotes, answer = order.quotes, order.landed_cost
    if not quotes or answer is None:
        return []
    currency, rows = quotes[0].currency, []
    if order.currency == currency:
        price = sum((quote.price for quote in quotes), Decimal(0))
        rows.append(Compared("delivery", price, order.shipping_paid, currency))
    collected = order.collected or {}
    if collected.get("currency", currency) == currency:
        totals = answer.get("totals") or {}
        rows += [_part(name, keys, totals, collected, currency) for name, keys in COLLECTED]
    return [row for row in rows if row.quoted or row.charged]


def _part(
    name: str, keys: tuple[str, ...], totals: Mapping[str, Any], collected: Mapping[str, Any], currency: str
) -> Compared:
    quoted = [amount for key in keys if (amount := _amount(totals.get(key))) is not None]
    charged = _amount(collected.get(name)) if collected else None
    return Compared(name, sum(quoted, Decimal(0)) if quoted else None, charged, currency)


def _amount(text: Any) -> Decimal | None:
    try:
        return None if text is None else Decimal(str(text))
    except InvalidOperation:
        return None
