"""What a merchant may switch on beyond the checkout and the orders, and the further scopes that each asks for.

Nobody grants these scopes who does not want what they are for: they are optional in shopify.app.toml, and asked for
when the merchant switches the extra on.

Source: https://shopify.dev/docs/apps/build/authentication-authorization/manage-access-scopes
"""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from integrations.storefronts.shopify.manifest import EXTRAS
from integrations.storefronts.shopify.oauth import covered
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import IntegrationError


def missing_scopes(connection: Connection, extra: str) -> list[str]:
    """Return which scopes the shop has yet to grant for an extra."""
    granted = covered(str(connection.credentials.get("scope") or "").split(","))
    return [scope for scope in EXTRAS[extra] if scope not in granted]


def demand(connection: Connection, extra: str) -> None:
    """Raise IntegrationError(permanent=True), code `scope_missing`, unless the shop has granted what an extra needs."""
    missing = missing_scopes(connection, extra)
    if missing:
        raise IntegrationError(
            f"{connection.account} has not granted {', '.join(missing)}; agree in the shop's admin, then try again",
            permanent=True,
            code="scope_missing",
        )


def kept(connection: Connection, extra: str) -> Mapping[str, Any]:
    """Return what is kept of an extra; empty while it is off."""
    return connection.settings.get(extra) or {}


def keep(connection: Connection, extra: str, values: Mapping[str, Any], *, actor: str) -> None:
    """Keep an extra's state, {} for off, and note who changed it. `connection` is brought up to date."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        if (row.settings.get(extra) or {}) != values:
            row.settings = {**row.settings, extra: dict(values)}
            row.save(update_fields=["settings"])
            action = f"store.{extra}_{'on' if values else 'off'}"
            AuditEntry.objects.note(row.merchant, actor=actor, action=action, target=str(row))
    connection.settings = row.settings
