"""Once a day: does the shop still grant what we need, and does Shopify still support the version we are pinned to?

What is amiss stands in the connection's settings under `health` and is told to the merchant once, when it begins.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.manifest import SCOPES
from integrations.storefronts.shopify.oauth import covered
from shipsmart.merchants.models import AuditEntry, Connection

EVERY = timedelta(days=1)
SETTING = "health"


def due(connection: Connection) -> bool:
    checked = (connection.settings.get(SETTING) or {}).get("checked_at")
    return not checked or datetime.fromisoformat(checked) < timezone.now() - EVERY


def check(connection: Connection) -> list[str]:
    """Ask the shop and keep the answer; return what is amiss, in words."""
    said = graphql(connection, "health")
    granted = [row["handle"] for row in said["currentAppInstallation"]["accessScopes"]]
    supported = [row["handle"] for row in said["publicApiVersions"] if row["supported"]]
    found = problems(granted, supported)
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        before = (row.settings.get(SETTING) or {}).get("problems") or []
        row.settings = {**row.settings, SETTING: {"checked_at": timezone.now().isoformat(), "problems": found}}
        row.save(update_fields=["settings"])
        if found and found != before:
            AuditEntry.objects.note(
                row.merchant, actor="Shopify", action="store.health", target=str(row), problems=found
            )
    return found


def problems(granted: Sequence[str], supported: Sequence[str]) -> list[str]:
    """Return a sentence for each thing amiss; write_x grants read_x too."""
    have = covered(granted)
    missing = [scope for scope in SCOPES if scope not in have]
    found = [f"not granted: {', '.join(missing)}; open the app in the shop's admin and agree"] if missing else []
    version = settings.SHOPIFY_API_VERSION
    if version not in supported:
        found.append(f"Shopify no longer supports the Admin API version {version}: update ShipSmart")
    return found
