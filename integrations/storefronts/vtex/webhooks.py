"""The hook: says sooner what the feed says anyway. It carries no signature, only the header that we configured.

Source: https://developers.vtex.com/docs/guides/orders-feed (Hook)
"""

import json
import logging
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from integrations.kit.incoming import Refused, raw_body
from integrations.storefronts.vtex import feed
from integrations.storefronts.vtex.callers import connection_of, error_answer
from integrations.storefronts.vtex.configuration import HOOK_HEADER
from shipsmart.merchants.models import Connection

log = logging.getLogger(__name__)
MAX_BYTES = 64 * 1024


@csrf_exempt
def hook(request: HttpRequest, token: str) -> HttpResponse:
    """Store that an order changed and answer 200, as VTEX wants within five seconds; the ping is answered too."""
    try:
        connection = connection_of(request, token, header=HOOK_HEADER, kept="hook_sha256")
        told = _read(raw_body(request, max_bytes=MAX_BYTES), connection)
    except Refused as refusal:
        return error_answer(refusal)
    if told:
        change = str(told.get("CurrentChange") or told.get("LastChange") or "")
        feed.told(connection, order_id=told["OrderId"], state=str(told.get("State") or "unknown"), change=change)
    return JsonResponse({"received": True})


def _read(body: bytes, connection: Connection) -> dict[str, Any] | None:
    """Return the notification, None for the ping. Raises Refused."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "bad_json", "the body is not JSON") from error
    if not isinstance(told, dict) or not isinstance(told.get("Origin") or {}, dict):
        raise Refused(400, "bad_json", "the body is not a JSON object")
    if told.get("hookConfig") == "ping":
        return None
    order_id, origin = told.get("OrderId"), told.get("Origin") or {}
    if not isinstance(order_id, str) or not 0 < len(order_id) <= 80:
        raise Refused(400, "bad_request", "OrderId is missing")
    if str(origin.get("Account") or connection.account) != connection.account:
        raise Refused(400, "wrong_account", "the notification is about another account")
    return told
