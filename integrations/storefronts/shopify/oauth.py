"""Getting tokens: the signed query of an install, and the three grants. Every grant asks for expiring tokens.

Admin calls with a non-expiring token are refused for apps made after 2026-04-01, so a token that comes without a
refresh token is refused here, at once, instead of failing later.

Source: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import hmac
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.utils import timezone

from integrations.kit import http
from integrations.kit.answers import Answer
from integrations.storefronts.shopify import shop as shops
from integrations.storefronts.shopify.manifest import SCOPES
from shipsmart.core.errors import ShipSmartError
from shipsmart.ports import IntegrationError

QUERY_AGE_S = 90
TIMEOUT_S = 10.0
_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - the name of a kind of token
_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"


class BadQuery(ShipSmartError):
    """A query that claims to come from Shopify and does not prove it."""

    code = "bad_query"


@dataclass(frozen=True)
class Grant:
    """Both tokens of one shop with their ends, kept and replaced together."""

    access_token: str
    refresh_token: str
    expires_at: datetime
    refresh_expires_at: datetime
    scope: str

    def __repr__(self) -> str:
        return f"Grant(scope={self.scope!r}, expires_at={self.expires_at:%Y-%m-%d %H:%M})"

    def credentials(self) -> dict[str, str]:
        return {
            "access_token": self.access_token,
            "refresh_token": self.refresh_token,
            "expires_at": self.expires_at.isoformat(),
            "refresh_expires_at": self.refresh_expires_at.isoformat(),
            "scope": self.scope,
        }


def query_hmac(secret: str, pairs: Mapping[str, str]) -> str:
    """Return the hexadecimal signature of a query as Shopify's library computes it, `hmac` itself left out."""
    # Imported here: the library loads an API client that we do not use, a fifth of a second at every start.
    from shopify import Session  # noqa: PLC0415

    # The library keeps one secret for the whole process; a class of its own holds this one.
    signer = type("Signer", (Session,), {"secret": secret})
    digest: str = signer.calculate_hmac({key: [value] if key.endswith("[]") else value for key, value in pairs.items()})
    return digest


def checked_query(query: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the query as single values. Raises BadQuery for a wrong signature, an old timestamp or a repeated name."""
    if any(len(values) != 1 for values in query.values()):
        raise BadQuery("a name stands twice in the query")
    pairs = {key: values[0] for key, values in query.items()}
    given = pairs.get("hmac", "").encode()
    # A list, so that all secrets are tried and the time taken does not tell which one fits.
    fits = [hmac.compare_digest(query_hmac(secret, pairs).encode(), given) for secret in shops.secrets()]
    if not any(fits):
        raise BadQuery("the signature of the query does not fit")
    stamp = pairs.get("timestamp", "")
    if not (stamp.isascii() and stamp.isdigit()) or abs(time.time() - int(stamp[:12])) > QUERY_AGE_S:
        raise BadQuery(f"the query is not from the last {QUERY_AGE_S} seconds; start the installation again")
    return pairs


def covered(granted: Iterable[str]) -> set[str]:
    """Return the granted scopes with what they contain: write_x grants read_x too."""
    have = {scope.strip() for scope in granted}
    return have | {scope.replace("write_", "read_", 1) for scope in have}


def authorize_url(shop: str, *, state: str, more: Collection[str] = ()) -> str:
    """Return where the merchant is sent to grant our scopes, and `more` for the extras they want."""
    query = {
        "client_id": settings.SHOPIFY_CLIENT_ID,
        "scope": ",".join(sorted({*SCOPES, *more})),
        "redirect_uri": f"{settings.PUBLIC_URL}/shopify/callback",
        "state": state,
    }
    return f"{shops.base_url(shop)}/admin/oauth/authorize?{urlencode(query)}"


def exchange_code(shop: str, code: str) -> Grant:
    """Return the tokens for an authorization code. Raises IntegrationError; a code works once."""
    return _grant(shop, {"code": code, "expiring": "1"})


def exchange_id_token(shop: str, id_token: str) -> Grant:
    """Return offline tokens for a session token of the embedded app. Raises IntegrationError."""
    return _grant(
        shop,
        {
            "grant_type": _EXCHANGE,
            "subject_token": id_token,
            "subject_token_type": _ID_TOKEN,
            "requested_token_type": _OFFLINE,
            "expiring": "1",
        },
    )


def refresh(shop: str, refresh_token: str) -> Grant:
    """Return new tokens for a refresh token. Raises IntegrationError, code `invalid_grant` when it is dead.

    Asking twice does no harm: the old refresh token stays good until the new one is used.
    """
    return _grant(shop, {"grant_type": "refresh_token", "refresh_token": refresh_token}, retry=True)


def _grant(shop: str, fields: Mapping[str, str], *, retry: bool = False) -> Grant:
    body = {"client_id": settings.SHOPIFY_CLIENT_ID, "client_secret": settings.SHOPIFY_CLIENT_SECRET, **fields}
    url = f"{shops.base_url(shop)}/admin/oauth/access_token"
    answer = http.call(f"shopify:{shop}", "POST", url, timeout_s=TIMEOUT_S, json=body, retry=retry)
    if not answer.ok:
        raise _refusal(answer)
    return _read(answer.json(), timezone.now())


def _refusal(answer: Answer) -> IntegrationError:
    """Return the error; a 4xx with an OAuth error name carries that name as its code (RFC 6749, section 5.2)."""
    try:
        said = answer.json()
    except IntegrationError:
        said = None
    if not isinstance(said, dict) or not 400 <= answer.status < 500 or answer.status == 429:
        return answer.failure("Shopify")
    name, reason = str(said.get("error") or "token_refused"), str(said.get("error_description") or "")
    return IntegrationError(f"Shopify gave no token: {name} {reason}".strip(), permanent=True, code=name[:60])


def _read(said: Any, now: datetime) -> Grant:
    try:
        return Grant(
            access_token=str(said["access_token"]),
            refresh_token=str(said["refresh_token"]),
            expires_at=now + timedelta(seconds=int(said["expires_in"])),
            refresh_expires_at=now + timedelta(seconds=int(said["refresh_token_expires_in"])),
            scope=str(said["scope"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise IntegrationError(
            "Shopify's token has no end or no refresh token; the app must be set to expiring offline tokens",
            permanent=True,
            code="token_does_not_expire",
        ) from error
