"""What a merchant does with a fulfilment service: keep goods there, hand orders over, call them off."""

import json
from typing import Any

from integrations.sandbox.shopify.signing import body_signature
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.service import step
from integrations.sandbox.shopify.transport import post
from integrations.sandbox.shopify.world import Room, World

_KINDS = {"submit": "FULFILLMENT_REQUEST", "call_off": "CANCELLATION_REQUEST"}


def request_of(world: World, room: Room, order: Order, what: str) -> dict[str, Any]:
    """Hand the order's fulfilment orders over to their service ("submit") or call them off, and tell the service."""
    services = {one.location.serial: one for one in room.shop.services.values()}
    moved = [one for one in order.fulfilment_orders if one.location.serial in services and step(one, what)]
    told = {services[one.location.serial].callback_url for one in moved}
    return {"moved": [one.id for one in moved], "answers": [_notify(world, room, url, what) for url in told if url]}


def _notify(world: World, room: Room, url: str, what: str) -> int:
    body = json.dumps({"kind": _KINDS[what]}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Hmac-Sha256": body_signature(secret=world.config.client_secret, body=body),
        "X-Shopify-Shop-Domain": room.shop.domain,
        "X-Shopify-API-Version": "2026-07",
    }
    answer = post(f"{url}/fulfillment_order_notification", body=body, headers=headers, timeout=(1, 5))
    answer.close()
    return answer.status_code
