"""Turning a paid checkout into an order, and a routed order into fulfilment orders."""

from typing import TYPE_CHECKING

from integrations.sandbox.shopify.store.checkouts import Checkout
from integrations.sandbox.shopify.store.fulfilment import FulfillmentOrder, FulfillmentOrderLineItem, Location
from integrations.sandbox.shopify.store.ids import next_key, next_order_number
from integrations.sandbox.shopify.store.money import MoneyBag, MoneyV2, convert
from integrations.sandbox.shopify.store.order_lines import LineItem, OrderTransaction, ShippingLine
from integrations.sandbox.shopify.store.orders import Customer, Order
from integrations.sandbox.shopify.store.shop import Shop

if TYPE_CHECKING:
    from integrations.sandbox.shopify.rates.answer import Rate


def rate_price(rate: "Rate", *, shop_currency: str, currency: str) -> MoneyBag:
    """Return a rate's price in both currencies. A figure the carrier service named in one of them stays as it is."""
    own = convert(rate.amount, source=rate.currency, target=shop_currency)
    shown = convert(rate.amount, source=rate.currency, target=currency)
    return MoneyBag(MoneyV2(own, shop_currency), MoneyV2(shown, currency))


def _lines(checkout: Checkout) -> list[LineItem]:
    return [
        LineItem(
            serial=next_key(),
            variant=item.variant,
            quantity=item.quantity,
            original_unit_price_set=item.unit_price,
            discount=discount,
            discount_application=checkout.discount,
        )
        for item, discount in zip(checkout.items, checkout.discounts_by_line(), strict=True)
    ]


def _shipping_line(shop: Shop, checkout: Checkout, rate: "Rate") -> ShippingLine:
    return ShippingLine(
        serial=next_key(),
        title=rate.service_name,
        code=rate.service_code,
        source=rate.source,
        carrier_identifier=rate.carrier_identifier,
        original_price_set=rate_price(rate, shop_currency=shop.currency_code, currency=checkout.currency),
        phone=checkout.address.phone,
    )


def place_order(shop: Shop, checkout: Checkout, rate: "Rate", *, status_page_url: str) -> Order:
    """Return the new, paid order; the caller holds the shop's lock. A checkout becomes one order only."""
    if checkout.order is not None:
        return checkout.order
    number, to = next_order_number(), checkout.address
    customer = Customer(
        serial=next_key(), email=checkout.email, default_address=to, locale=checkout.locale, phone=to.phone
    )
    order = Order(
        serial=next_key(),
        name=f"#{number}",
        number=number,
        email=checkout.email,
        phone=to.phone,
        customer=customer,
        shipping_address=to,
        billing_address=to,
        customer_locale=checkout.locale,
        currency_code=shop.currency_code,
        presentment_currency_code=checkout.currency,
        lines=_lines(checkout),
        shipping_line=_shipping_line(shop, checkout, rate),
        checkout_token=checkout.token,
        cart_token=checkout.cart_token,
        status_page_url=status_page_url,
        note=checkout.note,
        custom_attributes=list(checkout.attributes),
        tax_id=checkout.tax_id,
        discount_codes=[checkout.discount.code] if checkout.discount else [],
    )
    order.transactions_made.append(
        OrderTransaction(serial=next_key(), kind="SALE", amount_set=order.total_price_set, order=order)
    )
    for line in order.lines:
        line.variant.inventory_quantity -= line.quantity
    shop.orders[order.serial] = order
    checkout.order = order
    return order


def route_order(shop: Shop, order: Order) -> list[FulfillmentOrder]:
    """Return the fulfilment orders of a fresh order, one a location; none if it was cancelled or routed before."""
    if order.cancelled_at is not None or order.fulfilment_orders:
        return []
    rows: dict[Location, list[FulfillmentOrderLineItem]] = {}
    for line in order.lines:
        row = FulfillmentOrderLineItem(
            serial=next_key(), line_item=line, total_quantity=line.quantity, remaining_quantity=line.quantity
        )
        rows.setdefault(shop.location_of(line.variant), []).append(row)
    services = {one.location.serial for one in shop.services.values()}
    made = [
        FulfillmentOrder(
            serial=next_key(),
            order=order,
            location=location,
            line_items=items,
            at_service=location.serial in services,
        )
        for location, items in rows.items()
    ]
    order.fulfilment_orders.extend(made)
    return made
