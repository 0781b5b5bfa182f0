"""A shop that leaves, comes back, changes its scopes, and asks us to forget, against the practice Shopify."""

import json
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone

from integrations.storefronts.shopify import client, codes, oauth, registration
from integrations.storefronts.shopify.adapter import adapter
from shipsmart.catalog.models import Product
from shipsmart.compliance.models import ScreenedParty
from shipsmart.inbox.models import InboundEvent
from shipsmart.merchants.models import AuditEntry, Connection, Member, Merchant
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError
from tests.integrations.storefronts.shopify.shopping import SHOP, buy

pytestmark = pytest.mark.django_db(transaction=True)


def test_late_news_of_an_earlier_uninstallation_ends_nothing(selling, work_until):
    InboundEvent.objects.create(
        source="shopify",
        topic="app/uninstalled",
        dedup_key="late",
        account=SHOP,
        headers={"Triggered-At": (selling.installed_at - timedelta(seconds=5)).isoformat()},
        body=json.dumps({"myshopify_domain": SHOP}),
    )
    work_until(lambda: not InboundEvent.objects.due().exists())
    assert Connection.objects.get().status == Connection.Status.ACTIVE


def test_shopper_gets_a_copy_of_what_is_held(selling, practice, work_until):
    _, placed = buy(practice)
    work_until(Order.objects.filter(external_id=placed["order_id"]).exists)
    details = {"customer": {"email": "jm@example.com"}, "data_request": {"id": 9999}}
    practice.post("/_practice/compliance", {"topic": "customers/data_request", "orders_requested": [], **details})
    work_until(lambda: AuditEntry.objects.filter(action="privacy.exported").exists())
    entry = AuditEntry.objects.get(action="privacy.exported")
    with default_storage.open(entry.data["file"]) as file:
        copy = json.load(file)
    held = {order["number"]: order for order in copy["orders"]}
    assert held[placed["name"]]["ship_to"]["address1"] == "Invalidenstraße 1"
    owner = Client()
    person = get_user_model().objects.create_user("owner")
    Member.objects.create(merchant=selling.merchant, user=person, role=Member.Role.OWNER)
    owner.force_login(person)
    assert "Hand out the copy until" in owner.get("/").content.decode()
    path = f"/settings/store/copies/{entry.pk}/"
    assert f'action="{path}"' in owner.get("/settings/store/").content.decode()
    assert Client().post(path).status_code == 302
    taken = owner.post(path)
    assert json.loads(b"".join(taken.streaming_content)) == copy
    assert "Hand out the copy until" not in owner.get("/").content.decode()
    # The shopper is forgotten: the copy, and the name that was screened, go with the order.
    ScreenedParty.objects.create(merchant=selling.merchant, name=copy["orders"][0]["shopper"], screened_with="x")
    details = {"customer": {"email": "jm@example.com"}, "orders_to_redact": [int(placed["order_id"])]}
    practice.post("/_practice/compliance", {"topic": "customers/redact", **details})
    work_until(lambda: AuditEntry.objects.filter(action="privacy.redacted").exists())
    assert not default_storage.exists(entry.data["file"])
    assert not ScreenedParty.objects.filter(merchant=selling.merchant).exists()
    assert "is erased" in owner.post(path, follow=True).content.decode()
    assert path not in owner.get("/settings/store/").content.decode()


def test_shopper_is_forgotten(selling, practice, work_until):
    _, placed = buy(practice)
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: ours.exists() and not InboundEvent.objects.due().exists())
    ours.update(receiver={"phone": "+4930123456", "PCCC": "P123456789012"})
    details = {"customer": {"email": "jm@example.com"}, "orders_to_redact": [int(placed["order_id"])]}
    practice.post("/_practice/compliance", {"topic": "customers/redact", **details})
    work_until(lambda: AuditEntry.objects.filter(action="privacy.redacted").exists())
    order = ours.get()
    assert {key: value for key, value in order.ship_to.items() if value} == {"country": "DE"}
    assert (order.shopper, order.receiver) == ("", {})
    assert not InboundEvent.objects.filter(topic__startswith="orders/", body__contains="Müller").exists()


def test_shop_is_erased_after_its_uninstallation(selling, practice, standing, work_until):
    standing.forget()
    buy(practice)
    work_until(Order.objects.exists)
    practice.post("/_practice/uninstall")
    work_until(lambda: Connection.objects.get().status == Connection.Status.UNINSTALLED)
    practice.post("/_practice/compliance", {"topic": "shop/redact"})
    work_until(lambda: not Connection.objects.exists())
    for model in (Order, Product, Merchant):
        assert not model.objects.exists(), model
    assert not InboundEvent.objects.filter(body__contains="Müller").exists()


def test_shop_that_came_back_is_not_erased(selling, practice, work_until):
    practice.post("/_practice/compliance", {"topic": "shop/redact"})
    work_until(lambda: AuditEntry.objects.filter(action="privacy.shop_is_back").exists())
    assert Product.objects.exists()


def test_shop_whose_farewell_was_lost_is_erased_all_the_same(selling, practice, standing, work_until):
    standing.forget()
    practice.faults(webhook_lost=True)
    practice.post("/_practice/uninstall")
    practice.faults(clear=True)
    assert Connection.objects.get().status == Connection.Status.ACTIVE
    practice.post("/_practice/compliance", {"topic": "shop/redact"})
    work_until(lambda: not Connection.objects.exists())
    assert not Merchant.objects.exists()


def test_new_scopes_bring_the_webhooks_that_were_refused(selling, practice, standing, work_until):
    standing.forget()
    nodes = client.graphql(selling, "webhook_subscriptions")["webhookSubscriptions"]["nodes"]
    lost = next(node["id"] for node in nodes if node["topic"] == "RETURNS_REQUEST")
    client.mutate(selling, "webhook_subscription_delete", "webhookSubscriptionDelete", {"id": lost})
    body = json.dumps({"current": ["read_orders", "write_returns"]})
    InboundEvent.objects.create(source="shopify", topic="app/scopes_update", dedup_key="s", account=SHOP, body=body)
    work_until(InboundEvent.objects.filter(dedup_key="s", state="done").exists)
    nodes = client.graphql(selling, "webhook_subscriptions")["webhookSubscriptions"]["nodes"]
    assert sorted(node["topic"] for node in nodes) == sorted(codes.TOPICS)
    row = Connection.objects.get()
    assert row.credentials["scope"] == "read_orders,write_returns"
    assert row.settings["topics_refused"] == []


def test_shop_that_refuses_one_topic_has_all_the_others(selling, practice, standing, monkeypatch):
    standing.forget()
    monkeypatch.setattr(registration, "TOPICS", (*codes.TOPICS, "NO_SUCH_TOPIC"))
    assert registration.register_webhooks(selling) == ["NO_SUCH_TOPIC"]


def test_shop_uninstalled_while_its_token_is_refreshed_stays_gone(selling, monkeypatch):
    refreshed = oauth.refresh

    def refresh_and_uninstall(shop, token):
        grant = refreshed(shop, token)
        Connection.objects.update(status=Connection.Status.UNINSTALLED, credentials={})
        return grant

    monkeypatch.setattr(oauth, "refresh", refresh_and_uninstall)
    ends = (timezone.now() - timedelta(minutes=1)).isoformat()
    selling.credentials = {**selling.credentials, "expires_at": ends}
    selling.save()
    with pytest.raises(IntegrationError) as caught:
        adapter.fetch_order(selling, "1")
    assert caught.value.code == "reauthorise"
    gone = Connection.objects.get()
    assert (gone.status, gone.credentials) == (Connection.Status.UNINSTALLED, {})


@pytest.mark.parametrize("topic", ["orders/create", "returns/request", "bulk_operations/finish", "products/update"])
def test_message_of_a_shop_that_left_meanwhile_is_put_away(selling, work_until, topic):
    Connection.objects.update(status=Connection.Status.UNINSTALLED, credentials={})
    InboundEvent.objects.create(source="shopify", topic=topic, dedup_key="m", account=SHOP, body='{"id": 7}')
    work_until(InboundEvent.objects.filter(dedup_key="m", state="done").exists)
    assert not AuditEntry.objects.filter(action="store.message_failed").exists()
