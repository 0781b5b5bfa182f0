"""The access token of a shop: refreshed before it ends, by one worker at a time, no transaction open meanwhile.

Whoever finds the token due writes a lease into the credentials in a short transaction, asks Shopify with no
transaction open, and stores both new tokens together in a second one, if the refresh token it used is still the stored
one. That holds on PostgreSQL (row lock) and on SQLite (one writer at a time). A worker that dies leaves a lease that
runs out; the refresh token it may have used up stays good until its successor is used.
"""

import logging
import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.storefronts.shopify import oauth
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError

log = logging.getLogger(__name__)

EARLY = timedelta(minutes=5)
LEASE = timedelta(seconds=30)  # longer than oauth.TIMEOUT_S
WAIT_S = 5.0
POLL_S = 0.1


def access_token(connection: Connection, *, refused: str = "") -> str:
    """Return a token that is good now. `refused` is one that Shopify just answered 401 to: another is wanted.

    Raises IntegrationError: permanent, code `reauthorise`, when the merchant must open the app again.
    """
    if connection.status == Connection.Status.ACTIVE and _fresh(connection.credentials, refused):
        return str(connection.credentials["access_token"])
    give_up_at = time.monotonic() + WAIT_S
    while True:
        lease = _take_turn(connection, refused)
        if lease:
            return _refreshed(connection, lease, refused)
        # Somebody else is at it. Five minutes before its end the old token still works: no need to wait.
        if _alive(connection.credentials, refused):
            return str(connection.credentials["access_token"])
        if time.monotonic() > give_up_at:
            raise IntegrationError(
                "another worker is still refreshing the token", permanent=False, code="token_busy", retry_after_s=5
            )
        time.sleep(POLL_S)


def _ends(credentials: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(credentials["expires_at"])


def _alive(credentials: Mapping[str, Any], refused: str) -> bool:
    token = credentials.get("access_token", "")
    return bool(token) and token != refused and _ends(credentials) > timezone.now()


def _fresh(credentials: Mapping[str, Any], refused: str) -> bool:
    return _alive(credentials, refused) and _ends(credentials) - EARLY > timezone.now()


def _locked(connection: Connection) -> Connection:
    return Connection.objects.select_for_update().get(pk=connection.pk)


def _take_turn(connection: Connection, refused: str) -> str:
    """Return our lease when it is ours to refresh, else ""; `connection` then holds what is stored."""
    with transaction.atomic():
        row = _locked(connection)
        connection.status, connection.credentials = row.status, row.credentials
        if row.status != Connection.Status.ACTIVE or not row.credentials.get("refresh_token"):
            raise _dead(connection)
        if _fresh(row.credentials, refused) or _leased(row.credentials):
            return ""
        lease = secrets.token_hex(8)
        until = (timezone.now() + LEASE).isoformat()
        row.credentials = {**row.credentials, "refresh_lease": lease, "refresh_lease_until": until}
        row.save(update_fields=["credentials"])
    return lease


def _leased(credentials: Mapping[str, Any]) -> bool:
    until = credentials.get("refresh_lease_until")
    return bool(until) and datetime.fromisoformat(until) > timezone.now()


def _refreshed(connection: Connection, lease: str, refused: str) -> str:
    used = connection.credentials["refresh_token"]
    try:
        grant = oauth.refresh(connection.account, used)
    except IntegrationError as error:
        if error.code == "invalid_grant":
            return _given_up(connection, used, refused)
        _give_back(connection, lease)
        if _alive(connection.credentials, refused):
            log.warning("%s: token not refreshed yet, the old one still works: %s", connection, error)
            return str(connection.credentials["access_token"])
        raise
    return _stored(connection, used, grant)


def _stored(connection: Connection, used: str, grant: oauth.Grant) -> str:
    with transaction.atomic():
        row = _locked(connection)
        if row.credentials.get("refresh_token") == used:
            row.credentials = grant.credentials()
            row.save(update_fields=["credentials"])
        # Else a new installation or a later refresh came in between: what it stored is what counts.
        connection.status, connection.credentials = row.status, row.credentials
    if not connection.credentials.get("access_token"):
        raise _dead(connection)
    return str(connection.credentials["access_token"])


def _give_back(connection: Connection, lease: str) -> None:
    with transaction.atomic():
        row = _locked(connection)
        if row.credentials.get("refresh_lease") == lease:
            row.credentials = {k: v for k, v in row.credentials.items() if not k.startswith("refresh_lease")}
            row.save(update_fields=["credentials"])


def _given_up(connection: Connection, used: str, refused: str) -> str:
    """Mark the connection when its refresh token is dead; return the stored token when it was replaced meanwhile."""
    with transaction.atomic():
        row = _locked(connection)
        replaced = row.credentials.get("refresh_token") != used
        if not replaced and row.status == Connection.Status.ACTIVE:
            row.status = Connection.Status.REAUTHORISE
            row.save(update_fields=["status"])
            AuditEntry.objects.note(
                row.merchant, actor="Shopify", action="store.reauthorise", target=str(row), reason="invalid_grant"
            )
        connection.status, connection.credentials = row.status, row.credentials
    if replaced and _alive(connection.credentials, refused):
        return str(connection.credentials["access_token"])
    raise _dead(connection)


def _dead(connection: Connection) -> IntegrationError:
    return IntegrationError(
        f"{connection.account}: Shopify takes our token no longer; open the app in the shop's admin once to renew it",
        permanent=True,
        code="reauthorise",
    )
