"""What the order-status extension asks: the landed cost that was promised for an order.

The extension runs in a worker without an origin, so any origin may ask; the proof is its session token and something
only the order's shopper has: the quote's own id, or the order's number together with its confirmation number.

Source: https://shopify.dev/docs/api/customer-account-ui-extensions/latest/apis/session-token
"""

import hmac
import json
import re
from typing import Any

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from checkout.answers import never_an_exception, public
from checkout.errors import Refused
from checkout.limits import check_rate
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.incoming import Refused as BadBody
from integrations.storefronts.shopify.incoming import raw_body
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.quotes.breakdown import breakdown
from shipsmart.quotes.joining import joined
from shipsmart.quotes.models import Quote

LEEWAY_S = 10
_ORDER = re.compile(r"(?:gid://shopify/Order/)?(\d{1,20})")
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
_FIELDS = ("order_id", "confirmation_number", "quote_id")


def shop_of_token(text: str) -> str:
    """Return the shop whose page sent an extension's token. Raises Refused (401).

    These tokens have no issuer and no session; one without an end is refused: it would open the door for ever.
    """
    for secret in shops.secrets():
        try:
            claims = jwt.decode(
                text,
                secret,
                algorithms=["HS256"],
                audience=settings.SHOPIFY_CLIENT_ID,
                leeway=LEEWAY_S,
                options={"require": ["exp", "aud", "dest"]},
            )
            return shops.shop_domain(str(claims["dest"]).removeprefix("https://"))
        except (jwt.InvalidTokenError, shops.NotAShop):
            continue
    raise Refused("the session token is missing, has ended or is not for this app", code="bad_token", status=401)


@csrf_exempt
def quote_view(request: HttpRequest) -> HttpResponse:
    """Answer an extension with a breakdown as the rate callback gave it, 404 where there is none to show."""
    response = _quote(request)
    response["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
    return response


@public("POST")
@never_an_exception
def _quote(request: HttpRequest) -> HttpResponse:
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    shop = shop_of_token(text.strip() if kind.lower() == "bearer" else "")
    check_rate(request, shop=f"ext|{shop}")
    connection = Connection.objects.filter(storefront="shopify", account=shop, status=Connection.Status.ACTIVE).first()
    quotes = _find(connection, _body(request)) if connection else []
    answer = joined(quotes)
    if answer is None:
        raise Refused("no landed cost is known for this order", code="not_found", status=404)
    response = JsonResponse(breakdown(answer, quote_id=quotes[0].quote_id, incoterm=quotes[0].incoterm))
    response["Cache-Control"] = "private, no-store"
    return response


def _body(request: HttpRequest) -> dict[str, str]:
    try:
        said: Any = json.loads(raw_body(request))
    except BadBody as error:
        raise Refused(error.message, code=error.code, status=error.status) from error
    except (ValueError, RecursionError) as error:
        raise Refused("the body is not JSON", code="not_json") from error
    if not isinstance(said, dict) or any(not isinstance(said.get(name, ""), str) for name in _FIELDS):
        raise Refused(f"an object with texts {', '.join(_FIELDS)} is expected", code="not_json")
    return {name: said.get(name, "") for name in _FIELDS}


def _find(connection: Connection, said: dict[str, str]) -> list[Quote]:
    if _ID.fullmatch(said["quote_id"]):
        return list(Quote.objects.filter(connection=connection, quote_id=said["quote_id"]))
    number = _ORDER.fullmatch(said["order_id"])
    if not number or not _ID.fullmatch(said["confirmation_number"]):
        return []
    order = Order.objects.filter(connection=connection, external_id=number.group(1)).select_related("quote").first()
    if order is None or order.quote is None or not _confirmed(connection, order, said["confirmation_number"]):
        return []
    return order.quotes


def _confirmed(connection: Connection, order: Order, given: str) -> bool:
    """Whether the store has given this order that confirmation number; order ids alone can be counted through."""
    try:
        node = graphql(connection, "order_confirmation", {"id": shops.gid("Order", order.external_id)})["order"]
    except ShipSmartError as error:
        raise Refused("the store does not answer; try again", code="unavailable", status=503) from error
    return hmac.compare_digest(str((node or {}).get("confirmationNumber") or "").encode(), given.encode())
