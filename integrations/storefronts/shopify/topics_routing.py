"""Webhooks about how an order is routed: holds, moves and splits. Each handler may be called again for the same event.

What a parcel takes from is read afresh when the store is told of it, so a move or a split only needs the order looked
at again. A hold must stop us before a label is bought: the store would refuse to hear of it.
"""

from collections.abc import Mapping
from typing import Any

from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.said import fulfilment_order_in
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import LABELLED, hold, release

Payload = Mapping[str, Any]

HELD = "put on hold in the store"
CHANGED = {
    "fulfillment_orders/moved": "moved to another location",
    "fulfillment_orders/split": "split over several parcels",
    "fulfillment_orders/merged": "merged into one parcel",
    "fulfillment_orders/cancelled": "taken off the list of what is to be fulfilled",
}


def _order_of(connection: Connection, payload: Payload) -> Order | None:
    external_id = adapter.order_of_fulfilment_order(connection, fulfilment_order_in(payload))
    return Order.objects.filter(connection=connection, external_id=external_id).first() if external_id else None


def held(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    order = _order_of(connection, payload)
    if order is None:
        return None
    if order.state in LABELLED:
        text = "Put on hold in the store after the label was bought: stop the parcel or void the label"
        return lambda: _note_once(order, "held_late", text)
    return lambda: None if order.reason == HELD else hold(order, "Shopify", HELD)


def hold_ended(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    """Let go only what stands still for this reason; another hold of ours stays."""
    order = _order_of(connection, payload)
    if order is None:
        return None

    def effects() -> None:
        now = Order.objects.get(pk=order.pk)
        if now.state == Order.State.ON_HOLD and now.reason == HELD:
            release(now, "Shopify")

    return effects


def routing_changed(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    order = _order_of(connection, payload)
    if order is None:
        return None
    return lambda: _note_once(order, "routing_changed", f"Goods were {CHANGED[event.topic]} in the store", event.pk)


def _note_once(order: Order, kind: str, text: str, event: int | None = None) -> None:
    if not order.events.filter(kind=kind, message=text, data__event=event).exists():
        order.note(kind, text, actor="Shopify", event=event)


HANDLERS = {
    "fulfillment_orders/placed_on_hold": held,
    "fulfillment_orders/hold_released": hold_ended,
    **dict.fromkeys(CHANGED, routing_changed),
}
