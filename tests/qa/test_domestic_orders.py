"""Goods that cross no customs border: their answer has no customs value, and the order must come in all the same."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shipsmart.merchants.models import Connection
from shipsmart.orders.operations import prepare_intake
from shipsmart.ports import Incoterm, Party, StoreOrder
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart

pytestmark = pytest.mark.django_db

BERGEN = Party(name="Kari Nordmann", address1="Storgata 1", city="Bergen", postcode="5003", country="NO")


def test_a_domestic_order_is_taken_in_with_nothing_collected(
    connection: Connection, cart: CheckoutCart, carriers: Any, store_order: Callable[..., StoreOrder]
) -> None:
    answer = quote_checkout(connection, replace(cart, ship_to=BERGEN))
    answer.keep()
    option = answer.options[0]
    assert option.incoterm == Incoterm.DDP
    order = store_order(
        ship_to=BERGEN, quote_id=option.quote_id, shipping_code=option.service_code, shipping_paid=option.price
    )
    prepare_intake(connection=connection, order=order)()
    taken = connection.merchant.orders.get()
    assert taken.quote == Quote.objects.get(quote_id=option.quote_id)
    assert taken.collected is not None
    assert {key: taken.collected[key] for key in ("duty", "import_tax", "fees")} == {
        "duty": "0.00",
        "import_tax": "0.00",
        "fees": "0.00",
    }
