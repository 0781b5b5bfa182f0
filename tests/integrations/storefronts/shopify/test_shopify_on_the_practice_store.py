"""The adapter over the wire against the practice Shopify: tokens, orders, fulfilments, catalogue, faults."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.utils import timezone

from integrations.storefronts.shopify import client, codes, oauth, reconciliation, registration, tokens, topics
from integrations.storefronts.shopify.adapter import adapter
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone, StoreFulfilment, TaxId
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db(transaction=True)

ADDRESS = {
    "first_name": "Ana",
    "last_name": "Souza",
    "address1": "Rua Augusta 1",
    "city": "São Paulo",
    "province": "SP",
    "zip": "01305-000",
    "country": "BR",
    "phone": "+5511999999999",
    "tax_id": "529.982.247-25",
}


def age(shop, seconds):
    """Make the stored access token end in `seconds`."""
    ends = (timezone.now() + timedelta(seconds=seconds)).isoformat()
    shop.credentials = {**shop.credentials, "expires_at": ends}
    shop.save()


def place_order(practice, count=1, **checkout):
    variants = practice.get("/api/products")["products"][0]["variants"]
    items = [{"variant_id": variants[0]["variant_id"], "quantity": count}]
    begun = practice.post("/api/checkout", {"items": items, "address": ADDRESS, "email": "ana@example.com", **checkout})
    rate = begun["rates"][0]["service_code"]
    return practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": rate})


def number(global_id):
    return str(global_id).rsplit("/", 1)[-1]


def test_products_come_with_their_customs_data(connected):
    found = {variant.sku: variant for variant in adapter.products(connected)}
    shirt = found["NL-TEE-S"]
    assert (shirt.price, shirt.currency, shirt.weight_g) == (Decimal("29.00"), "EUR", 180)
    assert (shirt.hs_code, shirt.origin, shirt.title) == ("610910", "PT", "S")
    assert "" in {variant.hs_code for variant in found.values()}
    assert len({variant.product_id for variant in found.values()}) == 20


def test_token_is_refreshed_early_and_both_parts_are_kept(connected):
    before = dict(connected.credentials)
    age(connected, 60)
    assert tokens.access_token(connected) != before["access_token"]
    stored = Connection.objects.get(pk=connected.pk).credentials
    assert stored["refresh_token"] != before["refresh_token"]
    assert "refresh_lease" not in stored
    assert client.graphql(connected, "shop")["shop"]["name"]


def test_many_workers_refresh_once(connected, practice):
    age(connected, -1)
    grants = sum(event["kind"] == "grant" for event in practice.get("/_practice/events")["events"])
    practice.faults(oauth="slow:0.5", count=1)
    found = []

    def work():
        found.append(tokens.access_token(Connection.objects.get(pk=connected.pk)))
        database.close()

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(found) == 6
    assert len(set(found)) == 1
    after = sum(event["kind"] == "grant" for event in practice.get("/_practice/events")["events"])
    assert after - grants == 1


def test_store_that_gives_no_token_now_leaves_the_old_one_in_use(connected, practice):
    age(connected, 120)
    practice.faults(oauth="http_500")
    assert tokens.access_token(connected) == connected.credentials["access_token"]
    assert "refresh_lease" not in Connection.objects.get(pk=connected.pk).credentials


def test_dead_refresh_token_asks_for_the_merchant(connected):
    connected.credentials = {**connected.credentials, "refresh_token": "dead"}
    age(connected, -1)
    with pytest.raises(IntegrationError) as caught:
        tokens.access_token(connected)
    assert (caught.value.permanent, caught.value.code) == (True, "reauthorise")
    assert Connection.objects.get(pk=connected.pk).status == Connection.Status.REAUTHORISE
    assert AuditEntry.objects.filter(action="store.reauthorise").count() == 1


def test_token_refused_by_the_store_is_replaced_once(connected):
    connected.credentials = {**connected.credentials, "access_token": "shpat_revoked"}
    connected.save()
    assert client.graphql(connected, "shop")["shop"]["name"]


def test_token_that_does_not_expire_is_refused(app):
    with pytest.raises(IntegrationError) as caught:
        oauth._read({"access_token": "shpat_x", "scope": "read_orders"}, timezone.now())
    assert caught.value.code == "token_does_not_expire"


def test_code_works_once(practice):
    code = practice.code()
    oauth.exchange_code("nordic-lights.myshopify.com", code)
    with pytest.raises(IntegrationError) as caught:
        oauth.exchange_code("nordic-lights.myshopify.com", code)
    assert caught.value.permanent


def test_throttled_query_waits_and_goes_on(connected, practice):
    practice.faults(graphql="throttled", count=1)
    assert client.graphql(connected, "shop")["shop"]["name"]


@pytest.mark.parametrize("fault", ["http_500", "garbage", "internal_error"])
def test_failing_store_is_a_passing_error(connected, practice, fault):
    practice.faults(graphql=fault)
    with pytest.raises(IntegrationError) as caught:
        client.graphql(connected, "shop")
    assert not caught.value.permanent


def test_broken_mutation_leaves_its_outcome_unknown(connected, practice):
    practice.faults(graphql="garbage")
    with pytest.raises(IntegrationError) as caught:
        client.mutate(
            connected, "webhook_subscription_delete", "webhookSubscriptionDelete", {"id": "gid://shopify/X/1"}
        )
    assert caught.value.outcome_unknown


def test_what_the_store_objects_to_is_permanent(connected):
    variables = {"id": "gid://shopify/WebhookSubscription/1"}
    with pytest.raises(IntegrationError) as caught:
        client.mutate(connected, "webhook_subscription_delete", "webhookSubscriptionDelete", variables)
    assert caught.value.permanent


def test_webhooks_and_carrier_service_are_registered_once(connected, practice, standing, settings):
    standing.forget()
    settings.PUBLIC_URL = "http://127.0.0.1:1"
    registration.register_webhooks(connected)
    settings.PUBLIC_URL = "http://127.0.0.1:2"
    for _ in range(2):
        registration.register_webhooks(connected)
        assert registration.register_carrier_service(connected) == {"registered": True, "reason": ""}
    nodes = client.graphql(connected, "webhook_subscriptions")["webhookSubscriptions"]["nodes"]
    assert sorted(node["topic"] for node in nodes) == sorted(codes.TOPICS)
    assert {node["uri"] for node in nodes} == {"http://127.0.0.1:2/shopify/webhooks"}
    services = client.graphql(connected, "carrier_services")["carrierServices"]["nodes"]
    ours = [node["callbackUrl"] for node in services if node["name"] == "ShipSmart"]
    assert ours == [f"http://127.0.0.1:2/shopify/rates/{connected.token}"]


def test_order_is_fetched_whole(connected, practice):
    placed = place_order(practice, count=2)
    found = adapter.fetch_order(connected, number(placed["order_id"]))
    assert (found.number, found.currency, found.paid) == (placed["name"], "EUR", True)
    assert [(line.quantity, line.unit_price) for line in found.lines] == [(2, Decimal("29.00"))]
    assert (found.ship_to.country, found.ship_to.region, found.ship_to.postcode) == ("BR", "SP", "01305-000")
    assert found.ship_to.tax_ids == (TaxId("CPF", "529.982.247-25", "BR"),)
    assert found.total_paid == Decimal("58.00") + found.shipping_paid


def test_missing_order_is_permanent(connected):
    with pytest.raises(IntegrationError) as caught:
        adapter.fetch_order(connected, "1")
    assert caught.value.code == "no_such_order"


def test_changed_orders_are_found(connected, practice):
    before = datetime.now(UTC) - timedelta(seconds=2)
    placed = place_order(practice)
    assert number(placed["order_id"]) in adapter.orders_updated_since(connected, before)
    assert adapter.orders_updated_since(connected, datetime.now(UTC) + timedelta(hours=1)) == []


def patiently(act):
    """Do it again while the store has not routed the order."""
    for _ in range(40):
        try:
            return act()
        except IntegrationError as error:
            if error.permanent:
                raise
            threading.Event().wait(0.05)
    return act()


def test_parcel_is_told_once_with_its_events(connected, practice):
    placed = place_order(practice, count=2)
    external_id = number(placed["order_id"])
    line = adapter.fetch_order(connected, external_id).lines[0].external_id
    parcel = StoreFulfilment(
        order_external_id=external_id,
        lines={line: 1},
        carrier="dhl_express",
        waybill="1234567890",
        tracking_url="https://example.com/1234567890",
    )
    made = patiently(lambda: adapter.fulfil(connected, parcel))
    assert adapter.fulfil(connected, parcel) == made
    at = datetime.now(UTC)
    for _ in range(2):
        event = CarrierEvent(at, "OD", "With the courier", "São Paulo", "BR", Milestone.OUT_FOR_DELIVERY)
        adapter.add_event(connected, made, event)
    told = practice.get(f"/api/orders/{external_id}")["fulfilments"]
    assert len(told) == 1
    tracking = told[0]["tracking"]
    assert [(row["number"], row["company"]) for row in tracking] == [("1234567890", "DHL Express")]
    assert [event["status"] for event in told[0]["events"]] == ["OUT_FOR_DELIVERY"]
    rest = StoreFulfilment(external_id, {line: 2}, "ups", "1Z1", "https://example.com/1Z1")
    with pytest.raises(IntegrationError) as caught:
        adapter.fulfil(connected, rest)
    assert caught.value.code == "not_fulfillable"


def sent(connected, practice, waybill):
    """An order whose one unit was fulfilled under `waybill`; return its id and the store's of the fulfilment."""
    external_id = number(place_order(practice)["order_id"])
    line = adapter.fetch_order(connected, external_id).lines[0].external_id
    parcel = StoreFulfilment(external_id, {line: 1}, "ups", waybill, f"https://carrier.example/{waybill}")
    return external_id, parcel, patiently(lambda: adapter.fulfil(connected, parcel))


def test_voided_label_takes_its_fulfilment_back_and_the_goods_can_go_again(connected, practice):
    external_id, parcel, made = sent(connected, practice, "1ZVOID")
    for _ in range(2):
        adapter.cancel_fulfilment(connected, made)
    assert adapter.fetch_whole(connected, external_id).parcels == []
    assert adapter.fulfil(connected, replace(parcel, waybill="1ZNEXT")) != made
    [told] = adapter.fetch_whole(connected, external_id).parcels
    assert told.waybills == ("1ZNEXT",)


def test_waybill_typed_in_by_hand_gets_our_company_and_address(connected, practice):
    external_id, parcel, made = sent(connected, practice, "1ZHAND")
    tracking = {"number": "1ZHAND", "company": "Other", "url": "https://elsewhere.example/1ZHAND"}
    variables = {"id": f"gid://shopify/Fulfillment/{made}", "tracking": tracking, "notify": False}
    client.mutate(connected, "fulfilment_tracking_update", "fulfillmentTrackingInfoUpdate", variables)
    assert adapter.fulfil(connected, parcel) == made
    [shown] = practice.get(f"/api/orders/{external_id}")["fulfilments"][0]["tracking"]
    assert (shown["company"], shown["url"]) == ("UPS", "https://carrier.example/1ZHAND")


def test_order_sent_in_two_parcels_makes_two_fulfilments(connected, practice):
    placed = place_order(practice, count=3)
    external_id = number(placed["order_id"])
    line = adapter.fetch_order(connected, external_id).lines[0].external_id
    for waybill, units in (("1111111111", 1), ("2222222222", 2)):
        parcel = StoreFulfilment(external_id, {line: units}, "dhl_express", waybill, f"https://example.com/{waybill}")
        patiently(lambda parcel=parcel: adapter.fulfil(connected, parcel))
    told = adapter.fetch_whole(connected, external_id).parcels
    assert sorted(parcel.waybills for parcel in told) == [("1111111111",), ("2222222222",)]


def test_order_of_many_parcels_is_known_whole(connected, practice):
    external_id = number(place_order(practice, count=11)["order_id"])
    line = adapter.fetch_order(connected, external_id).lines[0].external_id
    waybills = [f"1ZMANY{one:02}" for one in range(11)]
    for waybill in waybills:
        parcel = StoreFulfilment(external_id, {line: 1}, "ups", waybill, f"https://carrier.example/{waybill}")
        patiently(lambda parcel=parcel: adapter.fulfil(connected, parcel))
    told = adapter.fetch_whole(connected, external_id).parcels
    assert sorted(waybill for parcel in told for waybill in parcel.waybills) == waybills


def test_shop_that_sleeps_keeps_its_tokens_by_reconciliation(connected):
    age(connected, -60)
    before = dict(connected.credentials)
    reconciliation.reconcile(Connection.objects.select_related("merchant").get())
    after = Connection.objects.get().credentials
    assert after["refresh_token"] != before["refresh_token"]
    assert after["refresh_expires_at"] > before["refresh_expires_at"]


def test_pictures_come_with_the_products(connected):
    pictures = [variant.image_url for variant in adapter.products(connected)]
    assert all(picture.startswith("https://") for picture in pictures)


@pytest.mark.parametrize(
    ("public_url", "begins"),
    [
        ("https://app.example", "https://app.example/checkout/track/"),
        ("http://127.0.0.1:1", "https://carrier.example/1"),
    ],
)
def test_shopper_follows_the_parcel_on_our_page(connected, practice, settings, public_url, begins):
    settings.PUBLIC_URL = public_url
    placed = place_order(practice)
    external_id = number(placed["order_id"])
    at = datetime(2026, 11, 22, tzinfo=UTC)
    order = Order.objects.create(
        merchant=connected.merchant, connection=connected, channel="shopify", external_id=external_id, number="#1",
        placed_at=at, store_updated_at=at, currency="EUR", country="BR",
    )  # fmt: skip
    terms = {"incoterm": "DAP", "duties_collected": False, "duty_payer": "recipient"}
    Shipment.objects.create(merchant=order.merchant, order=order, carrier="ups", service="11", waybill="1ZP", **terms)
    line = adapter.fetch_order(connected, external_id).lines[0].external_id
    parcel = StoreFulfilment(external_id, {line: 1}, "ups", "1ZP", "https://carrier.example/1ZP")
    patiently(lambda: adapter.fulfil(connected, parcel))
    [tracking] = practice.get(f"/api/orders/{external_id}")["fulfilments"][0]["tracking"]
    assert tracking["url"].startswith(begins)
    assert tracking["company"] == "UPS"


@pytest.mark.parametrize(
    "field", ["Order.shippingAddress", "Order.shippingLine", "ShippingLine.code", "LineItem.variant"]
)
def test_order_with_a_gap_is_taken_in_or_held_with_a_reason(connected, practice, field):
    external_id = number(place_order(practice)["order_id"])
    practice.faults(graphql_null=field)
    effects = topics._order(connected, external_id)
    practice.faults(graphql_null=None)
    effects()
    order = Order.objects.get(external_id=external_id)
    assert order.state in (Order.State.READY, Order.State.ON_HOLD, Order.State.NEEDS_DATA)
