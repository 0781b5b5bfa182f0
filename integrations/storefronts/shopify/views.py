"""The two steps of an installation in the merchant's browser; the embedded app's pages are in app_home.py."""

import secrets

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from integrations.storefronts.shopify import installing, oauth
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.embedded import problem
from integrations.storefronts.shopify.manifest import EXTRAS
from shipsmart.core.errors import ShipSmartError
from shipsmart.dashboard.access import SESSION_KEY
from shipsmart.merchants.models import Connection, Member, Merchant
from shipsmart.ports import IntegrationError

STATE_COOKIE = "shopify_state"
STATE_AGE_S = 600
_SALT = "shopify.install"


class NotAllowed(ShipSmartError):
    code = "not_allowed"


def _owner(request: HttpRequest) -> tuple[Merchant | None, bool]:
    """Return the merchant that the person who is logged in acts for, and whether they are still without one.

    Raises NotAllowed for a member who is no owner.
    """
    if not request.user.is_authenticated:
        return None, False
    members = list(Member.objects.filter(user=request.user).select_related("merchant").order_by("pk"))
    if not members:
        return None, True
    chosen = request.session.get(SESSION_KEY)
    member = next((member for member in members if member.merchant_id == chosen), members[0])
    if not member.is_owner:
        raise NotAllowed("only an owner of the account can connect a store")
    return member.merchant, False


@require_GET
def install(request: HttpRequest) -> HttpResponse:
    """Send the merchant to Shopify to grant our scopes, with a state that only this browser can bring back.

    `with`: an extra whose further scopes are asked for too.
    """
    try:
        shop = shops.shop_domain(request.GET.get("shop", ""))
        if "hmac" in request.GET:
            oauth.checked_query(dict(request.GET.lists()))
    except (shops.NotAShop, oauth.BadQuery) as error:
        return problem(request, error.message, status=400)
    state = secrets.token_urlsafe(24)
    more = EXTRAS.get(request.GET.get("with", ""), ())
    response = HttpResponseRedirect(oauth.authorize_url(shop, state=state, more=more))
    response.set_cookie(
        STATE_COOKIE,
        signing.dumps([state, shop, bool(more)], salt=_SALT),
        max_age=STATE_AGE_S,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",  # it must come along when Shopify sends the merchant back
        path=reverse("shopify:callback"),
    )
    return response


@require_GET
def callback(request: HttpRequest) -> HttpResponse:
    """Take the merchant back from Shopify: check the query and the state, change the code for tokens, connect."""
    try:
        query = oauth.checked_query(dict(request.GET.lists()))
        shop = shops.shop_domain(query.get("shop", ""))
        for_extra = _use_state(request, query.get("state", ""), shop)
        merchant, homeless = _owner(request)
        grant = oauth.exchange_code(shop, query.get("code", ""))
        actor = request.user.get_username() if request.user.is_authenticated else "Shopify"
        connection = installing.install(shop, grant, merchant=merchant, actor=actor)
        if homeless and not connection.merchant.members.exists():
            Member.objects.create(merchant=connection.merchant, user=request.user, role=Member.Role.OWNER)
    except IntegrationError as error:
        return problem(request, error.message, status=502)
    except (NotAllowed, installing.BelongsToAnother) as error:
        return problem(request, error.message, status=403)
    except ShipSmartError as error:
        return problem(request, error.message, status=400)
    response = HttpResponseRedirect(_after_install(request, connection, for_extra=for_extra))
    response.delete_cookie(STATE_COOKIE, path=reverse("shopify:callback"))
    return response


def _use_state(request: HttpRequest, given: str, shop: str) -> bool:
    """Take the state, once, and return whether the scopes of an extra were asked for.

    Raises BadQuery when it is not the one this browser was sent off with.
    """
    try:
        kept = request.COOKIES.get(STATE_COOKIE, "")
        state, for_shop, for_extra = signing.loads(kept, salt=_SALT, max_age=STATE_AGE_S)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise oauth.BadQuery("this browser did not start the installation, or too long ago; start again") from error
    if not secrets.compare_digest(state.encode(), given.encode()) or for_shop != shop:
        raise oauth.BadQuery("the state does not fit this installation; start again")
    if not cache.add(f"shopify-state:{state}", True, STATE_AGE_S):
        raise oauth.BadQuery("this installation was finished already; start again")
    return bool(for_extra)


def _after_install(request: HttpRequest, connection: Connection, *, for_extra: bool) -> str:
    if request.user.is_authenticated and for_extra:
        return reverse("shopify:extras", args=[connection.pk])
    if request.user.is_authenticated:
        return str(settings.LOGIN_REDIRECT_URL)
    return f"{shops.base_url(connection.account)}/admin/apps/{settings.SHOPIFY_CLIENT_ID}"
