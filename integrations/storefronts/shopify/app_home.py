"""The app inside Shopify's admin: its page, the fragment that keeps it fresh, and the way to a fresh session token."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from integrations.storefronts.shopify import embedded, installing, oauth
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.embedded import problem
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError

SHOWN_ORDERS = 25


class FreshTokenNeeded(ShipSmartError):
    code = "fresh_token_needed"


@require_GET
def app_home(request: HttpRequest) -> HttpResponse:
    """Show the app inside Shopify's admin; the first visit after a managed installation connects the shop."""
    return opened(request, lambda connection: ("shopify/app.html", _page(connection)))


def _page(connection: Connection) -> dict[str, object]:
    return {**_overview(connection), "client_id": settings.SHOPIFY_CLIENT_ID, "shop": connection.account}


def opened(request: HttpRequest, page: Callable[[Connection], tuple[str, dict[str, Any]]]) -> HttpResponse:
    """Return a page of the admin for the shop that opens it, framed; `page`: its template and what it shows."""
    try:
        token = _visitor(request)
        connection = _connected(token)
    except FreshTokenNeeded:
        return _patch(request)
    except (shops.NotAShop, embedded.BadSessionToken) as error:
        return problem(request, f"Open ShipSmart from your Shopify admin, under Apps: {error.message}.", status=401)
    except IntegrationError as error:
        return embedded.framed(problem(request, error.message, status=502), token.shop)
    template, shown = page(connection)
    return embedded.framed(render(request, template, shown), token.shop)


def _visitor(request: HttpRequest) -> embedded.SessionToken:
    """Return who opens the page. No token, or one of a page kept open too long: App Bridge brings a fresh one."""
    shop = shops.shop_domain(request.GET.get("shop", ""))
    if "id_token" not in request.GET:
        raise FreshTokenNeeded("no session token")
    try:
        token = embedded.session_token(request.GET["id_token"])
    except embedded.BadSessionToken as error:
        if error.expired:
            raise FreshTokenNeeded(error.message) from error
        raise
    if token.shop != shop:
        raise embedded.BadSessionToken("the session token belongs to another shop")
    return token


def _connected(token: embedded.SessionToken) -> Connection:
    found = Connection.objects.select_related("merchant").filter(storefront="shopify", account=token.shop).first()
    if found and found.status == Connection.Status.ACTIVE:
        return found
    try:
        grant = oauth.exchange_id_token(token.shop, token.text)
    except IntegrationError as error:
        if error.code == "invalid_subject_token":
            raise FreshTokenNeeded(error.message) from error
        raise
    return installing.install(token.shop, grant, merchant=None, actor=f"Shopify user {token.user}")


def _patch(request: HttpRequest) -> HttpResponse:
    kept = {key: value for key, value in request.GET.items() if key not in ("id_token", "hmac", "timestamp")}
    query = {"shop": request.GET["shop"], "shopify-reload": f"{request.path}?{urlencode(kept)}"}
    return HttpResponseRedirect(f"{reverse('shopify:patch_id_token')}?{urlencode(query)}")


@require_GET
def patch_id_token(request: HttpRequest) -> HttpResponse:
    """Show the page on which App Bridge fetches a fresh session token and goes on to `shopify-reload`."""
    target = request.GET.get("shopify-reload", "")
    if not target.startswith("/") or not url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return problem(request, "The page to go on to is not one of ours.", status=400)
    try:
        shop = shops.shop_domain(request.GET.get("shop", ""))
    except shops.NotAShop as error:
        return problem(request, error.message, status=400)
    page = {"client_id": settings.SHOPIFY_CLIENT_ID}
    return embedded.framed(render(request, "shopify/patch_id_token.html", page), shop)


@csrf_exempt
@require_GET
def app_orders(request: HttpRequest) -> HttpResponse:
    """Return the orders overview as a fragment, for the shop whose session token comes along."""
    connection = embedded.merchant_from_request(request)
    if connection is None:
        return embedded.ask_again()
    return render(request, "shopify/orders.html", _overview(connection))


def _overview(connection: Connection) -> dict[str, object]:
    orders = Order.objects.for_merchant(connection.merchant).filter(connection=connection)
    standing = orders.filter(state__in=[Order.State.NEEDS_DATA, Order.State.ON_HOLD]).count()
    return {
        "connection": connection,
        "orders": orders.order_by("-placed_at")[:SHOWN_ORDERS],
        "total": orders.count(),
        "standing": standing,
        # A merchant who came by way of the admin has no log-in of the stand-alone pages: no link that ends at one.
        "has_log_in": connection.merchant.members.exists(),
        "carrier_service": connection.settings.get("carrier_service"),
        "problems": (connection.settings.get("health") or {}).get("problems") or [],
    }
