"""From the install button to the erasure of the shop, against the practice Shopify over real HTTP."""

import json
import time
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
import requests
from django.utils import timezone

from integrations.storefronts.shopify import oauth, reconciliation
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.views import STATE_COOKIE
from shipsmart.catalog.models import Product, Variant
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, Member, Merchant
from shipsmart.orders.models import Order
from shipsmart.ports import StoreFulfilment
from shipsmart.shipments.models import Shipment
from tests.integrations.storefronts.shopify.shopping import SHOP, buy, everything_arrived, patiently

pytestmark = pytest.mark.django_db(transaction=True)


def walk_in(app_url, session):
    """Press install and come back from Shopify; return the answer to the callback."""
    away = session.get(f"{app_url}/shopify/install", params={"shop": SHOP}, allow_redirects=False, timeout=10)
    back = session.get(away.headers["Location"], allow_redirects=False, timeout=10)
    return back.headers["Location"]


@pytest.fixture
def installed(practice, live_server, standing, work_until):
    """The whole installation, from the button to the last page of the catalogue."""
    standing.forget()
    with requests.Session() as session:
        back = walk_in(live_server.url, session)
        answer = session.get(back, allow_redirects=False, timeout=20)
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"].endswith(f"/{SHOP}/admin/apps/practice-client")
    work_until(lambda: Variant.objects.count() >= 20 and Connection.objects.get().last_synced_at)
    return Connection.objects.select_related("merchant").get()


def test_fresh_installation_makes_merchant_store_and_catalogue(installed):
    merchant = installed.merchant
    assert (merchant.name, merchant.country, merchant.currency) == ("Nordic Lights", "NO", "EUR")
    assert merchant.address1 and merchant.city and merchant.postcode
    assert installed.status == Connection.Status.ACTIVE
    assert installed.credentials["refresh_token"]
    assert installed.settings["carrier_service"] == {"registered": True, "reason": ""}
    assert Product.objects.filter(connection=installed).count() == 20
    assert Variant.objects.get(sku="NL-TEE-M").hs_code == "610910"
    actions = set(AuditEntry.objects.values_list("action", flat=True))
    assert {"store.installed", "store.set_up"} <= actions


def test_second_installation_renews_the_same_connection(installed, practice, live_server, work_until):
    before = installed.credentials["access_token"]
    with requests.Session() as session:
        session.get(walk_in(live_server.url, session), allow_redirects=False, timeout=20)
    again = Connection.objects.get()
    assert again.pk == installed.pk
    assert again.credentials["access_token"] != before
    assert Merchant.objects.count() == 1


def test_callback_works_once_and_only_in_the_browser_that_began(practice, live_server):
    with requests.Session() as session, requests.Session() as stranger:
        back = walk_in(live_server.url, session)
        assert stranger.get(back, allow_redirects=False, timeout=10).status_code == 400
        cookie = session.cookies.copy()
        assert session.get(back, allow_redirects=False, timeout=20).status_code == 302
        assert session.get(back, allow_redirects=False, timeout=20).status_code == 400
        replayed = requests.get(back, cookies=cookie, allow_redirects=False, timeout=20)
        assert replayed.status_code == 400
    assert Connection.objects.count() == 1


def signed(**pairs):
    pairs = {"shop": SHOP, "code": "c", "timestamp": str(int(time.time())), **pairs}
    return urlencode({**pairs, "hmac": oauth.query_hmac("practice-secret-of-forty-letters-or-more", pairs)})


def test_wrong_state_wrong_signature_and_old_queries_connect_nothing(practice, client):
    away = client.get("/shopify/install", {"shop": SHOP})
    state = parse_qs(urlsplit(away["Location"]).query)["state"][0]
    assert STATE_COOKIE in client.cookies
    for query in (
        signed(state="another"),
        signed(state=""),
        signed(state=state, shop="other.myshopify.com"),
        signed(state=state, timestamp=str(int(time.time()) - 100)),
        signed(state=state)[:-1] + "x",
        f"{signed(state=state)}&shop=other.myshopify.com",
    ):
        assert client.get(f"/shopify/callback?{query}").status_code == 400
    assert not Connection.objects.exists()


@pytest.mark.parametrize("shop", ["", "evil.example", "evil.example/x.myshopify.com", "x.myshopify.com.evil.example"])
def test_install_goes_to_shops_only(client, app, shop):
    answer = client.get("/shopify/install", {"shop": shop})
    assert answer.status_code == 400
    assert "Location" not in answer


@pytest.mark.parametrize("extra", ["", "draft_orders"], ids=["installing", "agreeing to an extra"])
def test_owner_who_is_logged_in_keeps_the_store(practice, client, owner, merchant, extra):
    client.force_login(owner)
    away = client.get("/shopify/install", {"shop": SHOP, "with": extra})
    back = requests.get(away["Location"], allow_redirects=False, timeout=10).headers["Location"]
    answer = client.get(f"/shopify/callback?{urlsplit(back).query}")
    store = Connection.objects.get()
    assert (answer.status_code, store.merchant) == (302, merchant)
    assert answer["Location"] == (f"/shopify/store/{store.pk}/" if extra else "/")  # where it was asked for


def test_teammate_cannot_connect_a_store(practice, client, merchant, django_user_model):
    mate = django_user_model.objects.create_user("mate@example.com")
    Member.objects.create(merchant=merchant, user=mate)
    client.force_login(mate)
    away = client.get("/shopify/install", {"shop": SHOP})
    back = requests.get(away["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert client.get(f"/shopify/callback?{urlsplit(back).query}").status_code == 403
    assert not Connection.objects.exists()


def test_store_in_use_by_another_account_is_not_taken_over(practice, client, owner, merchant, django_user_model):
    other = Merchant.objects.create(name="Other", country="NO", currency="EUR")
    user = django_user_model.objects.create_user("other@example.com")
    Member.objects.create(merchant=other, user=user, role=Member.Role.OWNER)
    Connection.objects.create(merchant=other, storefront="shopify", account=SHOP)
    client.force_login(owner)
    away = client.get("/shopify/install", {"shop": SHOP})
    back = requests.get(away["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert client.get(f"/shopify/callback?{urlsplit(back).query}").status_code == 403
    assert Connection.objects.get().merchant == other


def test_checkout_is_answered_by_us_and_its_order_comes_back_once(selling, practice, work_until):
    practice.faults(webhook_duplicates=2, webhook_out_of_order=True, webhook_burst_s=0.4)
    begun, placed = buy(practice)
    assert begun["source"] == "carrier"
    work_until(Order.objects.filter(external_id=placed["order_id"]).exists)
    order = Order.objects.get(external_id=placed["order_id"])
    assert (order.number, order.external_id) == (placed["name"], placed["order_id"])
    assert order.shipping_code == begun["rates"][0]["service_code"]
    assert order.quote is not None
    assert order.ship_to["name"] == "Jörg Müller"
    practice.post("/_practice/resend_webhooks", {"order_id": placed["order_id"]})
    everything_arrived(practice, placed)
    work_until(lambda: not InboundEvent.objects.due().exists())
    assert Order.objects.filter(external_id=placed["order_id"]).count() == 1
    created = InboundEvent.objects.filter(topic="orders/create", body__contains=placed["order_id"])
    assert created.count() == 1


def test_shopper_who_pays_in_another_currency_is_matched_to_the_quote(selling, practice, work_until):
    _, placed = buy(practice, currency="GBP")
    work_until(Order.objects.filter(external_id=placed["order_id"]).exists)
    order = Order.objects.get(external_id=placed["order_id"])
    assert order.quote is not None
    assert (order.currency, order.shipping_paid) == (order.quote.currency, order.quote.price)


@pytest.mark.parametrize(
    ("topic", "payload"),
    [
        ("orders/paid", {"id": 0}),
        ("orders/edited", {"order_edit": {"order_id": 0}}),
        ("refunds/create", {"id": 1, "order_id": 0}),
    ],
)
def test_every_topic_of_an_order_fetches_the_order(selling, practice, work_until, topic, payload):
    practice.faults(webhook_lost=True)
    _, placed = buy(practice)
    body = json.dumps(payload).replace(": 0", f": {placed['order_id']}")
    InboundEvent.objects.create(source="shopify", topic=topic, dedup_key=topic, account=SHOP, body=body)
    work_until(Order.objects.filter(external_id=placed["order_id"]).exists)


def test_routed_order_is_found_by_its_fulfilment_order(selling, practice, work_until):
    _, placed = buy(practice)
    routed = InboundEvent.objects.filter(topic="fulfillment_orders/order_routing_complete", state="done")
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: routed.exists() and ours.exists())  # the news of an earlier test's order may come in here too
    assert ours.count() == 1


def test_payload_that_names_nothing_is_given_up_at_once_and_told(selling, work_until):
    InboundEvent.objects.create(source="shopify", topic="orders/edited", dedup_key="x", account=SHOP, body='{"a": 1}')
    work_until(AuditEntry.objects.filter(action="store.message_failed").exists)
    event = InboundEvent.objects.get(dedup_key="x")
    assert (event.state, event.attempts) == ("dead", 1)


def test_order_whose_webhooks_were_lost_is_found_by_reconciliation(selling, practice, work_until):
    practice.faults(webhook_lost=True)
    _, placed = buy(practice)
    assert not InboundEvent.objects.filter(body__contains=placed["order_id"]).exists()
    assert reconciliation.reconcile(selling) >= 1
    assert reconciliation.reconcile(Connection.objects.get()) == 0
    work_until(lambda: Order.objects.filter(external_id=placed["order_id"]).exists())


def test_reconciliation_plans_its_next_time(installed):
    waiting = OutboundMessage.objects.filter(kind="shopify.reconcile", due__gt=timezone.now() + timedelta(minutes=10))
    assert waiting.count() == 1


def test_order_fulfilled_by_somebody_else_is_held(selling, practice, work_until):
    _, placed = buy(practice)
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: ours.exists() and not InboundEvent.objects.due().exists())
    line = ours.get().lines.get()
    parcel = StoreFulfilment(placed["order_id"], {line.external_id: 1}, "ups", "1ZFOREIGN", "https://example.com/1Z")
    patiently(lambda: adapter.fulfil(selling, parcel))
    work_until(ours.filter(events__kind="fulfilled_elsewhere").exists)
    held = ours.get()
    assert held.state == Order.State.ON_HOLD
    assert "1ZFOREIGN" in held.reason
    assert "make sure that this label is DDP" in held.reason


def test_order_cancelled_in_the_store_is_cancelled_here(selling, practice, work_until):
    _, placed = buy(practice)
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(ours.exists)
    practice.post("/_practice/cancel_order", {"order_id": placed["order_id"], "reason": "CUSTOMER"})
    work_until(ours.filter(state=Order.State.CANCELLED).exists)
    assert ours.get().cancelled_at


def test_order_fulfilled_before_it_is_first_seen_is_held_once(selling, practice, work_until):
    practice.faults(webhook_lost=True)
    _, placed = buy(practice)
    line = adapter.fetch_order(selling, placed["order_id"]).lines[0]
    parcel = StoreFulfilment(placed["order_id"], {line.external_id: 1}, "ups", "1ZEARLY", "https://example.com/1Z")
    patiently(lambda: adapter.fulfil(selling, parcel))
    ours = Order.objects.filter(external_id=placed["order_id"])
    assert not ours.exists()
    practice.faults(clear=True, rate_cache=False)
    reconciliation.reconcile(selling)
    work_until(ours.filter(events__kind="fulfilled_elsewhere").exists)
    held = ours.get()
    assert held.state == Order.State.ON_HOLD
    assert "1ZEARLY" in held.reason
    ours.update(state=Order.State.READY)  # a person has looked and released it
    practice.post("/_practice/resend_webhooks", {"order_id": placed["order_id"]})
    everything_arrived(practice, placed)
    work_until(lambda: not InboundEvent.objects.due().exists())
    assert ours.get().state == Order.State.READY
    assert held.events.filter(kind="fulfilled_elsewhere").count() == 1


def test_our_own_fulfilment_coming_back_holds_nothing(selling, practice, work_until):
    _, placed = buy(practice)
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: ours.exists() and not InboundEvent.objects.due().exists())
    order = ours.get()
    Shipment.objects.create(
        merchant=order.merchant,
        order=order,
        carrier="ups",
        service="11",
        incoterm="DDP",
        duties_collected=True,
        duty_payer="sender",
        waybill="1ZOURS",
    )
    line = order.lines.get()
    parcel = StoreFulfilment(placed["order_id"], {line.external_id: 1}, "ups", "1ZOURS", "https://example.com/1Z")
    patiently(lambda: adapter.fulfil(selling, parcel))
    work_until(InboundEvent.objects.filter(topic="fulfillments/create", state="done").exists)
    assert not ours.filter(events__kind="fulfilled_elsewhere").exists()


def test_changed_product_is_imported_again(selling, practice, work_until):
    handle = practice.get("/api/products")["products"][0]["handle"]
    practice.post("/_practice/update_product", {"handle": handle, "title": "Fjord T-shirt, new cut"})
    work_until(lambda: Product.objects.filter(title="Fjord T-shirt, new cut").exists())


def test_uninstalled_shop_is_forgotten_and_may_come_back(selling, practice, standing, work_until, live_server):
    standing.forget()
    practice.post("/_practice/uninstall")
    work_until(lambda: Connection.objects.get().status == Connection.Status.UNINSTALLED)
    gone = Connection.objects.get()
    assert gone.credentials == {}
    assert gone.uninstalled_at
    with requests.Session() as session:
        session.get(walk_in(live_server.url, session), allow_redirects=False, timeout=20)
    back = Connection.objects.get()
    assert (back.status, back.uninstalled_at) == (Connection.Status.ACTIVE, None)
