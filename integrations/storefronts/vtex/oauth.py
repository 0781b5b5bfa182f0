"""Proof that a person administers an account: VTEX's OAuth provider says who logged in there. It opens no API.

The account has the app `vtex.oauth-provider-admin`; its client of credential type admin names our address. Of the flows
only the authorization code is there, by a confidential client: the secret goes with the code over our own line, so that
what the answer says of the person needs no signature. `state` is bound to the browser's session and good for one try.

Source: https://developers.vtex.com/docs/apps/vtex.oauth-provider-admin
"""

import hmac
import secrets
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.kit import http
from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.codes import ADMINISTRATORS
from shipsmart.core.errors import ShipSmartError
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

SESSION, AGE_S, TIMEOUT_S = "vtex.proof", 600.0, 10.0


class NotProven(ShipSmartError):
    """Whoever came back from VTEX is not proven to be anybody; the message says why."""

    code = "not_proven"


@dataclass(frozen=True)
class Person:
    """Who logged in at VTEX. `roles`: None where the API key may not ask License Manager for them."""

    user_id: str
    email: str
    roles: tuple[str, ...] | None = None


def _host(connection: Connection) -> str:
    return str(settings.VTEX_LOGIN_URL).replace("{account}", connection.account)


def redirect_uri() -> str:
    return f"{settings.PUBLIC_URL}/connect/vtex/proof/"


def begin(connection: Connection, session: MutableMapping[str, Any]) -> str:
    """Return the address at VTEX where the person logs in. Raises NotProven without an OAuth client."""
    client_id = connection.credentials.get("oauth_client_id")
    if not client_id or not connection.credentials.get("oauth_client_secret"):
        raise NotProven("give the OAuth client's ID and secret first; VTEX shows them under Account settings, OAuth")
    state = secrets.token_urlsafe(32)
    session[SESSION] = {"state": state, "connection": connection.pk, "at": time.time()}
    asked = {"client_id": client_id, "scope": "", "response_type": "code", "redirect_uri": redirect_uri()}
    return f"{_host(connection)}/_v/oauth2/auth?{urlencode(asked | {'state': state})}"


def pending(session: MutableMapping[str, Any], state: str) -> int:
    """Return the connection that the browser went to VTEX for, once. Raises NotProven."""
    kept = session.pop(SESSION, None)
    if not kept or not hmac.compare_digest(str(kept["state"]).encode(), state.encode()):
        raise NotProven("this answer does not belong to a question of this browser; begin again")
    if time.time() - kept["at"] > AGE_S:
        raise NotProven("the log-in took longer than ten minutes; begin again")
    return int(kept["connection"])


def person(connection: Connection, code: str) -> Person:
    """Return who stands behind a code. Raises NotProven, IntegrationError."""
    host, held = _host(connection), connection.credentials
    grant = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_uri(),
        "client_id": held["oauth_client_id"],
        "client_secret": held["oauth_client_secret"],
    }
    said = http.call(
        f"vtex-login:{connection.account}", "POST", f"{host}/_v/oauth2/token", timeout_s=TIMEOUT_S, data=grant
    )
    token = said.json().get("access_token") if said.ok else None
    if not token:
        raise NotProven(f"VTEX did not take the code ({said.status}); check client ID, secret and allowed address")
    found = http.call(
        f"vtex-login:{connection.account}",
        "GET",
        f"{host}/_v/oauth2/userinfo",
        timeout_s=TIMEOUT_S,
        headers={"Authorization": f"Bearer {token}"},
    )
    told = found.json() if found.ok else {}
    user_id, email = str(told.get("userId") or told.get("user_id") or ""), str(told.get("email") or "")
    if not user_id or not email:
        raise NotProven(f"VTEX did not say who logged in ({found.status})")
    return Person(user_id, email, _roles(connection, user_id))


def _roles(connection: Connection, user_id: str) -> tuple[str, ...] | None:
    """Return the person's roles in the account, None where our key may not ask for them."""
    try:
        # Without the connection: a right that only this optional proof would use is not missing.
        return client.roles(replace(client.key_of(connection), connection=None), user_id)
    except IntegrationError as error:
        if error.code in ("missing_permission", "reauthorise"):
            return None
        raise


def prove(connection: Connection, code: str, *, actor: str) -> Person:
    """Note with the connection who logged in, and with which roles. Raises NotProven, IntegrationError.

    Whose roles are known must administer the account; where our key may not ask, the page says that nothing is known.
    """
    found = person(connection, code)
    if found.roles is not None and ADMINISTRATORS.isdisjoint(found.roles):
        held = ", ".join(found.roles) or "no role"
        wanted = " or ".join(sorted(ADMINISTRATORS))
        raise NotProven(f"{found.email} has {held[:200]} in {connection.account}; somebody with {wanted} must log in")
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        proof = {"email": found.email, "user": found.user_id, "at": timezone.now().isoformat()}
        row.settings = {**row.settings, "proof": proof | {"roles": list(found.roles or ())}}
        row.save(update_fields=["settings"])
        AuditEntry.objects.note(
            row.merchant, actor=actor, action="store.administrator_proven", target=str(row), email=found.email
        )
    return found
