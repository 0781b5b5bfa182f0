"""What customs ask of the addressee and the store did not bring: a person gives it, and it goes before the rest."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.declaring import NotDeclarable, declare
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, take_in
from shipsmart.orders.receiver import known
from shipsmart.ports import Party, StoreOrder, TaxId

pytestmark = pytest.mark.django_db
SEOUL = Party(name="Kim Jiwoo", address1="110 Sejong-daero", city="Seoul", postcode="04524", country="KR")
TOLD: dict[str, Any] = {"export_reason": "sale", "insurance": Decimal(0), "importer": None, "actor": "anna"}
GIVEN = {"phone": "+82 10 1234 5678", "PCCC": "P123456789012"}


@pytest.fixture
def order(connection: Connection, store_order: Callable[..., StoreOrder]) -> Order:
    row = take_in(connection=connection, order=store_order(ship_to=SEOUL))
    hold(row, "anna")
    return Order.objects.get(pk=row.pk)


def test_what_was_learnt_stands_beside_what_the_store_says(
    order: Order, connection: Connection, store_order: Any
) -> None:
    assert set(declare(order, receiver=GIVEN, **TOLD)) == {"receiver"}
    order.refresh_from_db()
    assert order.consignee.phone == "+82 10 1234 5678"
    assert order.consignee.tax_ids == (TaxId("PCCC", "P123456789012", "KR"),)
    moved = replace(SEOUL, address1="111 Sejong-daero", tax_ids=(TaxId("PCCC", "P999999999999", "KR"),))
    later = timezone.now() + timedelta(minutes=1)
    take_in(connection=connection, order=store_order(ship_to=moved, updated_at=later))
    order.refresh_from_db()
    assert order.consignee.address1 == "111 Sejong-daero"
    assert order.consignee.tax_ids == (TaxId("PCCC", "P123456789012", "KR"),)
    declare(order, receiver={"PCCC": ""}, **TOLD)
    order.refresh_from_db()
    assert order.consignee.tax_ids == ()
    declare(order, receiver={"PCCC": "P999999999999"}, **TOLD)
    order.refresh_from_db()
    assert (order.consignee.tax_ids, set(order.receiver)) == ((TaxId("PCCC", "P999999999999", "KR"),), {"phone"})


def test_the_trail_names_the_kind_and_not_the_number(order: Order) -> None:
    declare(order, receiver=GIVEN, **TOLD)
    trace = AuditEntry.objects.get(action="declare").data["changes"]
    assert trace == {"receiver": ["", "phone, PCCC"]}


def test_the_stores_own_words_are_not_kept_twice(order: Order) -> None:
    Order.objects.update(ship_to=order.ship_to | {"phone": "+8221234567"})
    order.refresh_from_db()
    assert declare(order, receiver={"phone": "+8221234567", "PCCC": ""}, **TOLD) == {}


def test_a_wrong_number_of_the_stores_can_be_mended_or_left_out(order: Order) -> None:
    told = order.ship_to | {"country": "ES", "tax_ids": [{"type": "NIF", "number": "12345", "country": "ES"}]}
    Order.objects.update(ship_to=told, country="ES")
    order.refresh_from_db()
    assert known(order) == {"phone": "", "NIF": "12345"}
    assert declare(order, receiver={"phone": "", "NIF": "12345"}, **TOLD) == {}
    declare(order, receiver={"NIF": "12345678Z"}, **TOLD)
    order.refresh_from_db()
    assert [number.number for number in order.consignee.tax_ids] == ["12345678Z"]
    declare(order, receiver={"NIF": ""}, **TOLD)
    order.refresh_from_db()
    assert order.consignee.tax_ids == ()
    assert known(order) == {"phone": "", "NIF": ""}


def test_a_stores_phone_stays_and_a_mended_number_keeps_its_issuer(order: Order) -> None:
    ids = [{"type": "VAT", "number": "GB1", "country": "GB"}]
    Order.objects.update(ship_to=order.ship_to | {"country": "DE", "phone": "+4930123", "tax_ids": ids}, country="DE")
    order.refresh_from_db()
    assert declare(order, receiver={"phone": ""}, **TOLD) == {}
    declare(order, receiver={"VAT": "GB 980780684"}, **TOLD)
    order.refresh_from_db()
    assert order.consignee.tax_ids == (TaxId("VAT", "GB980780684", "GB"),)


def test_a_business_in_the_union_is_asked_for_its_eori(order: Order) -> None:
    Order.objects.update(ship_to=order.ship_to | {"country": "DE", "company": "Nordwind GmbH"}, country="DE")
    order.refresh_from_db()
    assert set(known(order)) == {"phone", "EORI"}
    declare(order, receiver={"EORI": "DE987654321000"}, **TOLD)
    order.refresh_from_db()
    assert order.consignee.tax_ids == (TaxId("EORI", "DE987654321000", "DE"),)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"PCCC": "P12345"}, "receiver_PCCC"),
        ({"phone": "12"}, "receiver_phone"),
        ({"CPF": "52998224725"}, "receiver_CPF"),
    ],
)
def test_a_number_of_another_form_is_refused_by_field(order: Order, said: dict[str, str], field: str) -> None:
    with pytest.raises(NotDeclarable) as refusal:
        declare(order, receiver=said, **TOLD)
    assert refusal.value.field == field
    order.refresh_from_db()
    assert order.receiver == {}
