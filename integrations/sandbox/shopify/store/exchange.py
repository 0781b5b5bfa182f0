"""Goods that a shopper gets for goods that come back."""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.fulfilment import FulfillmentOrder, FulfillmentOrderLineItem
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.order_lines import LineItem
from integrations.sandbox.shopify.store.return_rows import ExchangeLineItem, Return
from integrations.sandbox.shopify.store.shop import Shop

Chosen = tuple[ExchangeLineItem, int]


def agreed(shop: Shop, wanted: Sequence[Mapping[str, Any]]) -> list[ExchangeLineItem]:
    """Return what is to be sent instead: rows of sku and quantity. Raises Refused for what the shop does not sell."""
    sold = {variant.sku: variant for variant in shop.variants()}
    if unknown := [str(row.get("sku")) for row in wanted if row.get("sku") not in sold]:
        raise Refused(f"the shop sells no {', '.join(unknown)}")
    return [
        ExchangeLineItem(serial=next_key(), variant=sold[str(row["sku"])], quantity=int(row.get("quantity", 1)))
        for row in wanted
    ]


def chosen(made: Return, row: Mapping[str, Any], number: int) -> Chosen:
    place = ("exchangeLineItems", str(number))
    line = next((one for one in made.exchange_line_items if one.id == row["id"]), None)
    if line is None:
        raise Refused("Exchange line item does not exist", *place, "id", code="NOT_FOUND")
    if not 1 <= row["quantity"] <= line.processable_quantity:
        raise Refused("Quantity exceeds what can be processed", *place, "quantity", code="LESS_THAN_OR_EQUAL_TO")
    return line, row["quantity"]


def send(shop: Shop, made: Return, rows: Sequence[Chosen]) -> None:
    """Put the goods on the order, in a fulfilment order of their own; what came back pays for them."""
    if not rows:
        return
    order, lines = made.order, []
    for exchanged, units in rows:
        price = order.lines[0].original_unit_price_set
        line = LineItem(
            serial=next_key(),
            variant=exchanged.variant,
            quantity=units,
            original_unit_price_set=price,
            discount=price * 0,
        )
        exchanged.line_items.append(line)
        lines.append(line)
    order.lines += lines
    items = [
        FulfillmentOrderLineItem(
            serial=next_key(), line_item=line, total_quantity=line.quantity, remaining_quantity=line.quantity
        )
        for line in lines
    ]
    place = shop.location_of(lines[0].variant)
    services = {one.location.serial for one in shop.services.values()}
    order.fulfilment_orders.append(
        FulfillmentOrder(
            serial=next_key(), order=order, location=place, line_items=items, at_service=place.serial in services
        )
    )
    order.touch()
