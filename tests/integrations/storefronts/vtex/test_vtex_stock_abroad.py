"""The stock abroad as an external seller: the practice VTEX asks, orders, lets send and cancels over real HTTP."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integrations.storefronts.vtex import abroad, abroad_parcels
from integrations.storefronts.vtex.feed import pull
from shipsmart.catalog.models import Variant
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.rating.models import TableRate
from shipsmart.stock import operations
from shipsmart.stock.models import Reservation, StockAbroad
from tests.integrations.storefronts.vtex.conftest import Practice

WORD = "a-secret-of-the-test"
OSLO = {"country": "NOR", "postalCode": "0154", "city": "Oslo", "street": "Karl Johans gate", "number": "1"}


def stock_of(connection: Connection) -> StockAbroad:
    """Ten T-shirts and one mug in Germany, sent within Germany and to Austria for 4.90."""
    from integrations.storefronts.vtex.callers import digest  # noqa: PLC0415

    Variant.objects.filter(external_id="101").update(price=Decimal("29.00"))
    Variant.objects.filter(external_id="102").update(price=Decimal("16.50"))
    TableRate.objects.create(
        merchant=connection.merchant, service="local", service_name="Local parcel", countries=["DE", "AT"],
        max_weight_g=5000, price=Decimal("4.90"), currency="EUR", days_to=3,
    )  # fmt: skip
    stock = StockAbroad.objects.create(
        merchant=connection.merchant, connection=connection, seller="berlin", country="DE", countries=["AT", "DE"],
        service="local", word_sha256=digest(WORD),
    )  # fmt: skip
    operations.count(stock, {"101": 10, "102": 1}, actor="owner")
    return stock


@pytest.fixture
def stock(reachable: Connection, practice: Practice) -> StockAbroad:
    made = stock_of(reachable)
    base = reachable.settings and f"{_public(reachable)}/vtex/{reachable.token}/stock/{WORD}"
    practice.post("/_practice/sellers", {"id": "berlin", "fulfillmentEndpoint": base})
    return made


def _public(connection: Connection) -> str:
    from integrations.storefronts.vtex import configuration  # noqa: PLC0415

    return configuration.tax_url(connection).split("/vtex/")[0]


def levels(stock: StockAbroad) -> dict[str, tuple[int, int]]:
    return {level.variant: (level.on_hand, level.reserved) for level in stock.levels.all()}


def again(practice: Practice, path: str, body: Any) -> dict[str, Any]:
    answer = requests.post(
        f"{practice.base}/_practice/sellers/berlin/call", json={"path": path, "body": body}, timeout=300
    )
    return dict(answer.json())


def test_an_order_of_two_stocks_is_split_sent_and_told(
    stock: StockAbroad, practice: Practice, carriers: Any, drained: Callable[[], None]
) -> None:
    form = practice.filled(("101", 1), ("101", 2, "berlin"), ("102", 1, "berlin"))
    assert form["messages"] == []
    # The goods in Germany pay no duty; their delivery is 4.90, shared out by weight (360 and 420 of 780 g).
    assert [row["price"] for row in form["shippingData"]["logisticsInfo"]] == [2500, 226, 264]
    placed = [row["orderId"] for row in practice.place(form)["orders"]]
    row = Reservation.objects.get()
    assert (row.order_id, row.units, row.state) == (placed[1], {"101": 2, "102": 1}, "authorised")
    assert levels(stock) == {"101": (10, 2), "102": (1, 1)}
    pull(stock.connection)
    drained()
    assert [order.external_id for order in Order.objects.all()] == [placed[0]]  # ours to send from home
    abroad_parcels.send(row, carrier="DHL", waybill="DE1", tracking_url="https://track.example/DE1", actor="owner")
    drained()
    node = practice.order(placed[1])
    (package,) = node["packageAttachment"]["packages"]
    assert (node["status"], package["trackingNumber"], package["invoiceValue"]) == ("invoiced", "DE1", node["value"])
    abroad_parcels.arrive(Reservation.objects.get(), actor="owner")
    drained()
    assert practice.order(placed[1])["packageAttachment"]["packages"][0]["courierStatus"]["finished"] is True
    assert levels(stock) == {"101": (8, 0), "102": (0, 0)}


def test_each_call_of_the_store_may_come_twice(stock: StockAbroad, practice: Practice) -> None:
    practice.place(practice.filled(("101", 2, "berlin")))
    row = Reservation.objects.get()
    calls = requests.get(f"{practice.base}/_practice/seller-calls", timeout=300).json()
    for call in calls:
        once_more = again(practice, call["path"], call["asked"])
        assert once_more["status"] == 200
        if call["path"] != "/pvt/orderForms/simulation":
            assert once_more["answer"] == call["answer"]
    assert levels(stock)["101"] == (10, 2)
    for _ in range(2):
        said = again(practice, f"/pvt/orders/{row.number}/cancel", {"marketplaceOrderId": row.order_id})
        assert (said["status"], said["answer"]["orderId"]) == (200, row.number)
    assert levels(stock)["101"] == (10, 0)
    assert again(practice, f"/pvt/orders/{row.number}/fulfill", {})["status"] == 409
    assert again(practice, "/pvt/orders/ab_none/fulfill", {})["status"] == 404


def test_an_order_cancelled_in_the_store_lets_its_units_go(stock: StockAbroad, practice: Practice) -> None:
    order_id = practice.place(practice.filled(("102", 1, "berlin")))["orders"][0]["orderId"]
    assert practice.filled(("102", 1, "berlin"))["messages"][0]["text"] == "102 is sold out"
    practice.post(f"/api/oms/pvt/orders/{order_id}/cancel", {"reason": "changed my mind"})
    assert levels(stock)["102"] == (1, 0)
    assert practice.filled(("102", 1, "berlin"))["messages"] == []


def test_what_the_stock_cannot_send_is_cancelled_in_the_store(
    stock: StockAbroad, practice: Practice, drained: Callable[[], None]
) -> None:
    order_id = practice.place(practice.filled(("101", 1, "berlin")))["orders"][0]["orderId"]
    abroad_parcels.refuse(Reservation.objects.get(), reason="broken")
    drained()
    assert practice.order(order_id)["status"] == "canceled"
    assert Reservation.objects.get().state == "cancelled"
    assert levels(stock)["101"] == (10, 0)


def test_the_store_hears_of_a_parcel_later_when_it_fails_now(
    stock: StockAbroad, practice: Practice, drained: Callable[[], None]
) -> None:
    order_id = practice.place(practice.filled(("101", 1, "berlin")))["orders"][0]["orderId"]
    practice.faults(api="500", count=2)
    abroad_parcels.send(Reservation.objects.get(), carrier="DHL", waybill="DE2", tracking_url="", actor="owner")
    drained()
    OutboundMessage.objects.filter(state="new").update(due=timezone.now())
    drained()
    assert [p["trackingNumber"] for p in practice.order(order_id)["packageAttachment"]["packages"]] == ["DE2"]


def test_nothing_is_sold_where_the_stock_does_not_send_to(stock: StockAbroad, practice: Practice) -> None:
    form = practice.filled(("101", 1, "berlin"), address=OSLO)
    assert form["messages"][0]["text"] == "101 is not delivered there"
    assert practice.place(form)["error"]["code"] == "ORD027"
    assert not Reservation.objects.exists()


@pytest.mark.django_db
def test_goods_nobody_has_weighed_have_no_delivery_and_unknown_ones_no_row(connected: Connection) -> None:
    stock = stock_of(connected)
    Variant.objects.filter(external_id="101").update(weight_g=0)
    wanted = tuple(abroad.Wanted(sku, 1) for sku in ("101", "999"))
    said = abroad.simulate(connected, stock, abroad.Simulation(wanted, "10969", "DEU", "1"))
    assert [row["id"] for row in said["items"]] == ["101"]
    assert [(row["stockBalance"], row["slas"]) for row in said["logisticsInfo"]] == [(1, []), (0, [])]


def test_without_an_address_it_says_what_is_there(connected: Connection) -> None:
    stock = stock_of(connected)
    wanted = (abroad.Wanted("101", 20), abroad.Wanted("101", 1))
    said = abroad.simulate(connected, stock, abroad.Simulation(wanted))
    assert [row["price"] for row in said["items"]] == [2900, 2900]
    assert [(row["stockBalance"], row["shipsTo"]) for row in said["logisticsInfo"]] == [
        (10, ["AUT", "DEU"]),
        (0, ["AUT", "DEU"]),
    ]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("{", "truncated"),
        ('[{"marketplaceOrderId": "", "items": [{"id": "101", "quantity": 1}]}]', "marketplaceOrderId"),
        ('[{"marketplaceOrderId": "1-01", "items": []}]', "items"),
        ('[{"marketplaceOrderId": "1-01", "items": [{"id": "101", "quantity": 0}]}]', "quantity"),
    ],
)
def test_an_order_that_cannot_be_read_is_refused_naming_the_field(connected: Connection, body: str, field: str) -> None:
    stock_of(connected)
    path = f"/vtex/{connected.token}/stock/{WORD}/pvt/orders"
    answer = Client().post(path, body, content_type="application/json")
    assert (answer.status_code, field in answer.json()["message"]) == (400, True)


def test_only_who_knows_the_address_may_order(connected: Connection) -> None:
    stock = stock_of(connected)
    order = json.dumps({"marketplaceOrderId": "7-01", "items": [{"id": "101", "quantity": 1}]})
    for word in ("wrong", WORD + "x", connected.token):
        answer = Client().post(
            f"/vtex/{connected.token}/stock/{word}/pvt/orders", order, content_type="application/json"
        )
        assert answer.status_code == 404
    assert not Reservation.objects.exists()
    path = f"/vtex/{connected.token}/stock/{WORD}/pvt/orders"
    first = Client().post(path, order, content_type="application/json").json()
    assert first["orderId"] == Reservation.objects.get().number
    other = order.replace('"quantity": 1', '"quantity": 2')
    assert Client().post(path, other, content_type="application/json").status_code == 409
    StockAbroad.objects.filter(pk=stock.pk).update(active=False)
    assert Client().post(path, order.replace("7-01", "8-01"), content_type="application/json").status_code == 409


def test_the_page_switches_it_on_and_shows_where_vtex_must_ask(
    merchant: Any, connected: Connection, owner: Client, stranger: Client
) -> None:
    TableRate.objects.create(
        merchant=merchant, service="local", service_name="Local", max_weight_g=5000, price=5, currency="EUR"
    )
    path = reverse("vtex_connect:abroad", args=[connected.pk])
    given = {"seller": "berlin", "country": "de", "countries": "de, at", "service": "local", "levels": "101 25\n102;3"}
    assert stranger.post(path, given).status_code == 404
    assert owner.post(path, given | {"levels": "101 many"}).status_code == 422
    assert owner.post(path, given | {"seller": "1"}).status_code == 422
    assert not StockAbroad.objects.exists()
    assert owner.post(path, given | {"active": "on"}).status_code == 302
    stock = StockAbroad.objects.get()
    assert (stock.country, stock.countries, levels(stock)) == ("DE", ["AT", "DE"], {"101": (25, 0), "102": (3, 0)})
    text = owner.get(path).content.decode()
    connected.refresh_from_db()
    assert f"/vtex/{connected.token}/stock/{connected.credentials['stock_word']}" in text
    row = operations.reserve(stock, order_id="9-01", units={"101": 2})
    operations.authorise(stock, number=row.number)
    step = reverse("vtex_connect:abroad_step", args=[connected.pk, row.number])
    assert stranger.post(step, {"action": "send", "carrier": "DHL", "waybill": "W"}).status_code == 404
    owner.post(step, {"action": "send", "carrier": "DHL", "waybill": ""})
    assert Reservation.objects.get().state == "authorised"
    owner.post(step, {"action": "send", "carrier": "DHL", "waybill": "W"})
    assert Reservation.objects.get().state == "sent"


def test_units_of_an_order_that_never_came_to_be_are_let_go_at_night(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    stock = stock_of(connected)
    there = practice.bought(("101", 1))
    for order_id in (there, "never-made-01", "just-now-01"):
        operations.reserve(stock, order_id=order_id, units={"101": 1})
    yesterday = timezone.now() - timedelta(days=1)
    Reservation.objects.exclude(order_id="just-now-01").update(made_at=yesterday)
    OutboundMessage.objects.filter(kind="vtex.check").update(due=timezone.now())
    drained()
    states = dict(Reservation.objects.values_list("order_id", "state"))
    assert states == {there: "reserved", "never-made-01": "cancelled", "just-now-01": "reserved"}
    assert levels(stock)["101"] == (10, 2)
