"""The page that corrects where a parcel goes."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from shipsmart.merchants.models import Connection, Member
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, release, take_in
from shipsmart.ports import Party, StoreOrder
from shipsmart.shipments.models import Shipment
from tests.dashboard.conftest import make_merchant, user_named

pytestmark = pytest.mark.django_db
PARIS = Party(name="Marie Petit", address1="12 Rue de la Paix", city="Paris", postcode="75002", country="FR")


@pytest.fixture
def client(connection: Connection) -> Client:
    ingrid = user_named("ingrid@example.com")
    Member.objects.create(merchant=connection.merchant, user=ingrid, role=Member.Role.OWNER)
    found = Client()
    found.force_login(ingrid)
    return found


@pytest.fixture
def order(connection: Connection, store_order: Callable[..., StoreOrder]) -> Order:
    row = take_in(connection=connection, order=store_order(ship_to=PARIS))
    hold(row, "anna")
    return Order.objects.get(pk=row.pk)


def test_it_is_corrected_and_shown_as_the_parcel_will_bear_it(client: Client, order: Order) -> None:
    page, path = reverse("dashboard:order", args=[order.pk]), reverse("dashboard:order_address", args=[order.pk])
    assert path in client.get(page).content.decode()
    shown = client.get(path).content.decode()
    assert 'value="12 Rue de la Paix"' in shown
    given = {"name": "Marie Petit", "address1": "14 Rue de la Paix", "city": "Paris", "postcode": "75002"}
    answer = client.post(path, given | {"phone": "+33472123456"}, follow=True).content.decode()
    assert "14 Rue de la Paix" in answer
    assert "+33472123456" in answer
    assert "Press “Release”" in answer


def test_a_refusal_stands_at_its_field(client: Client, order: Order) -> None:
    answer = client.post(
        reverse("dashboard:order_address", args=[order.pk]), {"name": "Marie", "address1": "x", "phone": "1"}
    )
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"city"}


def test_what_was_collected_is_to_be_looked_at_where_taxes_may_differ(client: Client, order: Order) -> None:
    Order.objects.update(collected={"scheme": None})
    given = {"name": "Marie Petit", "address1": "12 Rue de la Paix", "city": "Paris", "postcode": "97133"}
    answer = client.post(reverse("dashboard:order_address", args=[order.pk]), given, follow=True).content.decode()
    assert "worked out for the old address" in answer


def test_another_merchants_order_is_not_there(client: Client, order: Order) -> None:
    Order.objects.update(merchant=make_merchant("Another"))
    assert client.get(reverse("dashboard:order_address", args=[order.pk])).status_code == 404


def test_a_phone_that_lacks_inside_the_union_can_be_given(
    client: Client, connection: Connection, store_order: Any, carriers: Any, drained: Callable[[], None]
) -> None:
    merchant = connection.merchant
    merchant.country, merchant.city, merchant.postcode, merchant.region = "DE", "Berlin", "10969", ""
    merchant.save()
    row = take_in(connection=connection, order=store_order(ship_to=PARIS))
    drained()
    row.refresh_from_db()
    assert (row.state, "phone" in row.reason) == ("needs_data", True)
    given = {"name": "Marie Petit", "address1": "12 Rue de la Paix", "city": "Paris", "postcode": "75002"}
    path = reverse("dashboard:order_address", args=[row.pk])
    assert client.post(path, given | {"phone": "+33472123456"}).status_code == 302
    release(row, "anna")
    drained()
    shipment = Shipment.objects.get(order=row)
    assert shipment.state == "bought", shipment.reason
