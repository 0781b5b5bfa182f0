"""Sums of an order and its lines, and the prices that papers and carriers are told."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import StoreOrder, StoreOrderLine
from shipsmart.shipments.goods import declared_prices

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(connection: Connection, store_order: Callable[..., StoreOrder]) -> Order:
    """Three shirts at 29.00 with 10.00 off the line, and a tea at 14.00."""
    lines = (
        StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 3, Decimal("29.00"), Decimal("10.00")),
        StoreOrderLine("l2", "2", "TEA", "Herbal tea", 1, Decimal("14.00"), Decimal(0)),
    )
    return take_in(connection=connection, order=store_order(lines=lines, total_paid=Decimal("103.00")))


def test_a_lines_discount_is_taken_off_its_sum(order: Order) -> None:
    assert [line.total for line in order.lines.all()] == [Decimal("77.00"), Decimal("14.00")]


def test_declared_unit_prices_give_the_discounted_line_again(order: Order) -> None:
    shirts, tea = declared_prices(list(order.lines.all()), "EUR")
    assert (shirts, tea) == (Decimal("25.6667"), Decimal("14.00"))
    assert round(shirts * 3, 2) == Decimal("77.00")
