"""The webhook address: what is Shopify's is stored once, everything else is refused and leaves nothing behind."""

import json

import pytest
from django.utils import timezone

from integrations.kit.signing import hmac_base64
from shipsmart.inbox.models import InboundEvent
from shipsmart.merchants.models import Connection

pytestmark = pytest.mark.django_db

SHOP = "nordic-lights.myshopify.com"
SECRET = "practice-secret-of-forty-letters-or-more"


def deliver(client, body=b'{"id": 1}', *, path="/shopify/webhooks", secret=SECRET, prefix="X-Shopify-", **changes):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    headers = {
        "Topic": "orders/create",
        "Shop-Domain": SHOP,
        "Webhook-Id": "b54557e4",
        "Triggered-At": "2026-11-22T10:00:00.000Z",
        "Hmac-Sha256": hmac_base64(secret, body),
        **{key.replace("_", "-"): value for key, value in changes.items()},
    }
    named = {f"{prefix}{key}": value for key, value in headers.items() if value is not None}
    return client.post(path, data=body, content_type="application/json", headers=named)


def test_webhook_is_stored_and_acknowledged(client, shop):
    assert deliver(client).status_code == 200
    event = InboundEvent.objects.get()
    assert (event.source, event.topic, event.account) == ("shopify", "orders/create", SHOP)
    assert (event.dedup_key, event.body) == ("b54557e4", '{"id": 1}')
    assert event.headers["Triggered-At"] == "2026-11-22T10:00:00.000Z"
    assert "Hmac-Sha256" not in event.headers


def test_same_delivery_three_times_is_stored_once(client, shop):
    assert [deliver(client).status_code for _ in range(3)] == [200, 200, 200]
    assert InboundEvent.objects.count() == 1


def test_delivery_without_an_id_is_known_by_its_content(client, shop):
    for body in ({"id": 1}, {"id": 1}, {"id": 2}):
        assert deliver(client, body, Webhook_Id=None).status_code == 200
    assert InboundEvent.objects.count() == 2


def test_headers_without_the_old_prefix_are_taken(client, shop):
    assert deliver(client, prefix="shopify-").status_code == 200
    assert InboundEvent.objects.count() == 1


def test_old_secret_is_taken_while_the_new_one_rolls_out(client, shop, settings):
    settings.SHOPIFY_OLD_CLIENT_SECRET = "the secret of yesterday"
    settings.SHOPIFY_SECRET_ROTATED_AT = timezone.now()
    assert deliver(client, secret="the secret of yesterday").status_code == 200


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (401, {"secret": "another secret"}),
        (401, {"Hmac_Sha256": None}),
        (401, {"Hmac_Sha256": "not base64 at all"}),
        (401, {"Hmac_Sha256": "\xfc\xfc"}),
        (400, {"Topic": None}),
        (400, {"Topic": "x" * 81}),
        (400, {"Webhook_Id": "x" * 201}),
        (400, {"Shop_Domain": None}),
        (400, {"Shop_Domain": "evil.example"}),
        (404, {"Shop_Domain": "stranger.myshopify.com"}),
        (400, {"body": b'{"id": 1'}),
        (400, {"body": b""}),
        (400, {"body": b"[1]"}),
        (400, {"body": b'{"name": "J\xfcrgen"}'}),
        (400, {"body": b"[" * 100_000}),
        (400, {"body": {"id": 1, "myshopify_domain": "other.myshopify.com"}, "Topic": "app/uninstalled"}),
        (413, {"body": b'"' + b"x" * 1024 * 1024 + b'"'}),
        (413, {"body": b'"' + b"x" * 3 * 1024 * 1024 + b'"'}),
    ],
)
def test_what_is_not_right_is_refused_and_not_stored(client, shop, status, changes):
    answer = deliver(client, **changes)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message"}
    assert not InboundEvent.objects.exists()


def test_only_posting_is_allowed(client, shop):
    assert client.get("/shopify/webhooks").status_code == 405


def test_compliance_requests_are_taken_from_shops_long_gone(client, app):
    body = {"shop_id": 1, "shop_domain": "gone.myshopify.com"}
    answer = deliver(
        client, body, path="/shopify/webhooks/compliance", Topic="shop/redact", Shop_Domain="gone.myshopify.com"
    )
    assert answer.status_code == 200
    assert InboundEvent.objects.get().topic == "shop/redact"


def test_compliance_request_signed_wrongly_is_refused(client, app):
    body = {"shop_domain": SHOP}
    answer = deliver(client, body, path="/shopify/webhooks/compliance", Topic="shop/redact", secret="another")
    assert answer.status_code == 401
    assert not InboundEvent.objects.exists()


def test_compliance_request_must_name_its_shop_in_the_signed_body(client, shop):
    assert deliver(client, {"shop_id": 1}, Topic="shop/redact").status_code == 400
    assert deliver(client, {"shop_domain": "other.myshopify.com"}, Topic="shop/redact").status_code == 400


def test_unknown_topic_is_recorded(client, shop):
    assert deliver(client, Topic="themes/publish").status_code == 200
    assert InboundEvent.objects.get().topic == "themes/publish"


def test_uninstalled_shop_is_still_answered(client, shop):
    Connection.objects.update(status=Connection.Status.UNINSTALLED)
    assert deliver(client).status_code == 200
