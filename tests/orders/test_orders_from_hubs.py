"""An order that no quote explains leaves from where its products' tags say that they lie."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.models import Product
from shipsmart.merchants.models import Connection, Hub
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import StoreOrder, StoreOrderLine
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
Build = Callable[..., StoreOrder]
SHIRTS = StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 2, Decimal("29.00"), Decimal(0))
TEA = StoreOrderLine("l2", "2", "TEA", "Herbal tea", 1, Decimal("14.00"), Decimal(0))


def places(order: Order) -> list[tuple[str, list[str]]]:
    return [(one.sender, [line for _, line, _ in one.goods]) for one in order.consignments.all()]


def test_goods_of_two_places_travel_in_two_parcels(
    connection: Connection, hub: Hub, store_order: Build, carriers: Any, drained: Callable[[], None]
) -> None:
    order = take_in(connection=connection, order=store_order(lines=(SHIRTS, TEA)))
    assert places(order) == [("NL:1012LG", ["l1"]), ("", ["l2"])]
    drained()
    left = {(row.leaves_from or {}).get("city", "home"): row for row in Shipment.objects.filter(order=order)}
    assert set(left) == {"Amsterdam", "home"}, Order.objects.get().reason
    assert {row.incoterm for row in left.values()} == {"DAP"}


def test_goods_of_one_hub_leave_from_it(
    connection: Connection, hub: Hub, store_order: Build, carriers: Any, drained: Callable[[], None]
) -> None:
    order = take_in(connection=connection, order=store_order())
    drained()
    shipment = Shipment.objects.get(order=order)
    assert (shipment.leaves_from, shipment.state) == (hub.place(), "bought")


def test_goods_at_home_make_no_consignment(connection: Connection, hub: Hub, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order(lines=(TEA,)))
    assert places(order) == []


def test_an_edit_in_the_store_brings_the_goods_to_their_places(
    connection: Connection, hub: Hub, store_order: Build
) -> None:
    order = take_in(connection=connection, order=store_order(lines=(TEA,), paid=False))
    later = timezone.now() + timedelta(minutes=1)
    take_in(connection=connection, order=store_order(lines=(SHIRTS, TEA), paid=False, updated_at=later))
    assert places(order) == [("NL:1012LG", ["l1"]), ("", ["l2"])]
    take_in(connection=connection, order=store_order(lines=(TEA,), updated_at=later + timedelta(minutes=1)))
    assert places(order) == []


def test_duties_that_the_store_sold_are_shared_out_by_value(
    connection: Connection, hub: Hub, store_order: Build
) -> None:
    order = take_in(connection=connection, order=store_order(lines=(SHIRTS, TEA), native_duties=Decimal("7.21")))
    paid = [Decimal(one.collected["duty"]) for one in order.consignments.all()]
    assert paid == [Decimal("5.81"), Decimal("1.40")]
    assert {one.incoterm for one in order.consignments.all()} == {"DDP"}


def test_a_hub_that_is_gone_is_named(
    connection: Connection, hub: Hub, store_order: Build, drained: Callable[[], None]
) -> None:
    order = take_in(connection=connection, order=store_order())
    hub.delete()
    drained()
    order.refresh_from_db()
    assert order.state == Order.State.ON_HOLD
    assert "these goods lay at NL 1012LG, which is no place of yours" in order.reason


def test_goods_added_after_the_label_leave_from_their_own_place(
    connection: Connection, hub: Hub, store_order: Build, carriers: Any, drained: Callable[[], None]
) -> None:
    order = take_in(connection=connection, order=store_order(lines=(SHIRTS,)))
    drained()
    later = timezone.now() + timedelta(minutes=1)
    take_in(connection=connection, order=store_order(lines=(SHIRTS, TEA), updated_at=later))
    assert places(order) == [("NL:1012LG", ["l1"]), ("", ["l2"])]


def test_tags_taken_off_change_no_order(connection: Connection, hub: Hub, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order())
    Product.objects.update(tags=[])
    connection.merchant.touch()
    take_in(connection=connection, order=store_order(updated_at=timezone.now() + timedelta(minutes=1)))
    assert places(order) == [("NL:1012LG", ["l1"])]
