"""Checkout and payment as both the pages and the JSON interface use them."""

import threading
from collections.abc import Mapping
from typing import Any

from integrations.sandbox.shopify.rates.answer import Rate
from integrations.sandbox.shopify.rates.callback import Offer, offer_for
from integrations.sandbox.shopify.store.addresses import AddressError
from integrations.sandbox.shopify.store.checkouts import Checkout, new_checkout
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.placing import place_order, rate_price, route_order
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.publish import publish, publish_order
from integrations.sandbox.shopify.world import Room, World


def open_checkout(world: World, room: Room, data: Mapping[str, Any]) -> Checkout:
    """Return a new checkout with its shipping options asked for. Raises AddressError."""
    with room.shop.lock:
        checkout = new_checkout(room.shop, data)
        room.shop.checkouts[checkout.token] = checkout
    checkout.offer = offer_for(world, room, checkout)
    return checkout


def show_offer(checkout: Checkout, shop_currency: str) -> dict[str, Any]:
    """Return the shipping options with prices in the shopper's currency and in the shop's."""
    offer: Offer = checkout.offer  # type: ignore[assignment]
    return {
        "token": checkout.token,
        "source": offer.source,
        "elapsed_ms": offer.elapsed_ms,
        "cached": offer.cached,
        "errors": list(offer.errors),
        "rates": [_show_rate(rate, checkout, shop_currency) for rate in offer.rates],
    }


def _show_rate(rate: Any, checkout: Checkout, shop_currency: str) -> dict[str, Any]:
    price = rate_price(rate, shop_currency=shop_currency, currency=checkout.currency)
    return {
        "service_code": rate.service_code,
        "service_name": rate.service_name,
        "description": rate.description,
        "price": str(price.presentment_money.amount),
        "currency": checkout.currency,
        "shop_price": str(price.shop_money.amount),
        "shop_currency": shop_currency,
        "quoted": {"amount": str(rate.amount), "currency": rate.currency},
        "min_delivery_date": rate.min_delivery_date,
        "max_delivery_date": rate.max_delivery_date,
        "phone_required": rate.phone_required,
        "metafields": list(rate.metafields),
        "source": rate.source,
    }


def complete_checkout(world: World, room: Room, *, token: str, service_code: str | None) -> Order:
    """Return the paid order; without a code the cheapest option is taken. Completing twice gives the same order.

    Raises KeyError for an unknown checkout and AddressError when the option was not offered.
    """
    shop = room.shop
    with shop.lock:
        checkout = shop.checkouts[token]
        if checkout.order is not None:
            return checkout.order
        rates = checkout.offer.rates if checkout.offer else ()
        rate = next((r for r in rates if service_code in {None, "", r.service_code}), None)
        if rate is None:
            raise AddressError("service_code", f"No shipping option {service_code!r} was offered for this checkout")
        if rate.phone_required and not checkout.address.phone:
            raise AddressError("phone", "This way of shipping needs a phone number")
    return place(world, room, checkout, rate)


def place(world: World, room: Room, checkout: Checkout, rate: Rate) -> Order:
    """Return the paid order of a checkout with this delivery, told to the app, and routed in a moment."""
    shop = room.shop
    with shop.lock:
        status_url = f"{world.shop_url(shop)}/orders/{checkout.token}"
        order = place_order(shop, checkout, rate, status_page_url=status_url)
        shop.record("order_placed", order=order.name, id=order.serial)
        publish_order(world, room, "create", order)
        publish_order(world, room, "paid", order)
    _route_later(world, room, order)
    return order


def _route_later(world: World, room: Room, order: Order) -> None:
    """Fulfilment orders come into being after `orders/create` was sent: routing is a job of its own at the store."""
    delay = float(room.faults.take("routing_delay_s", world.config.routing_delay_s))
    timer = threading.Timer(delay, _route, args=(world, room, order))
    timer.daemon = True
    timer.start()


def _route(world: World, room: Room, order: Order) -> None:
    with room.shop.lock:
        made = route_order(room.shop, order)
        if not made:
            return
        topic = "fulfillment_orders/order_routing_complete"
        for fulfilment_order in made:
            publish(world, room, topic, payloads.routing_complete(fulfilment_order), subject=order.serial)
        room.shop.record("order_routed", order=order.name)
