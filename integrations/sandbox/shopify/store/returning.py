"""Goods that come back: what the shopper asks, what the merchant answers, the parcels on their way."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.return_rows import (
    REASONS,
    Return,
    ReturnLineItem,
    ReverseDelivery,
    ReverseFulfillmentOrder,
    ReverseFulfillmentOrderLineItem,
)


def request_return(order: Order, wanted: Sequence[Mapping[str, Any]]) -> Return:
    """Return what a shopper asks for: rows of sku, quantity, reason, note. Raises Refused for what was never sent."""
    sent = {row.line_item.sku: row for made in order.fulfilments_made for row in made.fulfillment_line_items}
    lines = []
    for row in wanted:
        item = sent.get(str(row.get("sku")))
        reason = str(row.get("reason", "other"))
        if item is None or not 1 <= int(row.get("quantity", 1)) <= item.quantity or reason not in REASONS:
            raise Refused(f"cannot come back: {dict(row)}")
        lines.append(
            ReturnLineItem(
                serial=next_key(),
                fulfillment_line_item=item,
                quantity=int(row.get("quantity", 1)),
                reason=reason,
                customer_note=row.get("note"),
            )
        )
    name = f"{order.name}-R{len(order.returns) + 1}"
    made = Return(serial=next_key(), order=order, name=name, return_line_items=lines)
    order.returns.append(made)
    return made


def _requested(made: Return | None) -> Return:
    if made is None:
        raise Refused("Return not found", "id", code="NOT_FOUND")
    if made.status != "REQUESTED":
        raise Refused("Return is not in a requested state", "id", code="INVALID_STATE")
    return made


def approve(made: Return | None) -> Return:
    made = _requested(made)
    rows = [
        ReverseFulfillmentOrderLineItem(
            serial=next_key(), fulfillment_line_item=line.fulfillment_line_item, total_quantity=line.quantity
        )
        for line in made.return_line_items
    ]
    made.status = "OPEN"
    made.reverse_fulfillment_orders.append(
        ReverseFulfillmentOrder(serial=next_key(), order=made.order, line_items=rows)
    )
    made.touch()
    return made


def decline(made: Return | None, reason: str, note: str | None) -> Return:
    made = _requested(made)
    made.status, made.decline = "DECLINED", {"reason": reason, "note": note}
    made.touch()
    return made


def create_delivery(
    order: ReverseFulfillmentOrder | None,
    rows: Sequence[Mapping[str, Any]],
    tracking: Mapping[str, Any] | None,
    label: Mapping[str, Any] | None,
) -> ReverseDelivery:
    """Return a parcel that brings `rows` back. Raises Refused for units that nobody expects."""
    if order is None:
        raise Refused("Reverse fulfillment order not found", "reverseFulfillmentOrderId", code="NOT_FOUND")
    known = {row.id: row for row in order.line_items}
    for wanted in rows:
        row = known.get(wanted["reverse_fulfillment_order_line_item_id"])
        if row is None or not 1 <= wanted["quantity"] <= row.total_quantity - row.told:
            raise Refused("Quantity is not available", "reverseDeliveryLineItems", code="INVALID")
    for wanted in rows:
        known[wanted["reverse_fulfillment_order_line_item_id"]].told += wanted["quantity"]
    delivery = ReverseDelivery(
        serial=next_key(),
        reverse_fulfillment_order=order,
        tracking=dict(tracking or {}),
        label_url=(label or {}).get("file_url"),
    )
    order.reverse_deliveries.append(delivery)
    return delivery
