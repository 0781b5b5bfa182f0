"""Returns that apps begin and process: what may still come back, the new return, what became of its units."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.sandbox.shopify.store import exchange
from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.fulfilment import FulfillmentLineItem
from integrations.sandbox.shopify.store.ids import next_key, now
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.return_rows import (
    REASONS,
    Return,
    ReturnableFulfillment,
    ReturnLineItem,
    ReverseDelivery,
    ReverseFulfillmentOrderDisposition,
    ReverseFulfillmentOrderLineItem,
    definition,
)
from integrations.sandbox.shopify.store.returning import approve
from integrations.sandbox.shopify.store.shop import Shop

_OLD_REASONS = {
    "COLOR": "unwanted",
    "DEFECTIVE": "defective",
    "NOT_AS_DESCRIBED": "not-as-described",
    "OTHER": "other",
    "SIZE_TOO_LARGE": "size-too-large",
    "SIZE_TOO_SMALL": "size-too-small",
    "STYLE": "unwanted",
    "UNKNOWN": "other",
    "UNWANTED": "unwanted",
    "WRONG_ITEM": "wrong-item",
}


def _left(order: Order, line: FulfillmentLineItem) -> int:
    """Return the units of a fulfilment's line that no living return holds."""
    held = sum(
        row.quantity
        for made in order.returns
        if made.status not in {"DECLINED", "CANCELED"}
        for row in made.return_line_items
        if row.fulfillment_line_item is line
    )
    return line.quantity - held


def returnable(order: Order) -> list[ReturnableFulfillment]:
    found = []
    for made in order.fulfilments_made:
        rows = [{"fulfillment_line_item": line, "quantity": _left(order, line)} for line in made.fulfillment_line_items]
        rows = [row for row in rows if row["quantity"] > 0]
        if made.status == "SUCCESS" and rows:
            found.append(
                ReturnableFulfillment(serial=made.serial, fulfillment=made, returnable_fulfillment_line_items=rows)
            )
    return found


def begin(order: Order | None, given: Sequence[Mapping[str, Any]], *, requested: bool) -> Return:
    """Return a new return, REQUESTED or OPEN. Raises Refused for what was not sent or is coming back already."""
    if order is None:
        raise Refused("Order not found", "orderId", code="NOT_FOUND")
    if not given:
        raise Refused("Return must have at least one line item", "returnLineItems", code="BLANK")
    lines = [_line(order, row, number, given) for number, row in enumerate(given)]
    name = f"{order.name}-R{len(order.returns) + 1}"
    made = Return(serial=next_key(), order=order, name=name, return_line_items=lines)
    order.returns.append(made)
    return made if requested else approve(made)


def _line(order: Order, row: Mapping[str, Any], number: int, all_rows: Sequence[Mapping[str, Any]]) -> ReturnLineItem:
    place = ("returnLineItems", str(number))
    gid = row["fulfillment_line_item_id"]
    sent = {line.id: line for made in order.fulfilments_made for line in made.fulfillment_line_items}
    line = sent.get(gid)
    if line is None:
        raise Refused("Fulfillment line item does not exist", *place, "fulfillmentLineItemId", code="NOT_FOUND")
    wanted = sum(other["quantity"] for other in all_rows if other["fulfillment_line_item_id"] == gid)
    if row["quantity"] < 1 or wanted > _left(order, line):
        raise Refused("Quantity is not returnable", *place, "quantity", code="INVALID")
    for name, most in (("return_reason_note", 255), ("customer_note", 300)):
        if len(row.get(name) or "") > most:
            raise Refused(f"Note is too long (maximum is {most} characters)", *place, code="TOO_LONG")
    return ReturnLineItem(
        serial=next_key(),
        fulfillment_line_item=line,
        quantity=row["quantity"],
        reason=_reason(row, place),
        return_reason_note=row.get("return_reason_note") or "",
        customer_note=row.get("customer_note"),
    )


def _reason(row: Mapping[str, Any], place: Sequence[str]) -> str:
    wanted = row.get("return_reason_definition_id")
    if wanted:
        found = next((handle for handle in REASONS if definition(handle)["id"] == wanted), None)
        if found is None:
            raise Refused("Return reason does not exist", *place, "returnReasonDefinitionId", code="NOT_FOUND")
        return found
    if not row.get("return_reason"):
        raise Refused("Return reason can't be blank", *place, "returnReasonDefinitionId", code="BLANK")
    return _OLD_REASONS[row["return_reason"]]


def process(
    shop: Shop,
    made: Return | None,
    given: Sequence[Mapping[str, Any]],
    exchanged: Sequence[Mapping[str, Any]] = (),
) -> Return:
    """Confirm units and where they went, and what is sent for them; a return that is confirmed whole is closed.

    Raises Refused.
    """
    if made is None:
        raise Refused("Return not found", "returnId", code="NOT_FOUND")
    if made.status != "OPEN":
        raise Refused("Return is not open", "returnId", code="INVALID_STATE")
    chosen = [_chosen(shop, made, row, number) for number, row in enumerate(given)]
    sent = [exchange.chosen(made, row, number) for number, row in enumerate(exchanged)]
    for line, units, dispositions in chosen:
        line.processed += units
        for expected, disposition in dispositions:
            expected.dispositions.append(disposition)
    exchange.send(shop, made, sent)
    if all(line.processable_quantity == 0 for line in (*made.return_line_items, *made.exchange_line_items)):
        made.status, made.closed_at = "CLOSED", now()
    made.touch()
    return made


def close(made: Return | None) -> Return:
    """End a return, whatever of it was confirmed; one that is closed stays so. Raises Refused."""
    if made is None:
        raise Refused("Return not found", "id", code="NOT_FOUND")
    if made.status not in {"OPEN", "CLOSED"}:
        raise Refused("Return is not open", "id", code="INVALID_STATE")
    if made.status == "OPEN":
        made.status, made.closed_at = "CLOSED", now()
        made.touch()
    return made


Disposed = tuple[ReverseFulfillmentOrderLineItem, ReverseFulfillmentOrderDisposition]


def _chosen(
    shop: Shop, made: Return, row: Mapping[str, Any], number: int
) -> tuple[ReturnLineItem, int, list[Disposed]]:
    place = ("returnLineItems", str(number))
    line = next((one for one in made.return_line_items if one.id == row["id"]), None)
    if line is None:
        raise Refused("Return line item does not exist", *place, "id", code="NOT_FOUND")
    if not 1 <= row["quantity"] <= line.processable_quantity:
        raise Refused("Quantity exceeds what can be processed", *place, "quantity", code="LESS_THAN_OR_EQUAL_TO")
    wanted = row.get("dispositions") or []
    if sum(one["quantity"] for one in wanted) > row["quantity"]:
        raise Refused("Dispositions exceed the quantity", *place, "dispositions", code="INVALID")
    return line, row["quantity"], [_disposed(shop, made, line, one, place) for one in wanted]


def _disposed(
    shop: Shop, made: Return, line: ReturnLineItem, wanted: Mapping[str, Any], place: Sequence[str]
) -> Disposed:
    gid = wanted["reverse_fulfillment_order_line_item_id"]
    rows = {row.id: row for order in made.reverse_fulfillment_orders for row in order.line_items}
    expected = rows.get(gid)
    if expected is None or expected.fulfillment_line_item is not line.fulfillment_line_item:
        raise Refused("Reverse fulfillment order line item does not exist", *place, "dispositions", code="NOT_FOUND")
    if not 1 <= wanted["quantity"] <= expected.undisposed:
        raise Refused("Quantity is disposed already", *place, "dispositions", code="INVALID")
    location = next((one for one in (shop.location, *shop.hubs) if one.id == wanted.get("location_id")), None)
    if wanted["disposition_type"] == "RESTOCKED" and location is None:
        raise Refused("Location can't be blank when restocking", *place, "dispositions", "locationId", code="BLANK")
    disposition = ReverseFulfillmentOrderDisposition(
        serial=next_key(), type=wanted["disposition_type"], quantity=wanted["quantity"], location=location
    )
    return expected, disposition


def change_delivery(
    delivery: ReverseDelivery | None, tracking: Mapping[str, Any] | None, label: Mapping[str, Any] | None
) -> ReverseDelivery:
    """Return the parcel with its other waybill or label; what is not said stays."""
    if delivery is None:
        raise Refused("Reverse delivery not found", "reverseDeliveryId", code="NOT_FOUND")
    if tracking is not None:
        delivery.tracking = dict(tracking)
    if label is not None:
        delivery.label_url = label["file_url"]
    delivery.touch()
    return delivery
