"""What a merchant does with draft orders: fill one, and have its invoice paid."""

from typing import Any

from integrations.sandbox.shopify.pages.ordering import place
from integrations.sandbox.shopify.rates.answer import Rate
from integrations.sandbox.shopify.store.addresses import AddressError
from integrations.sandbox.shopify.store.checkouts import new_checkout
from integrations.sandbox.shopify.store.drafts import DraftOrder
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.world import Room, World


def fill(room: Room, data: dict[str, Any]) -> dict[str, Any]:
    """Return the new draft's id and name; `data` as for a checkout. Raises AddressError naming what is wrong."""
    cart = new_checkout(room.shop, data)
    attributes = list(cart.attributes)
    made = DraftOrder(serial=next_key(), cart=cart, currency_code=room.shop.currency_code, custom_attributes=attributes)
    with room.shop.lock:
        room.shop.drafts[made.serial] = made
    return {"draft_id": str(made.serial), "name": made.name}


def pay(world: World, room: Room, serial: str) -> dict[str, Any]:
    """Make the draft an order. Raises AddressError for one that is unknown or has no delivery."""
    found = room.shop.drafts.get(int(serial)) if serial.isdecimal() else None
    if found is None or found.shipping_line is None:
        raise AddressError("draft_id", "there is no such draft order with a delivery")
    shown = found.shipping_line.original_price_set.presentment_money
    found.cart.attributes = tuple(found.custom_attributes)
    rate = Rate(
        service_name=found.shipping_line.title,
        service_code=found.shipping_line.code,
        description="",
        currency=shown.currency_code,
        amount=shown.amount,
    )
    order = place(world, room, found.cart, rate)
    return {"order_id": str(order.serial), "name": order.name}
