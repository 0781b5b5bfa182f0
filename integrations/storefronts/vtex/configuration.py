"""What we put into an account and take out again: tax service, custom data, feed and hook.

The order form's configuration is one object that a POST replaces whole: it is read, only our parts are changed, and
what stood there before is kept so that leaving puts it back.

Source: https://developers.vtex.com/docs/guides/tax-services-specification
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.codes import FOLLOWED
from shipsmart.merchants.models import AuditEntry, Connection

APP = "shipsmart"
FIELDS = ("quoteId", "incoterm")
# VTEX's description of the hook knows one header, of this very name: a word of its own would not be valid.
HOOK_HEADER = "key"
RETENTION_S = 1_209_600  # fourteen days, the longest
HIDDEN_S = 240  # longer than storing a lot of ten can take


@dataclass(frozen=True)
class Found:
    """What a look into the account found; `foreign` names what belongs to somebody else by now."""

    missing: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def tax_url(connection: Connection) -> str:
    return f"{settings.PUBLIC_URL}/vtex/{connection.token}/tax"


def hook_url(connection: Connection) -> str:
    return f"{settings.PUBLIC_URL}/vtex/{connection.token}/hook"


def tax_configuration(connection: Connection) -> dict[str, Any]:
    return {
        "url": tax_url(connection),
        "authorizationHeader": connection.credentials["authorization"],
        "allowExecutionAfterErrors": connection.settings.get("when_unknown") == "open",
        "integratedAuthentication": False,
        "appId": APP,
        "isMarketplaceResponsibleForTaxes": False,
    }


def _with_app(apps: list[dict[str, Any]] | None) -> list[dict[str, Any]]:
    others = [app for app in apps or () if app.get("id") != APP]
    return [*others, {"id": APP, "fields": list(FIELDS), "major": 1}]


def _ours(configuration: Mapping[str, Any] | None, connection: Connection) -> bool:
    return bool(configuration) and configuration.get("url") == tax_url(connection)  # type: ignore[union-attr]


def put_order_form(key: client.Key, connection: Connection) -> None:
    """Put tax service and custom data into the order form's configuration, the rest as it stands."""
    found = client.order_form_configuration(key)
    if not _ours(found.get("taxConfiguration"), connection):
        _back_up(connection, {"taxConfiguration": found.get("taxConfiguration")})
    wanted = {
        **found,
        "taxConfiguration": tax_configuration(connection),
        "apps": _with_app(found.get("apps")),
    }
    if wanted != found:
        client.set_order_form_configuration(key, wanted)


def put_feed(key: client.Key) -> None:
    client.configure_push(
        key,
        "feed",
        {
            "filter": {"type": "FromWorkflow", "status": list(FOLLOWED)},
            "queue": {"visibilityTimeoutInSeconds": HIDDEN_S, "MessageRetentionPeriodInSeconds": RETENTION_S},
        },
    )


def put_hook(key: client.Key, connection: Connection) -> None:
    """Configure the hook; VTEX pings its address and refuses the configuration when it does not answer."""
    client.configure_push(
        key,
        "hook",
        {
            "filter": {"type": "FromWorkflow", "status": list(FOLLOWED)},
            "hook": {"url": hook_url(connection), "headers": {HOOK_HEADER: connection.credentials["hook_word"]}},
        },
    )


def put_push(key: client.Key, connection: Connection) -> None:
    """Configure feed and hook, keeping what the key had before: there is one of each for a key."""
    before = {kind: client.push_configuration(key, kind) for kind in ("feed", "hook")}
    if "feed" not in connection.settings.get("backup", {}):
        url = ((before["hook"] or {}).get("hook") or {}).get("url")
        _back_up(connection, {"feed": before["feed"], "hook": None if url == hook_url(connection) else before["hook"]})
    put_feed(key)
    put_hook(key, connection)


def _back_up(connection: Connection, parts: Mapping[str, Any]) -> None:
    """Keep what stood there, before it is replaced."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, "backup": {**row.settings.get("backup", {}), **parts}}
        row.save(update_fields=["settings"])
    connection.settings = row.settings


def look(key: client.Key, connection: Connection) -> Found:
    """Return what of ours is no longer in place."""
    form = client.order_form_configuration(key)
    tax, missing, foreign = form.get("taxConfiguration"), [], []
    if not tax:
        missing.append("tax")
    elif not _ours(tax, connection):
        foreign.append("tax")
    elif tax.get("authorizationHeader") not in (None, connection.credentials["authorization"]):
        missing.append("tax")
    if not any(app.get("id") == APP for app in form.get("apps") or ()):
        missing.append("app")
    missing += [kind for kind in ("feed", "hook") if client.push_configuration(key, kind) is None]
    return Found(tuple(missing), tuple(foreign))


def mend(connection: Connection) -> Found:
    """Put back what vanished. What somebody else put in our place stays: two apps would fight for it every night."""
    key = client.key_of(connection)
    found = look(key, connection)
    if {"tax", "app"} & set(found.missing) and "tax" not in found.foreign:
        put_order_form(key, connection)
    if "feed" in found.missing:
        put_feed(key)
    if "hook" in found.missing:
        put_hook(key, connection)
    return found


def note(connection: Connection, found: Found) -> None:
    """Tell the merchant what was mended and what a person must look at; call it inside a transaction."""
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    row.settings = {**row.settings, "foreign": list(found.foreign)}
    row.save(update_fields=["settings"])
    if found.missing or found.foreign:
        AuditEntry.objects.note(
            row.merchant,
            actor="ShipSmart",
            action="store.configuration_checked",
            target=str(row),
            put_back=list(found.missing),
            replaced_by_others=list(found.foreign),
        )


def take_out(connection: Connection) -> None:
    """Remove all of ours and put back what stood there before us."""
    key = client.key_of(connection)
    backup = connection.settings.get("backup", {})
    found = client.order_form_configuration(key)
    tax = found.get("taxConfiguration")
    apps = [app for app in found.get("apps") or () if app.get("id") != APP]
    wanted = {
        **found,
        "taxConfiguration": backup.get("taxConfiguration") if _ours(tax, connection) else tax,
        "apps": apps,
    }
    if wanted != found:
        client.set_order_form_configuration(key, wanted)
    for kind in ("hook", "feed"):
        if backup.get(kind):
            client.configure_push(key, kind, backup[kind])
        else:
            client.drop_push(key, kind)
