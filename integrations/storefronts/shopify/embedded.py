"""Requests from inside Shopify's admin: who asks is told by a session token, never by a cookie.

Source: https://shopify.dev/docs/apps/build/authentication-authorization/session-tokens
"""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import jwt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from integrations.storefronts.shopify import shop as shops
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import Connection

_TIMES = {"exp", "nbf"}


class BadSessionToken(ShipSmartError):
    """A session token that proves nothing; `expired` when a fresh one would."""

    code = "bad_session_token"

    def __init__(self, message: str, *, expired: bool = False) -> None:
        super().__init__(message)
        self.expired = expired


@dataclass(frozen=True)
class SessionToken:
    """Whose admin and which of its users; `user` is Shopify's number of the person."""

    shop: str
    user: str
    text: str


def session_token(text: str) -> SessionToken:
    """Return what the token says. Raises BadSessionToken unless signature, audience, times and both hosts fit."""
    claims = _claims(text)
    issuer, destination = urlsplit(str(claims["iss"])), urlsplit(str(claims["dest"]))
    if issuer.scheme != "https" or destination.scheme != "https":
        raise BadSessionToken("the session token names hosts without https")
    if issuer.path != "/admin":
        raise BadSessionToken("the session token was not issued by a shop's admin")
    try:
        shop = shops.shop_domain(destination.netloc)
    except shops.NotAShop as error:
        raise BadSessionToken(error.message) from error
    return SessionToken(shop, str(claims["sub"]), text)


def _claims(text: str) -> dict[str, Any]:
    # Imported here: the library loads an API client that we do not use, a fifth of a second at every start.
    from shopify import session_token as library  # noqa: PLC0415

    problem = "no client secret is set"
    for secret in shops.secrets():
        try:
            claims: dict[str, Any] = library.decode_from_header(f"Bearer {text}", settings.SHOPIFY_CLIENT_ID, secret)
        except library.SessionTokenError as error:
            if isinstance(error.__cause__, jwt.ExpiredSignatureError):
                raise BadSessionToken("the session token has expired", expired=True) from error
            problem = f"the session token is not valid: {error}"
        else:
            if missing := _TIMES - claims.keys():  # the library takes a token that never ends
                raise BadSessionToken(f"the session token lacks {', '.join(sorted(missing))}")
            return claims
    raise BadSessionToken(problem)


def token_from_request(request: HttpRequest) -> SessionToken | None:
    """Return the verified token of the Authorization header, None when there is none that is good."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        return None
    try:
        return session_token(text.strip())
    except BadSessionToken:
        return None


def merchant_from_request(request: HttpRequest) -> Connection | None:
    """Return the connected shop whose admin sends this request, its merchant loaded; None for anybody else."""
    token = token_from_request(request)
    if token is None:
        return None
    return (
        Connection.objects.select_related("merchant")
        .filter(storefront="shopify", account=token.shop, status=Connection.Status.ACTIVE)
        .first()
    )


def ask_again() -> HttpResponse:
    """Return a 401 that makes App Bridge repeat the request once with a fresh session token."""
    response = HttpResponse("The session token is missing or has ended.", status=401, content_type="text/plain")
    response["X-Shopify-Retry-Invalid-Session-Request"] = "1"
    return response


def framed(response: HttpResponse, shop: str) -> HttpResponse:
    """Let the shop's own admin show the page in a frame, nobody else."""
    response["Content-Security-Policy"] = f"frame-ancestors {' '.join(shops.framing_origins(shop))};"
    response.xframe_options_exempt = True  # type: ignore[attr-defined] - Django's own mark: the policy above replaces it
    return response


def problem(request: HttpRequest, message: str, *, status: int) -> HttpResponse:
    """Return a page that says what was wrong, for a person in a browser."""
    return render(request, "shopify/problem.html", {"message": message}, status=status)
