"""A merchant who has an order's goods sent one by one."""

from typing import Any

from integrations.sandbox.shopify.store.fulfilment import FulfillmentOrder, FulfillmentOrderLineItem
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.webhooks.publish import publish
from integrations.sandbox.shopify.world import Room, World


def one_by_one(world: World, room: Room, order: Order) -> dict[str, Any]:
    """Split what is still to be sent so that each unit has a fulfilment order of its own, and tell of it."""
    for whole in [one for one in order.fulfilment_orders if one.status == "OPEN"]:
        units = [row for row in whole.line_items for _ in range(row.remaining_quantity)]
        whole.line_items = [_one(units[0])]
        rest = [_apart(whole, row) for row in units[1:]]
        order.fulfilment_orders += rest
        for one in rest:
            told = {"id": one.id, "status": "open"}
            publish(world, room, "fulfillment_orders/split", {"fulfillment_order": told}, subject=order.serial)
    order.touch()
    return {"fulfilment_orders": [one.id for one in order.fulfilment_orders]}


def _one(row: FulfillmentOrderLineItem) -> FulfillmentOrderLineItem:
    return FulfillmentOrderLineItem(serial=next_key(), line_item=row.line_item, total_quantity=1, remaining_quantity=1)


def _apart(whole: FulfillmentOrder, row: FulfillmentOrderLineItem) -> FulfillmentOrder:
    return FulfillmentOrder(
        serial=next_key(),
        order=whole.order,
        location=whole.location,
        line_items=[_one(row)],
        request_status=whole.request_status,
        at_service=whole.at_service,
    )
