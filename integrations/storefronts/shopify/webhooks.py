"""Webhooks: verified on raw bytes, stored, acknowledged; handled later, once per delivery.

A payload says only that something happened: orders and products are fetched again, so repeats, old news and the order
of arrival do not matter.

Source: https://shopify.dev/docs/apps/build/webhooks/subscribe/https
"""

import hashlib
import json
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from integrations.storefronts.shopify.codes import COMPLIANCE_TOPICS
from integrations.storefronts.shopify.incoming import Refused, check_signature, header, raw_body
from integrations.storefronts.shopify.shop import NotAShop, shop_domain
from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import Connection

KEPT_HEADERS = ("Topic", "Shop-Domain", "API-Version", "Webhook-Id", "Event-Id", "Triggered-At", "Name", "Action")


@csrf_exempt
@require_POST
def webhooks(request: HttpRequest) -> HttpResponse:
    """Store a webhook and acknowledge it. What is not Shopify's is refused and leaves no trace in the database."""
    try:
        body = raw_body(request)
        check_signature(request, body)
        topic, shop, text = _checked(request, body)
    except Refused as refusal:
        return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)
    inbox.receive(
        source="shopify",
        topic=topic,
        # The id is the same over all tries of a delivery; without one the content itself is the id.
        dedup_key=header(request, "Webhook-Id") or hashlib.sha256(f"{shop}\n{topic}\n{text}".encode()).hexdigest(),
        account=shop,
        headers={name: header(request, name) for name in KEPT_HEADERS if header(request, name)},
        body=text,
    )
    return JsonResponse({"received": True})


def _checked(request: HttpRequest, body: bytes) -> tuple[str, str, str]:
    """Return topic, shop and text. Raises Refused: 400 for what cannot be read, 404 for a shop we do not know."""
    topic, delivery = header(request, "Topic"), header(request, "Webhook-Id")
    if not 0 < len(topic) <= 80 or len(delivery) > 200:
        raise Refused(400, "bad_headers", "X-Shopify-Topic is missing or a header is too long")
    try:
        shop = shop_domain(header(request, "Shop-Domain"))
    except NotAShop as error:
        raise Refused(400, error.code, error.message) from error
    text, payload = _read(body)
    # Headers are not signed, the body is: a body of one shop is not taken for another's.
    if any(payload.get(name, shop) != shop for name in ("shop_domain", "myshopify_domain")):
        raise Refused(400, "wrong_shop", "header and body name different shops")
    if topic in COMPLIANCE_TOPICS and "shop_domain" not in payload:
        raise Refused(400, "bad_payload", "a compliance request names its shop_domain")
    known = Connection.objects.filter(storefront="shopify", account=shop)
    if topic not in COMPLIANCE_TOPICS and not known.exists():
        raise Refused(404, "unknown_shop", f"{shop} is not connected")
    return topic, shop, text


def _read(body: bytes) -> tuple[str, dict[str, Any]]:
    try:
        text = body.decode("utf-8")
        payload = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "bad_json", "the body is not JSON in UTF-8") from error
    if not isinstance(payload, dict):
        raise Refused(400, "bad_json", "the body is not a JSON object")
    return text, payload
