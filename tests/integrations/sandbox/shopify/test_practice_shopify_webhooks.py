"""Webhooks: headers, signature, retries, and faults on demand."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

from integrations.sandbox.shopify.webhooks.delivery import Delivery

SECRET = b"practice-secret-of-forty-letters-in-length"


def _signature(body: bytes) -> str:
    return base64.b64encode(hmac.new(SECRET, body, hashlib.sha256).digest()).decode()


def until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 5
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def delivered(shop: Any, order_id: str) -> dict[str, Any]:
    """Return the only webhook about an order, once it has arrived."""
    view = f"/api/orders/{order_id}"
    until(lambda: shop.get(view).json()["webhooks"][0]["state"] == "delivered")
    [webhook] = shop.get(view).json()["webhooks"]
    return webhook


def test_paid_order_is_told_signed_with_all_headers(installed: Any, hook_path: str) -> None:
    assert installed.subscribe("ORDERS_CREATE", hook_path)["userErrors"] == []
    made = installed.order("NL-MUG-350", currency="GBP")
    [got] = installed.app.wait(hook_path)
    assert got.headers["x-shopify-hmac-sha256"] == _signature(got.body)
    assert got.headers["x-shopify-topic"] == "orders/create"
    assert got.headers["x-shopify-shop-domain"] == installed.domain
    assert got.headers["x-shopify-api-version"] == "2026-07"
    assert {"x-shopify-webhook-id", "x-shopify-event-id", "x-shopify-triggered-at"} <= set(got.headers)
    order = json.loads(got.body)
    assert str(order["id"]) == made["order_id"]
    # 24.50 EUR at 0.86 is 21.07 GBP; the shop's backup rate 14.90 EUR is 12.81 GBP.
    assert order["total_price_set"]["shop_money"] == {"amount": "39.40", "currency_code": "EUR"}
    assert order["total_price_set"]["presentment_money"] == {"amount": "33.88", "currency_code": "GBP"}


def test_routing_is_told_after_the_order(installed: Any, hook_path: str) -> None:
    installed.subscribe("FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE", hook_path)
    made = installed.order("NL-MUG-350")
    [got] = installed.app.wait(hook_path)
    fulfilment_orders = installed.routed(made["order_id"])["fulfilment_orders"]
    assert json.loads(got.body) == {"fulfillment_order": {"id": fulfilment_orders[0]["id"], "status": "open"}}


def test_failed_delivery_is_repeated_with_the_same_bytes_and_id(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    path_log = installed.app
    path_log.answers[hook_path] = lambda _: (500 if len(path_log.at(hook_path)) < 3 else 200, b"", {}, 0.0)
    made = installed.order("NL-MUG-350")
    got = path_log.wait(hook_path, 3)
    assert len({r.body for r in got}) == 1
    assert len({r.headers["x-shopify-webhook-id"] for r in got}) == 1
    assert len(delivered(installed, made["order_id"])["attempts"]) == 3
    assert len(path_log.at(hook_path)) == 3


def test_true_patience_is_five_seconds() -> None:
    found = Delivery(shop="s", topic="t", uri="u", body=b"", headers={})
    assert found.patience_s == 5.0


def test_answer_that_takes_too_long_counts_as_failed(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.faults(webhook_patience_s=0.2)
    app = installed.app
    app.answers[hook_path] = lambda _: (200, b"", {}, 0.3 if len(app.at(hook_path)) == 1 else 0.0)
    made = installed.order("NL-MUG-350")
    app.wait(hook_path, 2, timeout_s=9)
    webhook = delivered(installed, made["order_id"])
    assert webhook["attempts"][0]["error"] in {"ReadTimeout", "Timeout", "ConnectionError"}
    assert len(webhook["attempts"]) == 2


def test_subscription_is_removed_after_eight_retries(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.app.answers[hook_path] = lambda _: (500, b"", {}, 0.0)
    installed.order("NL-MUG-350")
    # Four hours of retries pass in half a second at this scale.
    assert len(installed.app.wait(hook_path, 9, timeout_s=15)) == 9
    left = "{ webhookSubscriptions(first: 5) { nodes { id } } }"
    until(lambda: installed.data(left)["webhookSubscriptions"]["nodes"] == [])


def test_duplicates_carry_the_same_webhook_id(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.faults(webhook_duplicates=2, count=1)
    installed.order("NL-MUG-350")
    got = installed.app.wait(hook_path, 3)
    assert len({r.headers["x-shopify-webhook-id"] for r in got}) == 1


def test_out_of_order_turns_a_burst_round(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.subscribe("ORDERS_PAID", hook_path)
    installed.faults(webhook_out_of_order=True, webhook_burst_s=1.5)
    installed.order("NL-MUG-350")
    topics = [r.headers["x-shopify-topic"] for r in installed.app.wait(hook_path, 2)]
    assert topics == ["orders/paid", "orders/create"]


def test_wrong_signature_on_demand(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.faults(webhook_bad_hmac=True, count=1)
    installed.order("NL-MUG-350")
    [got] = installed.app.wait(hook_path)
    assert got.headers["x-shopify-hmac-sha256"] != _signature(got.body)


def test_lost_webhook_never_comes_and_can_be_sent_again(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    installed.faults(webhook_lost=True, count=1)
    made = installed.order("NL-MUG-350")
    [webhook] = installed.get(f"/api/orders/{made['order_id']}").json()["webhooks"]
    assert (webhook["state"], webhook["attempts"]) == ("lost", [])
    assert installed.app.at(hook_path) == []
    answer = installed.post("/_practice/resend_webhooks", json={"order_id": made["order_id"]})
    assert answer.json() == {"resent": ["orders/create"]}
    assert len(installed.app.wait(hook_path)) == 1


def test_only_the_wanted_fields_are_sent(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path, includeFields=["id", "name"])
    installed.order("NL-MUG-350")
    [got] = installed.app.wait(hook_path)
    assert set(json.loads(got.body)) == {"id", "name"}


def test_address_out_in_the_world_is_refused(installed: Any) -> None:
    installed.app.url, kept = "https://shop.example", installed.app.url
    try:
        answer = installed.subscribe("ORDERS_CREATE", "/hook")
    finally:
        installed.app.url = kept
    assert answer["webhookSubscription"] is None
    assert answer["userErrors"][0]["field"] == ["webhookSubscription", "callbackUrl"]


def test_same_topic_and_address_twice_is_refused(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CREATE", hook_path)
    [error] = installed.subscribe("ORDERS_CREATE", hook_path)["userErrors"]
    assert error["message"] == "Address for this topic has already been taken"


def test_uninstalling_tells_the_app_and_kills_everything(installed: Any, hook_path: str) -> None:
    installed.subscribe("APP_UNINSTALLED", hook_path)
    installed.post("/_practice/uninstall")
    [got] = installed.app.wait(hook_path)
    assert json.loads(got.body)["myshopify_domain"] == installed.domain
    assert installed.graphql("{ shop { name } }").status_code == 401
    installed.install()
    assert installed.data("{ webhookSubscriptions(first: 5) { nodes { id } } }")["webhookSubscriptions"]["nodes"] == []


def test_compliance_topics_go_to_the_configured_address(installed: Any) -> None:
    details = {"topic": "customers/redact", "customer": {"id": 7, "email": "x@example.com"}, "orders_to_redact": [1]}
    installed.post("/_practice/compliance", json=details)
    got = [
        r
        for r in installed.app.wait("/shopify/webhooks/compliance")
        if r.headers["x-shopify-shop-domain"] == installed.domain
    ]
    assert json.loads(got[0].body)["orders_to_redact"] == [1]
    assert installed.post("/_practice/compliance", json={"topic": "orders/create"}).status_code == 400


def test_cancelled_order_is_told_once(installed: Any, hook_path: str) -> None:
    installed.subscribe("ORDERS_CANCELLED", hook_path)
    made = installed.order("NL-MUG-350")
    for _ in range(2):
        installed.post("/_practice/cancel_order", json={"order_id": made["order_id"], "reason": "customer"})
    [got] = installed.app.wait(hook_path)
    assert json.loads(got.body)["cancel_reason"] == "customer"
    webhooks = installed.get(f"/api/orders/{made['order_id']}").json()["webhooks"]
    assert [webhook["topic"] for webhook in webhooks] == ["orders/cancelled"]


def test_changed_product_is_told(installed: Any, hook_path: str) -> None:
    installed.subscribe("PRODUCTS_UPDATE", hook_path)
    installed.post("/_practice/update_product", json={"handle": "stoneware-ceramic-mug", "title": "Blue mug"})
    [got] = installed.app.wait(hook_path)
    assert json.loads(got.body)["title"] == "Blue mug"
