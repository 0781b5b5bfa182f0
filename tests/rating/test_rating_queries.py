from decimal import Decimal

import pytest

from shipsmart.merchants.models import Merchant
from shipsmart.rating.models import Box, CarrierAccount, FeeRule, TableRate
from shipsmart.rating.queries import snapshot


@pytest.fixture
def merchant(db):
    made = Merchant.objects.create(name="A", company="A AS", address1="x", city="Oslo", country="NO", currency="EUR")
    CarrierAccount.objects.create(
        merchant=made, carrier="dhl_express", number="1", credentials={"username": "u", "password": "p"}, services=["P"]
    )
    CarrierAccount.objects.create(merchant=made, carrier="ups", number="2", active=False)
    Box.objects.create(merchant=made, name="small", length_mm=200, width_mm=150, height_mm=100, tare_g=80)
    TableRate.objects.create(
        merchant=made, service="x", service_name="X", countries=["DE"], max_weight_g=500, price="9.50", currency="EUR"
    )
    FeeRule.objects.create(merchant=made, carrier="ups", name="Disbursement", percent="0.02", currency="EUR")
    return made


@pytest.fixture
def stranger(merchant):
    return Merchant.objects.create(name="B", company="B AS", address1="x", city="Oslo", country="NO", currency="EUR")


def test_everything_is_read_with_five_queries(merchant, django_assert_max_num_queries):
    with django_assert_max_num_queries(5):
        found = snapshot(merchant)
    assert [(a.carrier, a.number, a.services, a.credentials["password"]) for a in found.accounts] == [
        ("dhl_express", "1", ("P",), "p")
    ]
    assert found.boxes[0].tare_g == 80
    assert (found.table[0].price, found.table[0].countries) == (Decimal("9.50"), ("DE",))
    assert found.fees == (
        {
            "carrier": "ups",
            "country": "",
            "name": "Disbursement",
            "percent": "0.0200",
            "minimum": "0.00",
            "flat": "0.00",
            "currency": "EUR",
        },
    )


def test_a_stranger_sees_nothing_of_it(stranger):
    found = snapshot(stranger)
    assert (found.accounts, found.boxes, found.table, found.fees) == ((), (), (), ())
