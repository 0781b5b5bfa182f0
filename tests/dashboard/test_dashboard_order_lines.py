"""Goods that no product can mend get their customs data on the order: custom items, what was sold under vague words."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.catalog.models import Variant
from shipsmart.merchants.models import AuditEntry, Connection, Member
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release, take_in
from shipsmart.ports import StoreOrder, StoreOrderLine
from shipsmart.shipments.models import Shipment
from tests.dashboard.conftest import user_named

pytestmark = pytest.mark.django_db
Build = Callable[..., StoreOrder]
CUSTOM = StoreOrderLine("l9", "", "", "Special item", 1, Decimal("40.00"), Decimal(0))
GIVEN = {"description": "Knitted cotton scarf", "hs_code": "6117.10", "origin": "pt", "weight_g": "180"}


@pytest.fixture
def client(connection: Connection) -> Client:
    ingrid = user_named("ingrid@example.com")
    Member.objects.create(merchant=connection.merchant, user=ingrid, role=Member.Role.OWNER)
    found = Client()
    found.force_login(ingrid)
    return found


def path(order: Order) -> str:
    return reverse("dashboard:order_line", args=[order.pk, order.lines.get().pk])


def test_an_item_without_a_product_gets_its_data_and_goes(
    connection: Connection, store_order: Build, client: Client, carriers: Any, drained: Callable[[], None]
) -> None:
    order = take_in(connection=connection, order=store_order(lines=(CUSTOM,)))
    drained()
    order.refresh_from_db()
    assert order.state == Order.State.NEEDS_DATA
    shown = client.get(reverse("dashboard:order", args=[order.pk])).content.decode()
    assert path(order) in shown
    wrong = client.post(path(order), GIVEN | {"hs_code": "77", "origin": "XX", "description": "gift"})
    assert wrong.status_code == 422
    assert set(wrong.context["form"].errors) == {"hs_code", "origin", "description"}
    assert client.post(path(order), GIVEN).status_code == 302
    trace = AuditEntry.objects.get(action="correct").data
    assert (trace["line"], trace["changes"]["hs_code"]) == ("Special item", ["", "611710"])
    release(order, "anna")
    drained()
    shipment = Shipment.objects.get(order=order)
    assert shipment.state == "bought", shipment.reason
    assert client.post(path(order), GIVEN | {"origin": "ES"}).status_code == 422  # the carrier knows of it


def test_a_vague_description_is_mended_at_the_product(
    connection: Connection, store_order: Build, carriers: Any, drained: Callable[[], None]
) -> None:
    Variant.objects.filter(external_id="1").update(customs_description="gift")
    order = take_in(connection=connection, order=store_order())
    drained()
    order.refresh_from_db()
    assert order.state == Order.State.NEEDS_DATA, order.reason
    Variant.objects.filter(external_id="1").update(customs_description="Knitted cotton T-shirt", origin="IN")
    release(order, "anna")
    drained()
    line = order.lines.get()
    assert line.description == "Knitted cotton T-shirt"
    assert line.origin != "IN"  # as it was sold
    assert Shipment.objects.get(order=order).state == "bought"


def test_what_was_corrected_for_the_order_stays(connection: Connection, store_order: Build, client: Client) -> None:
    order = take_in(connection=connection, order=store_order(paid=False))
    now = {"hs_code": "610910", "origin": "PT", "weight_g": "150"}
    assert client.post(path(order), now | {"description": "Printed cotton T-shirt"}).status_code == 302
    Variant.objects.filter(external_id="1").update(customs_description="Knitted cotton T-shirt")
    Order.objects.update(state=Order.State.ON_HOLD)
    release(order, "anna")
    assert order.lines.get().description == "Printed cotton T-shirt"


def test_lines_of_others_are_not_there(connection: Connection, store_order: Build, stranger: Client) -> None:
    order = take_in(connection=connection, order=store_order(paid=False))
    assert stranger.get(path(order)).status_code == 404
