"""Creating, changing and cancelling fulfilments. Every refusal is a `Refused` with the path of the input at fault."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from integrations.sandbox.shopify.store.fulfilment import (
    Fulfillment,
    FulfillmentEvent,
    FulfillmentLineItem,
    FulfillmentOrder,
    FulfillmentOrderLineItem,
)
from integrations.sandbox.shopify.store.ids import next_key, now
from integrations.sandbox.shopify.store.shop import Shop


class Refused(ValueError):
    """A user error of the Admin API: HTTP 200, nothing changed."""

    def __init__(self, message: str, *field: str, code: str | None = None) -> None:
        super().__init__(message)
        self.field, self.code = list(field) or None, code


@dataclass(frozen=True)
class _Pick:
    row: FulfillmentOrderLineItem
    quantity: int


def _fulfilment_order(shop: Shop, gid: str) -> FulfillmentOrder:
    for order in reversed(shop.orders.values()):
        for fulfilment_order in order.fulfilment_orders:
            if fulfilment_order.id == gid:
                return fulfilment_order
    raise Refused("Fulfillment order does not exist.", "fulfillment")


def _picks(fulfilment_order: FulfillmentOrder, wanted: list[Mapping[str, Any]] | None) -> list[_Pick]:
    """Return what is to be sent of one fulfilment order; all that remains when nothing is named."""
    if fulfilment_order.status not in {"OPEN", "IN_PROGRESS"}:
        state = fulfilment_order.status.lower()
        raise Refused(
            f"Fulfillment order {fulfilment_order.serial} has an unfulfillable status= {state}.", "fulfillment"
        )
    if not wanted:
        return [_Pick(row, row.remaining_quantity) for row in fulfilment_order.line_items if row.remaining_quantity]
    rows = {row.id: row for row in fulfilment_order.line_items}
    picks = []
    for line in wanted:
        row = rows.get(line["id"])
        if row is None:
            raise Refused("Fulfillment order line item does not exist.", "fulfillment")
        if not 1 <= line["quantity"] <= row.remaining_quantity:
            raise Refused("Invalid fulfillment order line item quantity requested.", "fulfillment")
        picks.append(_Pick(row, line["quantity"]))
    return picks


def _chosen(shop: Shop, groups: list[Mapping[str, Any]]) -> tuple[list[FulfillmentOrder], list[_Pick]]:
    if not groups:
        raise Refused("At least one fulfillment order is required.", "fulfillment")
    orders, picks = [], []
    for group in groups:
        fulfilment_order = _fulfilment_order(shop, group["fulfillment_order_id"])
        orders.append(fulfilment_order)
        picks += _picks(fulfilment_order, group.get("fulfillment_order_line_items"))
    if len({fo.order.serial for fo in orders}) > 1:
        raise Refused("All fulfillment orders must belong to the same order.", "fulfillment")
    if len({fo.location.serial for fo in orders}) > 1:
        raise Refused("All fulfillment orders must be assigned to the same location.", "fulfillment")
    return orders, picks


def tracking_rows(given: Mapping[str, Any] | None) -> list[dict[str, str | None]]:
    """Return one row per tracking number; numbers and urls pair up in order."""
    if not given:
        return []
    numbers = given.get("numbers") or ([given["number"]] if given.get("number") else [])
    urls = given.get("urls") or ([given["url"]] if given.get("url") else [])
    rows = max(len(numbers), len(urls))
    return [
        {
            "company": given.get("company"),
            "number": numbers[i] if i < len(numbers) else None,
            "url": urls[i] if i < len(urls) else None,
        }
        for i in range(rows)
    ]


def create_fulfilment(shop: Shop, given: Mapping[str, Any]) -> Fulfillment:
    """Return the new fulfilment for a `FulfillmentInput` (snake case). Raises Refused."""
    orders, picks = _chosen(shop, given["line_items_by_fulfillment_order"])
    order = orders[0].order
    fulfilment = Fulfillment(
        serial=next_key(),
        order=order,
        name=f"{order.name}-F{len(order.fulfilments_made) + 1}",
        location=orders[0].location,
        fulfillment_orders=orders,
        fulfillment_line_items=[
            FulfillmentLineItem(serial=next_key(), line_item=p.row.line_item, quantity=p.quantity, source=p.row)
            for p in picks
        ],
        tracking=tracking_rows(given.get("tracking_info")),
        origin_address=dict(given["origin_address"]) if given.get("origin_address") else None,
        notify_customer=bool(given.get("notify_customer")),
    )
    for pick in picks:
        pick.row.remaining_quantity -= pick.quantity
        pick.row.line_item.fulfilled += pick.quantity
    for fulfilment_order in orders:
        fulfilment_order.fulfillments.append(fulfilment)
        fulfilment_order.touch()
    order.fulfilments_made.append(fulfilment)
    order.touch()
    return fulfilment


def find_fulfilment(shop: Shop, gid: str, *field: str) -> Fulfillment:
    """Return the fulfilment. Raises Refused when the shop has none of this id."""
    for fulfilment in shop.fulfilments():
        if fulfilment.id == gid:
            return fulfilment
    raise Refused("Fulfillment does not exist.", *field)


def change_tracking(shop: Shop, gid: str, given: Mapping[str, Any]) -> Fulfillment:
    fulfilment = find_fulfilment(shop, gid, "fulfillmentId")
    if fulfilment.status == "CANCELLED":
        raise Refused("Fulfillment is cancelled.", "fulfillmentId")
    fulfilment.tracking = tracking_rows(given)
    fulfilment.touch()
    fulfilment.order.touch()
    return fulfilment


def cancel_fulfilment(shop: Shop, gid: str) -> Fulfillment:
    """Return the cancelled fulfilment; its goods wait again in their fulfilment orders. Raises Refused."""
    fulfilment = find_fulfilment(shop, gid, "id")
    if fulfilment.status == "CANCELLED":
        raise Refused("Fulfillment is already cancelled.", "id")
    fulfilment.status = "CANCELLED"
    for row in fulfilment.fulfillment_line_items:
        row.source.remaining_quantity += row.quantity
        row.line_item.fulfilled -= row.quantity
    fulfilment.touch()
    fulfilment.order.touch()
    return fulfilment


def add_event(shop: Shop, given: Mapping[str, Any]) -> FulfillmentEvent:
    """Return the new event for a `FulfillmentEventInput` (snake case). Raises Refused."""
    fulfilment = find_fulfilment(shop, given["fulfillment_id"], "fulfillmentEvent", "fulfillmentId")
    details = {k: v for k, v in given.items() if k not in {"fulfillment_id", "happened_at"}}
    event = FulfillmentEvent(serial=next_key(), happened_at=given.get("happened_at") or now(), **details)
    fulfilment.events.append(event)
    fulfilment.touch()
    fulfilment.order.touch()
    return event
