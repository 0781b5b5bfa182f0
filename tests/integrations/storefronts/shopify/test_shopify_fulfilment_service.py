"""Orders handed over to us as the shop's fulfilment service: taken, refused, called off; and what the shop asks."""

import json

import pytest
from django.utils import timezone

from integrations.sandbox.shopify.signing import body_signature
from integrations.storefronts.shopify import client as shopify
from integrations.storefronts.shopify import fulfilment_service, service_stock
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.hand_over import WAITS
from integrations.storefronts.shopify.hand_over import adapter as store_says
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release
from shipsmart.ports import IntegrationError, StoreFulfilment
from shipsmart.shipments.labels import handle_label
from shipsmart.shipments.models import LabelAttempt, Shipment
from shipsmart.stock.models import Reservation, StockLevel
from tests.integrations.storefronts.shopify.conftest import SECRET
from tests.integrations.storefronts.shopify.shopping import buy, everything_arrived, patiently
from tests.integrations.storefronts.shopify.test_shopify_embedded_app import SHOP

pytestmark = pytest.mark.django_db(transaction=True)
SCOPES = "write_assigned_fulfillment_orders"


@pytest.fixture
def serving(selling, practice):
    """A shop whose T-shirts lie at our fulfilment service."""
    practice.post("/_practice/stock_at_service", {"skus": ["NL-TEE-M"]})
    fulfilment_service.switch(selling, on=True, actor="Ana")
    yield selling
    fulfilment_service.switch(selling, on=False, actor="Ana")
    practice.post("/_practice/stock_at_service", {"skus": []})


def placed_order(practice, work_until):
    _, placed = buy(practice)
    order = Order.objects.filter(external_id=str(placed["order_id"]).rsplit("/", 1)[-1])
    work_until(order.exists)
    everything_arrived(practice, placed)
    work_until(lambda: not InboundEvent.objects.filter(state="new").exists())
    terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient", "state": "planned"}
    made = order.get()
    Shipment.objects.create(merchant=made.merchant, order=made, carrier="ups", service="11", **terms)
    return made, placed


def label_asked_for(order):
    """Do what a worker does before it buys the label of an order."""
    row = OutboundMessage(kind="shipments.label", payload={"shipment": order.shipments.get().pk})
    done = handle_label(row)
    if done:
        done()
    order.refresh_from_db()
    return order.state, order.reason


def answered(practice, work_until):
    """Work until every request was answered; return what the shop was told last."""
    work_until(lambda: not OutboundMessage.objects.filter(kind=fulfilment_service.KIND, state="new").exists())
    return answered_last(practice)


def answered_last(practice):
    said = [one for one in practice.get("/_practice/events")["events"] if one["kind"] == "fulfilment_request"]
    return said[-1] if said else None


def hand_over(practice, placed, what="request"):
    found = practice.post(f"/_practice/{what}_fulfilment", {"order_id": placed["order_id"]})
    assert set(found["answers"]) == {200}
    return found["moved"]


def test_order_that_was_not_handed_over_is_sent_after_it_was(practice, serving, work_until):
    order, placed = placed_order(practice, work_until)
    line = order.lines.get().external_id
    parcel = StoreFulfilment(order.external_id, {line: 1}, "ups", "1ZSERVE", "https://carrier.example/1ZSERVE")
    with pytest.raises(IntegrationError) as caught:
        patiently(lambda: adapter.fulfil(serving, parcel))
    assert caught.value.code == "not_requested"
    assert label_asked_for(order) == (Order.State.ON_HOLD, WAITS)  # no label, whoever releases it
    release(order, "Ana")
    assert label_asked_for(order) == (Order.State.ON_HOLD, WAITS)
    assert not LabelAttempt.objects.exists()
    assert len(hand_over(practice, placed)) == 1
    assert answered(practice, work_until)["answer"] == "accept"
    order.refresh_from_db()
    assert (order.state, store_says.must_wait(serving, order.external_id)) == (Order.State.READY, "")
    assert adapter.fulfil(serving, parcel)


def test_goods_at_no_fulfilment_service_wait_for_nobody(practice, serving, work_until):
    practice.post("/_practice/stock_at_service", {"skus": []})
    order, _ = placed_order(practice, work_until)
    assert patiently(lambda: store_says.must_wait(serving, order.external_id)) == ""


def test_order_that_is_not_planned_yet_is_answered_when_it_is(practice, serving, work_until):
    order, placed = placed_order(practice, work_until)
    order.shipments.all().delete()
    before = answered(practice, work_until)
    hand_over(practice, placed)
    work_until(lambda: not OutboundMessage.objects.due().filter(kind=fulfilment_service.KIND).exists())
    row = OutboundMessage.objects.filter(kind=fulfilment_service.KIND, state="new").get()  # looks again in a moment
    assert answered_last(practice) == before
    terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient", "state": "planned"}
    Shipment.objects.create(merchant=order.merchant, order=order, carrier="ups", service="11", **terms)
    OutboundMessage.objects.filter(pk=row.pk).update(due=timezone.now())
    assert answered(practice, work_until)["answer"] == "accept"


def test_order_without_customs_data_is_refused_with_the_reason(practice, serving, work_until):
    order, placed = placed_order(practice, work_until)
    Order.objects.filter(pk=order.pk).update(state=Order.State.NEEDS_DATA, reason="HS code of NL-TEE-M is missing")
    hand_over(practice, placed)
    said = answered(practice, work_until)
    assert (said["answer"], said["reason"]) == ("reject", "MISSING_CUSTOMS_INFO")
    assert said["message"] == "HS code of NL-TEE-M is missing"


@pytest.mark.parametrize(("label", "expected"), [("planned", "let_go"), ("bought", "keep"), ("buying", None)])
def test_order_is_let_go_until_its_label_is_bought(practice, serving, work_until, label, expected):
    """While a carrier is asked for the label nobody can say yet; then it is held already."""
    order, placed = placed_order(practice, work_until)
    hand_over(practice, placed)
    accepted = answered(practice, work_until)
    order.shipments.update(state=label, waybill="1ZLATE")
    hand_over(practice, placed, "call_off")
    work_until(lambda: not OutboundMessage.objects.due().filter(kind=fulfilment_service.KIND).exists())
    assert answered_last(practice)["answer"] == expected or (expected is None and answered_last(practice) == accepted)
    order.refresh_from_db()
    assert (order.reason == fulfilment_service.CALLED_OFF) is (label != "bought")


def test_order_that_was_called_off_may_be_handed_over_again(practice, serving, work_until):
    order, placed = placed_order(practice, work_until)
    for what, expected in (("request", "accept"), ("call_off", "let_go")):
        hand_over(practice, placed, what)
        assert answered(practice, work_until)["answer"] == expected
    assert store_says.must_wait(serving, order.external_id) == WAITS
    hand_over(practice, placed)
    assert answered(practice, work_until)["answer"] == "accept"
    order.refresh_from_db()
    assert order.state == Order.State.READY


def test_order_that_stands_still_is_answered_later(practice, serving, work_until):
    order, placed = placed_order(practice, work_until)
    Order.objects.filter(pk=order.pk).update(state=Order.State.ON_HOLD)
    before = answered(practice, work_until)
    hand_over(practice, placed)
    assert answered(practice, work_until) == before
    Order.objects.filter(pk=order.pk).update(state=Order.State.READY)
    fulfilment_service.look(Connection.objects.get())
    assert answered(practice, work_until)["answer"] == "accept"


def notify(client, connection, body, secret=SECRET, token=None, shop=SHOP):
    return client.post(
        f"/shopify/service/{token or connection.token}/fulfillment_order_notification",
        body,
        content_type="application/json",
        headers={
            "X-Shopify-Hmac-Sha256": body_signature(secret=secret, body=body),
            "X-Shopify-Shop-Domain": shop,
        },
    )


@pytest.mark.parametrize(
    ("body", "changes", "status"),
    [
        ({"kind": "FULFILLMENT_REQUEST"}, {}, 200),
        ({"kind": "CANCELLATION_REQUEST"}, {}, 200),
        ({"kind": "ELSE"}, {}, 400),
        ([], {}, 400),
        ({"kind": "FULFILLMENT_REQUEST"}, {"secret": "x" * 40}, 401),
        ({"kind": "FULFILLMENT_REQUEST"}, {"token": "nobodys"}, 404),
        ({"kind": "FULFILLMENT_REQUEST"}, {"shop": "other.myshopify.com"}, 401),
    ],
)
def test_notification_is_taken_from_the_shop_alone(shop, client, body, changes, status):
    answer = notify(client, shop, json.dumps(body).encode(), **changes)
    assert answer.status_code == status
    assert OutboundMessage.objects.filter(kind=fulfilment_service.KIND).exists() is (status == 200)


def test_waybill_is_named_where_it_can_be_one_only(shop, client):
    at = shop.installed_at
    for number, waybills in (("#1001", ["1ZA"]), ("#1002", ["1ZB", "1ZC"])):
        order = Order.objects.create(
            merchant=shop.merchant, connection=shop, channel="shopify", external_id=number, number=number,
            placed_at=at, store_updated_at=at, currency="EUR", country="DE",
        )  # fmt: skip
        terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient", "state": "bought"}
        for count, waybill in enumerate(waybills, 1):
            Shipment.objects.create(
                merchant=shop.merchant, order=order, carrier="ups", service="11", waybill=waybill, number=count, **terms
            )
    names = {"order_names[]": ["#1001.1", "#1002.1", "#9.1"]}
    answer = client.get(f"/shopify/service/{shop.token}/fetch_tracking_numbers", names)
    assert answer.json()["tracking_numbers"] == {"#1001.1": "1ZA"}
    assert client.get("/shopify/service/nobodys/fetch_tracking_numbers", names).status_code == 404
    assert client.get(f"/shopify/service/{shop.token}/fetch_stock.json", {"sku": "A"}).json() == {}


def test_stock_is_the_shops_until_it_is_counted_here(practice, serving, work_until, client):
    """What is kept for orders may not be sold again; what nobody counted is not told of."""
    assert not managed(serving)
    assert asked_for_stock(client, serving) == {}
    service_stock.count(serving, "NL-TEE-M 1\n", actor="Ana")
    fulfilment_service.switch(serving, on=True, actor="Ana")
    assert managed(serving)
    assert asked_for_stock(client, serving) == {"NL-TEE-M": 1}
    assert asked_for_stock(client, serving, sku="NL-MUG-350") == {}
    first, placed = placed_order(practice, work_until)
    hand_over(practice, placed)
    assert answered(practice, work_until)["answer"] == "accept"
    assert asked_for_stock(client, serving, sku="NL-TEE-M") == {"NL-TEE-M": 0}
    _, wanting = placed_order(practice, work_until)
    hand_over(practice, wanting)
    said = answered(practice, work_until)
    assert (said["answer"], said["reason"]) == ("reject", "INVENTORY_OUT_OF_STOCK")
    hand_over(practice, placed, "call_off")
    assert answered(practice, work_until)["answer"] == "let_go"
    assert asked_for_stock(client, serving) == {"NL-TEE-M": 1}
    hand_over(practice, placed)
    assert answered(practice, work_until)["answer"] == "accept"
    first.shipments.update(state="bought", waybill="1ZGONE", store_fulfilment_id="1")
    fulfilment_service.look(Connection.objects.get())
    level = StockLevel.objects.get()
    assert (level.on_hand, level.reserved) == (0, 0)
    assert Reservation.objects.get(state="sent").waybill == "1ZGONE"


def managed(connection):
    query = {"query": "{ shop { fulfillmentServices { serviceName inventoryManagement } } }"}
    said = shopify._authorised(connection, query, changes=False).json()["data"]["shop"]["fulfillmentServices"]
    return next(one["inventoryManagement"] for one in said if one["serviceName"] == fulfilment_service.NAME)


def asked_for_stock(client, connection, **query):
    return client.get(f"/shopify/service/{connection.token}/fetch_stock.json", {"shop": SHOP, **query}).json()


@pytest.mark.parametrize(
    ("text", "said"), [("TEE", "Line 1"), ("\nNOBODYS 3", "Line 2.*NOBODYS"), (" ", "at least one")]
)
def test_count_that_cannot_be_read_changes_nothing(shop, text, said):
    with pytest.raises(service_stock.BadCount, match=said):
        service_stock.count(shop, text, actor="Ana")
    assert not StockLevel.objects.exists()


def test_scope_must_be_granted_first(selling):
    selling.credentials = {**selling.credentials, "scope": "read_orders"}
    with pytest.raises(IntegrationError, match="write_assigned_fulfillment_orders"):
        fulfilment_service.switch(selling, on=True, actor="Ana")
