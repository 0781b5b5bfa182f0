"""From the cart to the doorstep's papers over real HTTP: our app, the practice VTEX, the practice carriers."""

import json
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from integrations.storefronts.vtex import client as client_of_vtex
from integrations.storefronts.vtex import configuration, feed, fulfilment, installing, reconciliation
from integrations.storefronts.vtex.adapter import adapter
from integrations.storefronts.vtex.feed import FEED, pull
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone, StoreFulfilment
from shipsmart.quotes.models import Quote
from tests.integrations.storefronts.vtex.conftest import Practice


def come_again(kind: str) -> None:
    OutboundMessage.objects.filter(kind=kind).update(due=timezone.now())


def test_an_order_goes_from_the_cart_to_an_invoiced_parcel(
    reachable: Connection, practice: Practice, carriers: Any, drained: Callable[[], None]
) -> None:
    form = practice.filled(("101", 2))
    # 19 % of 58.00 + 25.00 = 15.77; EUR 3 for the one tariff class.
    rows = {row["name"]: row["value"] for row in form["totalizers"] if row["id"] == "CustomTax"}
    assert rows == {"Customs duty": 300, "Import tax": 1577}
    order_id = practice.place(form)["orders"][0]["orderId"]
    come_again("vtex.feed")
    drained()
    order = Order.objects.get()
    assert (order.channel, order.external_id, order.incoterm) == ("vtex", order_id, "DDP")
    assert (order.shipping_paid, order.total_paid) == (Decimal("43.77"), Decimal("101.77"))
    assert order.quote == Quote.objects.get()
    assert order.collected["import_tax"] == "15.77"
    come_again("vtex.start_handling")
    come_again("vtex.feed")
    drained()
    shipment = order.shipments.get()
    assert shipment.waybill and shipment.duty_payer == "sender"
    told = practice.order(order_id)
    (package,) = told["packageAttachment"]["packages"]
    assert (package["trackingNumber"], package["courier"]) == (shipment.waybill, "DHL Express")
    assert (told["status"], package["invoiceValue"]) == ("invoiced", 10177)


def test_setting_up_keeps_what_others_configured_and_leaving_puts_it_back(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    placed = practice.state()
    assert placed["configuration"]["taxConfiguration"]["url"] == configuration.tax_url(connected)
    assert [app["id"] for app in placed["configuration"]["apps"]] == ["birthdays", "shipsmart"]
    assert placed["configuration"]["recaptchaValidation"] == "vtexCriteria"
    assert placed["feeds"].keys() == placed["hooks"].keys() == {practice.key}
    installing.disconnect(connected, actor="owner")
    drained()
    left = practice.state()
    assert left["configuration"]["taxConfiguration"] is None
    assert [app["id"] for app in left["configuration"]["apps"]] == ["birthdays"]
    assert (left["feeds"], left["hooks"]) == ({}, {})
    connected.refresh_from_db()
    assert (connected.status, connected.credentials) == ("uninstalled", {})


def test_a_tax_service_of_before_comes_back_when_we_leave(
    merchant: Any, practice: Practice, settings: Any, drained: Callable[[], None]
) -> None:
    settings.PUBLIC_URL = f"{practice.url}/_practice/sink"
    before = practice.state()["configuration"] | {"taxConfiguration": {"url": "https://tax.example", "appId": "other"}}
    practice.post("/api/checkout/pvt/configuration/orderForm", before)
    connection = installing.connect(practice.api_key(), merchant=merchant, actor="owner")
    drained()
    connection.refresh_from_db()
    installing.disconnect(connection, actor="owner")
    drained()
    assert practice.state()["configuration"] == before


def test_the_feed_brings_an_order_once_however_often_it_tells_of_it(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    practice.faults(hook_lost=True)
    practice.faults(feed_reorder=True)
    practice.faults(feed_repeat=True, count=2)
    for _ in range(3):
        practice.bought(("101", 1))
    pull(connected)
    drained()
    pull(connected)
    drained()
    assert Order.objects.count() == 3
    assert practice.state()["feeds"][practice.key]["waiting"] == 0


def test_a_feed_that_vanished_is_configured_again(connected: Connection, practice: Practice) -> None:
    practice.faults(feed_vanish=True, count=1)
    pull(connected)
    assert practice.key in practice.state()["feeds"]


def test_what_neither_feed_nor_hook_told_is_found_by_the_daily_list(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    practice.faults(hook_lost=True, feed_vanish=True)
    order_id = practice.bought(("101", 1))
    assert reconciliation.reconcile(connected) == 1
    assert reconciliation.reconcile(connected) == 0
    drained()
    assert Order.objects.get().external_id == order_id


def test_the_hook_brings_an_order_before_the_feed_is_asked(
    reachable: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    practice.faults(hook_lost=None)
    practice.bought(("101", 1))
    ends_at = time.monotonic() + 600
    while InboundEvent.objects.filter(source="vtex").count() < 3:  # approved, may be cancelled, ready
        assert time.monotonic() < ends_at, "the hook was not called"
    practice.faults(hook_lost=True)
    drained()
    assert Order.objects.count() == 1


def test_every_night_what_vanished_is_put_back_and_the_merchant_is_told(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    emptied = practice.state()["configuration"] | {"taxConfiguration": None, "apps": []}
    practice.post("/api/checkout/pvt/configuration/orderForm", emptied)
    practice.faults(hook_vanish=True, count=1)
    come_again("vtex.check")
    drained()
    state = practice.state()
    assert state["configuration"]["taxConfiguration"]["url"] == configuration.tax_url(connected)
    assert practice.key in state["hooks"]
    entry = AuditEntry.objects.get(action="store.configuration_checked")
    assert entry.data["put_back"] == ["tax", "app", "hook"]


def test_another_tax_service_in_our_place_is_told_and_left_alone(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    theirs = practice.state()["configuration"] | {"taxConfiguration": {"url": "https://tax.example"}}
    practice.post("/api/checkout/pvt/configuration/orderForm", theirs)
    come_again("vtex.check")
    drained()
    assert practice.state()["configuration"]["taxConfiguration"]["url"] == "https://tax.example"
    connected.refresh_from_db()
    assert connected.settings["foreign"] == ["tax"]


def test_a_key_that_was_revoked_is_told_and_a_new_one_goes_on(
    connected: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    practice.faults(api="401")
    come_again("vtex.feed")
    drained()
    connected.refresh_from_db()
    assert connected.status == Connection.Status.REAUTHORISE
    assert AuditEntry.objects.filter(action="store.reauthorise").count() == 1
    practice.faults(api=None)
    installing.connect(practice.api_key(), merchant=connected.merchant, actor="owner")
    drained()
    practice.bought(("101", 1))
    come_again("vtex.feed")
    drained()
    assert Order.objects.count() == 1
    assert OutboundMessage.objects.filter(kind=FEED.kind, state="new").count() == 1


def test_the_probe_names_exactly_the_rights_that_a_key_lacks(practice: Practice, db: None) -> None:
    lacking = ["Feed v3 and Hook Admin", "Save OrderForm Configuration"]
    body = {"key": "weak", "token": "t", "without": lacking}
    practice.post("/_practice/keys", body)
    before = practice.state()
    assert installing.probe(practice.api_key()) == []
    assert installing.probe(practice.api_key(app_key="weak", app_token="t")) == lacking
    assert practice.state() == before
    with pytest.raises(IntegrationError) as refused:
        installing.probe(practice.api_key(app_token="wrong"))
    assert refused.value.code == "reauthorise"


def test_a_right_that_is_missing_later_is_named_to_the_merchant(connected: Connection, practice: Practice) -> None:
    practice.faults(api="403", api_path="/orders/feed", count=1)
    with pytest.raises(IntegrationError, match="Feed v3 and Hook Admin"):
        pull(connected)
    connected.refresh_from_db()
    assert connected.settings["missing_rights"] == ["Feed v3 and Hook Admin"]


def test_a_renewed_token_is_used_at_once_and_the_old_one_ends(connected: Connection, practice: Practice) -> None:
    installing.rotate(connected, actor="owner")
    connected.refresh_from_db()
    assert connected.credentials["app_token"] != practice.token
    pull(connected)
    with pytest.raises(IntegrationError):
        installing.probe(practice.api_key())


@pytest.mark.parametrize("fault", ["500", "429", "rubbish"])
def test_a_vtex_that_fails_is_asked_again_later(
    connected: Connection, practice: Practice, drained: Callable[[], None], fault: str
) -> None:
    practice.bought(("101", 1))
    practice.faults(api=fault, count=4)
    come_again("vtex.feed")
    drained()
    practice.faults(api=None)
    OutboundMessage.objects.filter(state="new").update(due=timezone.now())
    InboundEvent.objects.filter(state="new").update(due=timezone.now())
    drained()
    assert Order.objects.count() == 1


def told(order: Any, lines: dict[str, int], waybill: str) -> StoreFulfilment:
    return StoreFulfilment(order.external_id, lines, "dhl_express", waybill, f"https://track.example/{waybill}")


def test_two_parcels_make_two_invoices_that_add_up_to_what_was_paid(connected: Connection, practice: Practice) -> None:
    order_id = practice.bought(("101", 2), ("102", 1))
    order = adapter.fetch_order(connected, order_id)
    tee, mug = (line.external_id for line in order.lines)
    first = adapter.fulfil(connected, told(order, {tee: 1}, "WB 1"))
    assert adapter.fulfil(connected, told(order, {tee: 1}, "WB 1")) == first
    node = practice.order(order_id)
    assert [(p["invoiceNumber"], p["invoiceValue"]) for p in node["packageAttachment"]["packages"]] == [
        ("SS-WB1", 2900)
    ]
    assert node["status"] == "invoice"
    adapter.fulfil(connected, told(order, {tee: 1, mug: 1}, "WB2"))
    node = practice.order(order_id)
    assert sum(p["invoiceValue"] for p in node["packageAttachment"]["packages"]) == node["value"]
    assert node["status"] == "invoiced"


def test_a_scan_is_told_once_and_the_last_one_says_delivered(connected: Connection, practice: Practice) -> None:
    order_id = practice.bought(("101", 1))
    order = adapter.fetch_order(connected, order_id)
    parcel = adapter.fulfil(connected, told(order, {order.lines[0].external_id: 1}, "WB3"))
    at = timezone.now()
    taken = CarrierEvent(at, "PU", "Picked up", "Oslo", "NO", Milestone.PICKED_UP)
    given = CarrierEvent(at, "OK", "Delivered", "Berlin", "DE", Milestone.DELIVERED)
    for event in (taken, taken, given):
        adapter.add_event(connected, parcel, event)
    status = practice.order(order_id)["packageAttachment"]["packages"][0]["courierStatus"]
    assert [row["description"] for row in status["data"]] == ["Picked up", "Delivered"]
    assert status["finished"] is True


def test_an_order_whose_taxes_no_quote_explains_is_held(
    reachable: Connection, practice: Practice, drained: Callable[[], None]
) -> None:
    practice.bought(("101", 1))
    Quote.objects.all().delete()
    pull(reachable)
    drained()
    order = Order.objects.get()
    assert (order.state, order.quote) == (Order.State.ON_HOLD, None)
    assert "no quote of ours explains" in order.reason


def test_an_order_cancelled_in_the_store_is_cancelled_here(
    connected: Connection, practice: Practice, carriers: Any, drained: Callable[[], None]
) -> None:
    order_id = practice.bought(("102", 1), address={"country": "DEU", "postalCode": "10969", "city": "Berlin"})
    pull(connected)
    drained()
    practice.post(f"/api/oms/pvt/orders/{order_id}/cancel", {"reason": "changed my mind"})
    pull(connected)
    drained()
    assert Order.objects.get().cancelled_at is not None


def test_a_forged_notification_is_refused(connected: Connection, client: Any) -> None:
    body = json.dumps({"OrderId": "1-01", "State": "handling", "Origin": {"Account": connected.account, "Key": "k"}})
    path = f"/vtex/{connected.token}/hook"
    for word in ("", "wrong", connected.credentials["authorization"]):
        answer = client.post(path, body, content_type="application/json", headers={"key": word})
        assert answer.status_code == 401
    word = {"key": connected.credentials["hook_word"]}
    other = body.replace(connected.account, "somebodyelse")
    assert client.post(path, other, content_type="application/json", headers=word).status_code == 400
    assert client.post(path, "{", content_type="application/json", headers=word).status_code == 400
    assert client.post(path, "[]", content_type="application/json", headers=word).status_code == 400
    assert not InboundEvent.objects.exists()
    assert client.post(path, body, content_type="application/json", headers=word).status_code == 200


def test_a_return_invoiced_in_vtex_is_recorded_once_and_split(
    reachable: Connection, practice: Practice, carriers: Any, drained: Callable[[], None]
) -> None:
    order_id = practice.bought(("101", 2))
    pull(reachable)
    drained()
    order = Order.objects.get()
    node = practice.order(order_id)
    assert node["status"] == "invoiced"
    line = node["items"][0]["uniqueId"]
    # One shirt of 29.00, half of the tax and duty on both (9.39 rounded), nothing of the freight.
    body = fulfilment.input_invoice(node, number="RET-1", lines={line: 1}, refund=Decimal("38.38"), at=timezone.now())
    client_of_vtex.invoice(practice.api_key(app_token=practice.token), order_id, body)
    for change in ("1", "2"):
        feed.told(reachable, order_id=order_id, state="invoiced", change=change)
    drained()
    refund = order.refunds.get()
    assert (refund.goods, refund.lines) == (Decimal("29.000"), {line: 1})
    assert refund.goods + refund.freight + refund.duty + refund.import_tax + refund.fees == Decimal("38.38")


def test_nothing_is_refunded_before_all_was_invoiced(connected: Connection, practice: Practice) -> None:
    node = practice.order(practice.bought(("101", 2)))
    with pytest.raises(IntegrationError, match="not fully invoiced"):
        fulfilment.input_invoice(node, number="R", lines={}, refund=Decimal(1), at=timezone.now())


def test_each_order_of_a_split_cart_has_its_own_quote_and_others_goods_are_not_ours(
    reachable: Connection, practice: Practice, carriers: Any, drained: Callable[[], None]
) -> None:
    reachable.settings["sellers"] = ["hub-oslo"]
    reachable.save(update_fields=["settings"])
    form = practice.filled(("101", 2), ("102", 1, "hub-oslo"), ("103", 1, "somebody"))
    placed = [row["orderId"] for row in practice.place(form)["orders"]]
    assert [order_id[-3:] for order_id in placed] == ["-01", "-02", "-03"]
    pull(reachable)
    drained()
    ours = Order.objects.order_by("external_id")
    assert [order.external_id for order in ours] == placed[:2]  # the third seller sends, and declares, his own
    assert Quote.objects.count() == 2
    for order in ours:
        node = practice.order(order.external_id)
        charged = sum(row["value"] for row in node["totals"] if row["id"] == "CustomTax")
        assert order.quote.charges == Decimal(charged) / 100 > 0
        assert [variant for variant, _ in order.quote.goods] == [node["items"][0]["id"]]
        assert order.state != Order.State.ON_HOLD
    assert all(row["id"] != "CustomTax" for row in practice.order(placed[2])["totals"])
