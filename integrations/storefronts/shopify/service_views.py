"""What Shopify asks a fulfilment service: that something was requested, waybills, and stock.

The address is unguessable. A notification is signed over its raw body; the questions have none, so nothing but the
address can prove them, and they answer with nothing that the shop does not know already.
"""

import json
from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from integrations.kit.connections import by_token
from integrations.storefronts.shopify import fulfilment_service, service_stock
from integrations.storefronts.shopify.incoming import Refused, check_signature, header, raw_body
from integrations.storefronts.shopify.manifest import KEY
from shipsmart.merchants.models import Connection

KINDS = ("FULFILLMENT_REQUEST", "CANCELLATION_REQUEST")
MOST_NAMES = 250


def _asked(view: Callable[[HttpRequest, Connection], HttpResponse]) -> Callable[[HttpRequest, str], HttpResponse]:
    """Let the shop in whose address it is; refusals are answered in JSON."""

    @wraps(view)
    def inner(request: HttpRequest, token: str) -> HttpResponse:
        try:
            return view(request, _shop_of(request, token))
        except Refused as refusal:
            return JsonResponse({"error": refusal.code, "message": refusal.message}, status=refusal.status)

    return inner


def _shop_of(request: HttpRequest, token: str) -> Connection:
    connection = by_token(KEY, token)
    if connection is None or connection.status == Connection.Status.UNINSTALLED:
        raise Refused(404, "not_found", "no shop has this address")
    shop = header(request, "Shop-Domain") or request.GET.get("shop", "")
    if shop.lower() not in ("", connection.account):
        raise Refused(401, "wrong_shop", "this address belongs to another shop")
    return connection


@csrf_exempt
@require_POST
@_asked
def notification(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Take note that the shop requests a fulfilment or a cancellation; a worker reads and answers it."""
    body = raw_body(request)
    check_signature(request, body)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Refused(400, "bad_json", "the body is not JSON in UTF-8") from error
    if not isinstance(said, dict) or said.get("kind") not in KINDS:
        raise Refused(400, "bad_payload", f"kind must be one of {', '.join(KINDS)}")
    fulfilment_service.notified(connection)
    return JsonResponse({"received": True})


@require_GET
@_asked
def tracking_numbers(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Answer with the waybills of the fulfilments in `order_names[]`."""
    names = (request.GET.getlist("order_names[]") or request.GET.getlist("order_names"))[:MOST_NAMES]
    found = fulfilment_service.waybills(connection, [name[:60] for name in names])
    return JsonResponse({"tracking_numbers": found, "message": f"{len(found)} found", "success": True})


@require_GET
@_asked
def stock(request: HttpRequest, connection: Connection) -> HttpResponse:
    """Answer with SKU → units that may be sold, of the `sku` asked about or of all that are counted here.

    The shop asks once an hour, and about one SKU when its variant changes; never where the merchant counts none here.
    """
    return JsonResponse(service_stock.levels(connection, request.GET.get("sku", "")[:200]))
