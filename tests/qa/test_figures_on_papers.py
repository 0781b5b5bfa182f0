"""What the papers state is what was sold: transport without the duties, goods as they were known at the sale."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import refresh_lines, take_in
from shipsmart.ports import StoreOrder
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart
from shipsmart.shipments.goods import freight_of, shipper

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(connection: Connection, cart: CheckoutCart, carriers: Any, store_order: Callable[..., StoreOrder]) -> Order:
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = answer.options[0]
    incoming = store_order(quote_id=option.quote_id, shipping_code=option.service_code, shipping_paid=option.price)
    return take_in(connection=connection, order=incoming)


def test_freight_on_papers_is_without_the_duties_in_the_delivery_price(order: Order) -> None:
    assert order.quote is not None
    assert order.collected is not None
    charges = Decimal(order.collected["duty"]) + Decimal(order.collected["import_tax"])
    assert charges > 3
    assert freight_of(order) == order.shipping_paid - charges == order.quote.freight


def test_a_released_order_keeps_what_was_known_at_the_sale(order: Order) -> None:
    Variant.objects.filter(external_id="1").update(weight_g=999, origin="CN")
    refresh_lines([order])
    line = order.lines.get()
    assert (line.weight_g, line.origin, line.hs_code) == (180, "PT", "610910")


def test_a_released_order_gets_what_was_missing(order: Order) -> None:
    order.lines.update(origin="", weight_g=0)
    refresh_lines([order])
    line = order.lines.get()
    assert (line.weight_g, line.origin) == (180, "PT")


def test_an_ioss_number_goes_with_an_ioss_order_and_no_other(order: Order) -> None:
    assert "IM2460000006" in [tax_id.number for tax_id in shipper(order).tax_ids]
    order.collected = {**(order.collected or {}), "scheme": ""}
    assert "IM2460000006" not in [tax_id.number for tax_id in shipper(order).tax_ids]
    order.collected = None
    assert "IM2460000006" not in [tax_id.number for tax_id in shipper(order).tax_ids]
