"""What the order-status extensions ask: the landed cost that was promised for an order, and where its parcels are.

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

from checkout.answers import never_an_exception, public
from checkout.errors import Refused
from checkout.journey import journey
from checkout.language import Language, choose
from checkout.limits import check_rate
from checkout.links import tracking_link
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.incoming import Refused as BadBody
from integrations.storefronts.shopify.incoming import raw_body
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.ports import title_of
from shipsmart.quotes.breakdown import breakdown
from shipsmart.quotes.joining import joined
from shipsmart.quotes.models import Quote
from shipsmart.shipments.models import Shipment

LEEWAY_S = 10
MOST_SCANS = 20
SENT_ALONG = "Authorization, Content-Type"
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


@public("POST", headers=SENT_ALONG)
@never_an_exception
def track_view(request: HttpRequest) -> HttpResponse:
    """Answer an extension with the parcels of an order, 404 while none is on its way."""
    connection = asking_shop(request)
    order = confirmed_order(connection, _body(request)) if connection else None
    rows = (
        order.shipments.exclude(waybill="").exclude(state=Shipment.State.VOIDED) if order else Shipment.objects.none()
    )
    parcels = rows.select_related("order", "merchant").prefetch_related("tracking_events")
    if order is None or not parcels:
        raise Refused("no parcel of this order is on its way", code="not_found", status=404)
    language = choose(request, country=order.country, locale=order.locale)
    response = JsonResponse({"parcels": [_parcel(shipment, language) for shipment in parcels]})
    response["Cache-Control"] = "private, no-store"
    return response


def _parcel(shipment: Shipment, language: Language) -> dict[str, Any]:
    """Return a parcel as the shopper reads it; `fulfilment` is the store's number of it, "" while it is not told."""
    way = journey(shipment, list(shipment.tracking_events.all()), language)
    return {
        "fulfilment": shipment.store_fulfilment_id,
        "carrier": title_of(shipment.carrier),
        "waybill": shipment.waybill,
        "url": tracking_link(shipment),
        "status": way.status,
        "next": way.next_step,
        "steps": [{"title": step.title, "state": step.state, "at": step.at} for step in way.steps],
        "scans": [{"title": scan.title, "at": scan.at, "place": scan.place} for scan in way.scans[:MOST_SCANS]],
        "duties_paid": shipment.duties_collected,
    }


def asking_shop(request: HttpRequest) -> Connection | None:
    """Return the shop whose page asks. Raises Refused without a good token, or when it asks too often."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    shop = shop_of_token(text.strip() if kind.lower() == "bearer" else "")
    check_rate(request, shop=f"ext|{shop}")
    return Connection.objects.filter(storefront="shopify", account=shop, status=Connection.Status.ACTIVE).first()


@public("POST", headers=SENT_ALONG)
@never_an_exception
def quote_view(request: HttpRequest) -> HttpResponse:
    """Answer an extension with a breakdown as the rate callback gave it, 404 where there is none to show."""
    connection = asking_shop(request)
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
        found = Quote.objects.filter(connection=connection, quote_id=said["quote_id"]).first()
        part = found.consignments.select_related("order").first() if found else None
        return part.order.quotes if part else [found] if found else []
    order = confirmed_order(connection, said)
    return order.quotes if order else []


def confirmed_order(connection: Connection, said: dict[str, str]) -> Order | None:
    """Return the order, when its confirmation number comes with its id; None otherwise."""
    number = _ORDER.fullmatch(said["order_id"])
    if not number or not _ID.fullmatch(said["confirmation_number"]):
        return None
    order = Order.objects.filter(connection=connection, external_id=number.group(1)).select_related("quote").first()
    return order if order and _confirmed(connection, order, said["confirmation_number"]) else None


def _confirmed(connection: Connection, order: Order, given: str) -> bool:
    """Whether the store has given this order that confirmation number; order ids alone can be counted through."""
    try:
        node = graphql(connection, "order_confirmation", {"id": shops.gid("Order", order.external_id)})["order"]
    except ShipSmartError as error:
        raise Refused("the store does not answer; try again", code="unavailable", status=503) from error
    return hmac.compare_digest(str((node or {}).get("confirmationNumber") or "").encode(), given.encode())
