"""From something that happened to the webhooks that tell of it."""

import json
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from integrations.sandbox.shopify.config import API_VERSION
from integrations.sandbox.shopify.signing import body_signature
from integrations.sandbox.shopify.store.shop import Shop, WebhookSubscription
from integrations.sandbox.shopify.webhooks import payloads
from integrations.sandbox.shopify.webhooks.delivery import Delivery
from integrations.sandbox.shopify.webhooks.topics import COMPLIANCE, header_form
from integrations.sandbox.shopify.world import Room, World

BURST_S = 2.0


def _only(payload: dict[str, Any], fields: list[str]) -> dict[str, Any]:
    return {k: v for k, v in payload.items() if k in fields} if fields else payload


def _headers(world: World, shop: Shop, topic: str, *, body: bytes, event_id: str, name: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": "application/json",
        "User-Agent": "Shopify-Captain-Hook",
        "X-Shopify-Topic": topic,
        "X-Shopify-Hmac-Sha256": body_signature(secret=world.config.client_secret, body=body),
        "X-Shopify-Shop-Domain": shop.domain,
        "X-Shopify-API-Version": API_VERSION,
        "X-Shopify-Webhook-Id": str(uuid.uuid4()),
        "X-Shopify-Event-Id": event_id,
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat().replace("+00:00", "Z"),
    }
    return {**headers, "X-Shopify-Name": name} if name else headers


def _delay(room: Room) -> float:
    """Return the wait before a first attempt, in real seconds."""
    delay = float(room.faults.take("webhook_delay_s", 0.0))
    if not room.faults.take("webhook_out_of_order", False):
        return delay
    return delay + room.reorder.next_delay(float(room.faults.take("webhook_burst_s", BURST_S)))


def _send(world: World, room: Room, delivery: Delivery) -> None:
    if room.faults.take("webhook_lost", False):
        delivery.state = "lost"
        world.deliveries.note(delivery)
        return
    if room.faults.take("webhook_bad_hmac", False):
        delivery.headers["X-Shopify-Hmac-Sha256"] = body_signature(secret="not the secret", body=delivery.body)  # noqa: S106
    delay = _delay(room)
    delivery.patience_s = float(room.faults.take("webhook_patience_s", delivery.patience_s))
    copies = 1 + int(room.faults.take("webhook_duplicates", 0))
    for number in range(copies):
        copy = replace(delivery, attempts=[])
        world.deliveries.add(copy, delay_s=delay + 0.05 * number)


def _give_up(room: Room, subscription: WebhookSubscription) -> None:
    with room.shop.lock:
        room.shop.subscriptions.pop(subscription.serial, None)
    room.shop.record("subscription_removed", topic=subscription.topic, uri=subscription.uri)


def publish(world: World, room: Room, topic: str, payload: dict[str, Any], *, subject: int | None = None) -> None:
    """Send `payload` to every subscription of `topic` (header form). `subject` is the order concerned."""
    shop, event_id = room.shop, str(uuid.uuid4())
    with shop.lock:
        shop.record("webhook", topic=topic, subject=subject)
        for subscription in [s for s in shop.subscriptions.values() if header_form(s.topic) == topic]:
            body = json.dumps(_only(payload, subscription.include_fields), ensure_ascii=False).encode()
            headers = _headers(world, shop, topic, body=body, event_id=event_id, name=subscription.name)
            delivery = Delivery(
                shop=shop.domain,
                topic=topic,
                uri=subscription.uri,
                body=body,
                headers=headers,
                subject=subject,
                given_up=lambda s=subscription: _give_up(room, s),
            )
            _send(world, room, delivery)


def publish_compliance(world: World, room: Room, topic: str, details: dict[str, Any]) -> None:
    """Send one of the three compliance topics to the address in the app's configuration. KeyError for other topics."""
    if topic not in COMPLIANCE:
        raise KeyError(topic)
    shop = room.shop
    body = json.dumps({"shop_id": shop.serial, "shop_domain": shop.domain, **details}).encode()
    headers = _headers(world, shop, topic, body=body, event_id=str(uuid.uuid4()), name=None)
    uri = world.config.compliance_url
    shop.record("webhook", topic=topic)
    _send(world, room, Delivery(shop=shop.domain, topic=topic, uri=uri, body=body, headers=headers))


def publish_order(world: World, room: Room, event: str, order: Any) -> None:
    """Send `orders/<event>` with the order as it stands now."""
    publish(world, room, f"orders/{event}", payloads.order(order), subject=order.serial)
