"""An address that customs or the carrier refuse is corrected here; the store's own stays, and wins when it is new."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.address import correct_address, parts_of
from shipsmart.orders.declaring import NotDeclarable
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, release, take_in
from shipsmart.ports import Party, StoreOrder, TaxId
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
TORONTO = Party(
    name="Ann Roy", address1="100 Queen St W", city="Toronto", postcode="M5H 2N2", country="CA", phone="+14165550123"
)
Build = Callable[..., StoreOrder]


@pytest.fixture
def order(connection: Connection, store_order: Build) -> Order:
    row = take_in(connection=connection, order=store_order(ship_to=TORONTO))
    hold(row, "anna")
    return Order.objects.get(pk=row.pk)


def again(connection: Connection, store_order: Build, ship_to: Party) -> Order:
    later = timezone.now() + timedelta(minutes=1)
    return take_in(connection=connection, order=store_order(ship_to=ship_to, updated_at=later))


def test_the_parcel_goes_where_the_person_says(order: Order, carriers: Any, drained: Callable[[], None]) -> None:
    release(order, "anna")
    drained()
    order.refresh_from_db()
    assert (order.state, "state or province" in order.reason) == ("needs_data", True)
    assert correct_address(order, {"region": " ON ", "address2": "Suite  5"}, actor="anna") == ("address2", "region")
    release(order, "anna")
    drained()
    shipment = Shipment.objects.get()
    assert shipment.state == "bought", shipment.reason
    seen = requests.get(f"{carriers['url']}/_practice/requests", timeout=10).json()["requests"]
    told = str([one for one in seen if shipment.reference in str(one)])
    assert ("Suite 5" in told, "'ON'" in told) == (True, True)
    with pytest.raises(NotDeclarable, match="label is bought"):
        correct_address(order, {"region": "QC"}, actor="anna")


def test_the_trail_names_parts_and_says_nothing_of_what_they_are(order: Order) -> None:
    correct_address(order, {"city": "Etobicoke", "phone": "+1 416 555 0199"}, actor="anna")
    order.refresh_from_db()
    assert (order.consignee.city, order.consignee.phone) == ("Etobicoke", "+1 416 555 0199")
    entry = AuditEntry.objects.get(action="correct_address")
    assert (entry.actor, entry.data) == ("anna", {"parts": ["city", "phone"]})
    assert "Etobicoke" not in str(list(order.events.values()))


def test_what_reads_as_the_store_says_is_not_kept(order: Order) -> None:
    correct_address(order, {"city": "Etobicoke"}, actor="anna")
    assert correct_address(order, parts_of(Order.objects.get()), actor="anna") == ()
    assert correct_address(order, {"city": "Toronto"}, actor="anna") == ("city",)
    assert Order.objects.get().receiver == {}


@pytest.mark.parametrize(
    ("change", "left"),
    [
        ({"address1": "101 Queen St W"}, {"phone": "+1 416 555 0199"}),
        ({"country": "US"}, {"phone": "+1 416 555 0199"}),
        ({"email": "ann@example.com"}, {"phone": "+1 416 555 0199", "region": "ON"}),
        ({"tax_ids": (TaxId("BN", "123456789", "CA"),)}, {"phone": "+1 416 555 0199", "region": "ON"}),
    ],
)
def test_a_new_address_in_the_store_is_not_mixed_with_the_old_correction(
    order: Order, connection: Connection, store_order: Build, change: dict[str, Any], left: dict[str, str]
) -> None:
    correct_address(order, {"region": "ON", "phone": "+1 416 555 0199"}, actor="anna")
    changed = again(connection, store_order, replace(TORONTO, **change))
    changed.refresh_from_db()
    assert changed.receiver == left
    told = changed.events.filter(kind="address_changed").exists()
    assert told == ("region" not in left)


@pytest.mark.parametrize(
    ("parts", "field", "said"),
    [
        ({"city": ""}, "city", "nobody delivers without a city"),
        ({"address1": "  "}, "address1", "street and house number"),
        ({"name": ""}, "name", "of the company"),
        ({"region": "O" * 256}, "region", "256 letters"),
        ({"country": "US"}, "country", "no part of an address"),
        ({"phone": "12"}, "phone", "no phone number"),
    ],
)
def test_what_cannot_be_delivered_to_is_refused_by_part(
    order: Order, parts: dict[str, str], field: str, said: str
) -> None:
    with pytest.raises(NotDeclarable, match=said) as refused:
        correct_address(order, {"postcode": "M5H 2N3", **parts}, actor="anna")
    assert refused.value.field == field
    assert Order.objects.get().receiver == {}


def test_a_company_needs_no_name(order: Order) -> None:
    assert correct_address(order, {"name": "", "company": "Roy Ltd"}, actor="anna") == ("name", "company")
    order.refresh_from_db()
    assert (order.consignee.name, order.consignee.company) == ("", "Roy Ltd")


def test_a_district_is_asked_for_in_brazil_alone(order: Order) -> None:
    assert "district" not in parts_of(order)
    order.country = "BR"
    assert "district" in parts_of(order)
