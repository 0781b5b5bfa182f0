"""What the token endpoint answers, grant by grant.

Source: https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
"""

import hmac
from collections.abc import Mapping
from typing import Any

import jwt

from integrations.sandbox.shopify.config import Config
from integrations.sandbox.shopify.oauth.id_tokens import check_id_token
from integrations.sandbox.shopify.oauth.tokens import GrantError
from integrations.sandbox.shopify.store.ids import now
from integrations.sandbox.shopify.world import Room

_EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
_ID_TOKEN = "urn:ietf:params:oauth:token-type:id_token"  # noqa: S105 - the name of a kind of token
_OFFLINE = "urn:shopify:params:oauth:token-type:offline-access-token"
_ONLINE = "urn:shopify:params:oauth:token-type:online-access-token"


def _same(given: Any, expected: str) -> bool:
    return hmac.compare_digest(str(given or "").encode(), expected.encode())


def _check_app(config: Config, body: Mapping[str, Any]) -> None:
    if not _same(body.get("client_id"), config.client_id):
        raise GrantError("application_cannot_be_found", "Could not find the application")
    if not _same(body.get("client_secret"), config.client_secret):
        raise GrantError("invalid_client", "The client secret is wrong", 401)


def _exchange(config: Config, room: Room, body: Mapping[str, Any]) -> dict[str, Any]:
    wanted = body.get("requested_token_type")
    subject, kind = str(body.get("subject_token") or ""), body.get("subject_token_type")
    if wanted not in {_OFFLINE, _ONLINE}:
        raise GrantError("invalid_request", "requested_token_type is missing or unknown")
    if kind == _OFFLINE and wanted == _OFFLINE:
        return room.tokens.migrate(subject)
    if kind != _ID_TOKEN:
        raise GrantError("invalid_request", "subject_token_type is missing or unknown")
    try:
        user = check_id_token(config, domain=room.shop.domain, token=subject)
    except jwt.InvalidTokenError as error:
        raise GrantError("invalid_subject_token", f"The session token is not valid: {error}") from error
    if wanted == _ONLINE:
        return room.tokens.grant_online(config.scopes, user_id=int(user))
    return room.tokens.grant(config.scopes, expiring=_same(body.get("expiring"), "1"))


def answer_grant(config: Config, room: Room, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a successful token answer. Raises GrantError.

    `expiring` must be the figure 1, as number or text. Without it the token does not expire, and is of no use.
    """
    _check_app(config, body)
    grant = body.get("grant_type")
    if grant == _EXCHANGE:
        answer = _exchange(config, room, body)
    elif grant == "refresh_token":
        answer = room.tokens.refresh(str(body.get("refresh_token") or ""))
    elif grant in {None, "authorization_code"}:
        answer = room.tokens.redeem_code(str(body.get("code") or ""), expiring=_same(body.get("expiring"), "1"))
    else:
        raise GrantError("unsupported_grant_type", f"grant_type {grant!r} is not played here")
    with room.shop.lock:
        room.shop.installed_at = room.shop.installed_at or now()
    return answer
