"""What goods are worth, told to a carrier that takes one currency only: USPS dollars, the Correios reais.

Such a carrier's manifest names it (`DECLARES_IN`). Our own papers keep the currency of the sale; the sums told here are
the same worth at the stored exchange rate, to the cent.
"""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from shipsmart.core.money import allocate, minor_unit, round_to
from shipsmart.ports import CarrierEnquiry, CustomsItem, LabelOrder
from shipsmart.ports.registry import manifests

Exchange = Callable[[Decimal, str, str], Decimal]  # amount, from, to → amount; raises ExchangeRateMissing


def declares_in(carrier: str, currency: str) -> str:
    """Return the currency a carrier is told values in, for goods sold in `currency`."""
    return str(getattr(manifests().get(carrier), "DECLARES_IN", "")) or currency


def enquiry_for(carrier: str, enquiry: CarrierEnquiry, exchange: Exchange) -> CarrierEnquiry:
    """Return the enquiry as this carrier takes it. Raises ExchangeRateMissing."""
    currency = declares_in(carrier, enquiry.currency)
    if currency == enquiry.currency:
        return enquiry
    worth = round_to(exchange(enquiry.goods_value, enquiry.currency, currency), minor_unit(currency))
    return replace(enquiry, items=_items(enquiry.items, worth, currency), goods_value=worth, currency=currency)


def order_for(carrier: str, order: LabelOrder, exchange: Exchange) -> LabelOrder:
    """Return the order for a label as this carrier takes it. Raises ExchangeRateMissing."""
    source, currency = order.currency, declares_in(carrier, order.currency)
    if currency == source:
        return order

    def turned(amount: Decimal) -> Decimal:
        return round_to(exchange(amount, source, currency), minor_unit(currency))

    return replace(
        order,
        items=_items(order.items, turned(goods_value(order.items)), currency),
        currency=currency,
        freight=turned(order.freight),
        insurance=turned(order.insurance),
        collected_duty=None if order.collected_duty is None else turned(order.collected_duty),
        collected_import_tax=None if order.collected_import_tax is None else turned(order.collected_import_tax),
    )


def goods_value(items: tuple[CustomsItem, ...]) -> Decimal:
    return sum((item.unit_price * item.quantity for item in items), Decimal(0))


def _items(items: tuple[CustomsItem, ...], worth: Decimal, currency: str) -> tuple[CustomsItem, ...]:
    """Return the goods at prices that add up to `worth`; a unit's price may be finer than a cent, a line's is not."""
    if not items:
        return items
    parts = allocate(worth, [item.unit_price * item.quantity for item in items], step=minor_unit(currency))
    return tuple(
        replace(item, unit_price=part / item.quantity) if item.quantity else item
        for item, part in zip(items, parts, strict=True)
    )
