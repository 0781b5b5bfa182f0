"""A parcel that customs want a number for goes on once a person has written it into the order's page."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.merchants.models import Connection, Member
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release, take_in
from shipsmart.ports import Party, StoreOrder
from shipsmart.shipments.models import Shipment
from tests.dashboard.conftest import user_named

pytestmark = pytest.mark.django_db
SEOUL = Party(name="Kim Jiwoo", address1="110 Sejong-daero", city="Seoul", postcode="04524", country="KR")


def test_an_order_for_korea_goes_on_once_its_number_is_given(
    connection: Connection, store_order: Callable[..., StoreOrder], carriers: Any, drained: Callable[[], None]
) -> None:
    ingrid = user_named("ingrid@example.com")
    Member.objects.create(merchant=connection.merchant, user=ingrid, role=Member.Role.OWNER)
    client = Client()
    client.force_login(ingrid)
    order = take_in(connection=connection, order=store_order(ship_to=SEOUL))
    drained()
    order.refresh_from_db()
    assert order.state == Order.State.NEEDS_DATA
    assert "PCCC" in order.reason
    page = reverse("dashboard:order", args=[order.pk])
    assert "Addressee&#x27;s PCCC" in client.get(page).content.decode()
    told = {"export_reason": "sale", "insurance": "0", "receiver_phone": "+82 10 1234 5678"}
    wrong = client.post(reverse("dashboard:order_declare", args=[order.pk]), told | {"receiver_PCCC": "P1"})
    assert wrong.status_code == 422
    assert "is no PCCC" in wrong.content.decode()
    given = client.post(reverse("dashboard:order_declare", args=[order.pk]), told | {"receiver_PCCC": "p123456789012"})
    assert given.status_code == 302
    shown = client.get(page).content.decode()
    assert "<br>+82 10 1234 5678</address>" in shown
    assert "PCCC P123456789012" in shown
    release(order, "anna")
    drained()
    shipment = Shipment.objects.get(order=order)
    assert (shipment.state, shipment.carrier) == ("bought", "dhl_express"), shipment.reason
