from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order, OrderLine
from shipsmart.shipments.models import Parcel, Shipment, ShipmentLine
from shipsmart.tracking.models import TrackingEvent

NOON = datetime(2026, 11, 10, 12, 0, tzinfo=UTC)


@pytest.fixture
def order(merchant: Merchant) -> Callable[..., Order]:
    """Place an order of the merchant; keywords replace its values."""

    def place(number: str, **changes: Any) -> Order:
        values = {
            "merchant": merchant,
            "channel": "shopify",
            "external_id": number,
            "number": number,
            "placed_at": NOON,
            "store_updated_at": NOON,
            "currency": "EUR",
            "country": "DE",
            "ship_to": {"name": "Lena Vogel", "country": "DE"},
            "total_paid": Decimal("70.00"),
            "shipping_paid": Decimal("12.00"),
        }
        return Order.objects.create(**(values | changes))

    return place


@pytest.fixture
def shipped(merchant: Merchant, order: Callable[..., Order]) -> Order:
    """An order under way: one shipment, one parcel, two scans."""
    row = order("#1001", state="shipped", incoterm="DDP", collected={"scheme": "EU_IOSS", "duty": "3.00"})
    line = OrderLine.objects.create(
        order=row, external_id="l1", sku="TEE", title="T-shirt", quantity=2, unit_price=Decimal("29"), hs_code="610910"
    )
    row.note("taken_in", "taken in", at=NOON)
    shipment = Shipment.objects.create(
        merchant=merchant,
        order=row,
        reference="SS0000000001",
        carrier="dhl_express",
        service="P",
        state="bought",
        incoterm="DDP",
        duties_collected=True,
        duty_payer="sender",
        waybill="1234567890",
        cost=Decimal("21.5"),
        cost_currency="EUR",
        milestone="in_transit",
    )
    parcel = Parcel.objects.create(shipment=shipment, weight_g=510, length_mm=300, width_mm=200, height_mm=150)
    ShipmentLine.objects.create(shipment=shipment, parcel=parcel, order_line=line, quantity=2)
    for n, milestone in enumerate(("picked_up", "in_transit")):
        at = NOON + timedelta(hours=n)
        TrackingEvent.objects.create(shipment=shipment, key=str(n), at=at, code="PU", place="OSLO", milestone=milestone)
    return row


def numbers(response) -> list[str]:
    return [entry["number"] for entry in response.json()["orders"]]


def test_an_order_is_shown_with_shipments_and_scans(api, shipped):
    found = api.get("orders/1001").json()
    assert found["id"] == f"ord_{shipped.pk}"
    assert (found["total_paid"], found["shipping"]["paid"]) == ("70.00", "12.00")
    assert found["collected"] == {"scheme": "EU_IOSS", "duty": "3.00"}
    assert found["lines"][0]["unit_price"] == "29.00"
    assert found["waybills"] == ["1234567890"]
    (shipment,) = found["shipments"]
    assert (shipment["cost"], shipment["duty_payer"], shipment["milestone"]) == ("21.50", "sender", "in_transit")
    assert shipment["parcels"][0]["lines"] == [{"sku": "TEE", "title": "T-shirt", "quantity": 2}]
    scans = [(scan["at"], scan["milestone"]) for scan in shipment["tracking_events"]]
    assert scans == [("2026-11-10T12:00:00+00:00", "picked_up"), ("2026-11-10T13:00:00+00:00", "in_transit")]
    assert [event["kind"] for event in found["events"]] == ["taken_in"]


def test_orders_fit_their_schema(api, shipped, fits):
    fits("Order", api.get("orders/1001").json())
    fits("OrderPage", api.get("orders", limit=1).json())


def test_an_order_is_found_by_id_and_by_its_whole_number(api, shipped):
    for reference in (f"ord_{shipped.pk}", "1001", "%231001"):
        assert api.get(f"orders/{reference}").json()["number"] == "#1001"


@pytest.mark.parametrize(
    "reference", ["1002", "ord_999999", "ord_", "ord_x", "ord_99999999999999999999", "%00", "x" * 90]
)
def test_an_order_that_is_not_there_is_said_to_be_unknown(api, shipped, reference):
    response = api.get(f"orders/{reference}")
    assert (response.status_code, response.json()["error"]["code"]) == (404, "unknown_order")


def test_a_number_of_two_stores_is_not_guessed(api, order):
    made = [order("#7"), order("#7", channel="vtex")]
    response = api.get("orders/7")
    assert (response.status_code, response.json()["error"]["code"]) == (409, "ambiguous_number")
    assert sorted(response.json()["error"]["details"]["orders"]) == [f"ord_{row.pk}" for row in made]


def test_a_stranger_sees_none_of_it(stranger, shipped):
    assert numbers(stranger.get("orders")) == []
    assert stranger.get("orders/1001").status_code == 404
    assert stranger.get(f"orders/ord_{shipped.pk}").status_code == 404


def test_pages_neither_skip_nor_repeat_while_orders_come_in(api, order):
    for n in range(5):
        order(f"#{n}", placed_at=NOON + timedelta(minutes=n // 2))  # two at the same moment
    first = api.get("orders", limit=2)
    order("#new", placed_at=NOON + timedelta(hours=1))
    second = api.get("orders", limit=2, cursor=first.json()["next"])
    third = api.get("orders", limit=2, cursor=second.json()["next"])
    assert numbers(first) + numbers(second) + numbers(third) == ["#4", "#3", "#2", "#1", "#0"]
    assert third.json()["next"] is None


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"state": "on_hold"}, ["#2"]),
        ({"country": "BR"}, ["#3"]),
        ({"channel": "vtex"}, ["#3"]),
        ({"number": "#1"}, ["#1"]),
        ({"placed_from": "2026-11-10T12:30:00Z"}, ["#3"]),
        ({"placed_until": "2026-11-10T14:00:00+01:00"}, ["#2", "#1"]),
        ({"placed_from": "2026-11-10T12:00:00Z", "placed_until": "2026-11-10T13:00:00Z"}, ["#2", "#1"]),
    ],
)
def test_orders_are_filtered(api, order, query, found):
    order("#1")
    order("#2", state="on_hold")
    order("#3", country="BR", channel="vtex", placed_at=NOON + timedelta(hours=1))
    assert numbers(api.get("orders", **query)) == found


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"state": "sleeping"}, "state"),
        ({"country": "\x00"}, "country"),
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"cursor": "rubbish"}, "cursor"),
        ({"cursor": "MjAyNi0xMS0xMHw1"}, "cursor"),
        ({"cursor": "ä"}, "cursor"),
        ({"placed_from": "yesterday"}, "placed_from"),
        ({"placed_from": "2026-11-10T12:00:00"}, "placed_from"),
        ({"placed_until": "0001-01-01T00:00:00+00:00"}, "placed_until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(api, query, field):
    response = api.get("orders", **query)
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"field": field}


def test_a_page_costs_few_queries_however_long_it_is(api, order, django_assert_max_num_queries):
    for n in range(10):
        order(f"#{n}")
    with django_assert_max_num_queries(4):
        assert len(numbers(api.get("orders"))) == 10
