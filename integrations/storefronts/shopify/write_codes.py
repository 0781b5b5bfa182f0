"""HS codes and origins that a person approved, written back into the shop's inventory items.

Nothing is written that only the machine or the store itself has said. What was approved travels in the message, so a
later change of mind needs a new approval.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/inventoryItemUpdate
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from integrations.storefronts.shopify.client import graphql, mutate
from integrations.storefronts.shopify.shop import gid
from shipsmart.catalog.models import Classification, Variant
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection

KIND = "shopify.write_codes"


def approve(connection: Connection, variants: Iterable[Variant], *, actor: str) -> int:
    """Have the codes and origins of these variants written to the shop; return how many have anything to write.

    Variants of another merchant or another store, and codes that no person decided, are left out. Approving the same
    again writes again: the shop may have changed in between.
    """
    queued = 0
    wanted = [variant.pk for variant in variants]
    rows = Variant.objects.filter(pk__in=wanted, merchant=connection.merchant, product__connection=connection)
    with transaction.atomic():
        for variant in rows.prefetch_related("classifications"):
            values = approved_values(variant)
            if not values:
                continue
            payload = {"connection": connection.pk, "variant": variant.external_id, "values": values, "actor": actor}
            inbox.send(kind=KIND, key=_key(variant, values), payload=payload, again=True)
            queued += 1
        if queued:
            AuditEntry.objects.note(
                connection.merchant, actor=actor, action="store.codes_approved", target=str(connection), variants=queued
            )
    return queued


def _key(variant: Variant, values: Mapping[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:24]
    return f"{KIND}:{variant.pk}:{digest}"


def told(_connection: Connection, variants: Iterable[Variant]) -> dict[int, str]:
    """Return what became of the values that are decided now, by variant: the state of their message."""
    keys = {_key(variant, values): variant.pk for variant in variants if (values := approved_values(variant))}
    rows = OutboundMessage.objects.filter(key__in=keys).values_list("key", "state")
    return {keys[key]: state for key, state in rows}


def approved_values(variant: Variant) -> dict[str, Any]:
    """Return what a person has decided of a variant, in InventoryItemInput's words; empty when nobody has."""
    decided = {
        row.country: row.code
        for row in variant.classifications.all()
        if row.locked or row.source == Classification.Source.PERSON
    }
    if not decided:
        return {}
    national = [
        {"countryCode": country, "harmonizedSystemCode": code} for country, code in sorted(decided.items()) if country
    ]
    values = {
        "harmonizedSystemCode": decided.get(""),
        "countryCodeOfOrigin": variant.origin,
        "countryHarmonizedSystemCodes": national,
    }
    return {name: value for name, value in values.items() if value}


def write(message: OutboundMessage) -> inbox.Effects | None:
    """Write one variant's values, only what differs. A variant or a shop that is gone needs nothing written."""
    said = message.payload
    connection = Connection.objects.select_related("merchant").filter(pk=said["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    found = graphql(connection, "variant_item", {"id": gid("ProductVariant", said["variant"])})["productVariant"]
    if found is None:
        return None
    item = found["inventoryItem"]
    changes = differences(item, said["values"])
    if changes:
        variables = {"id": item["id"], "input": changes}
        mutate(connection, "inventory_item_update", "inventoryItemUpdate", variables)
    return lambda: _note(connection, said, changes)


def differences(item: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of `values` the shop does not have yet. Other countries' codes stay: the shop replaces the list."""
    changes = {
        name: values[name]
        for name in ("harmonizedSystemCode", "countryCodeOfOrigin")
        if name in values and item[name] != values[name]
    }
    known = {row["countryCode"]: row["harmonizedSystemCode"] for row in item["countryHarmonizedSystemCodes"]["nodes"]}
    wanted = known | {
        row["countryCode"]: row["harmonizedSystemCode"] for row in values.get("countryHarmonizedSystemCodes", ())
    }
    if wanted != known:
        changes["countryHarmonizedSystemCodes"] = [
            {"countryCode": country, "harmonizedSystemCode": code} for country, code in sorted(wanted.items())
        ]
    return changes


def _note(connection: Connection, said: Mapping[str, Any], changes: Mapping[str, Any]) -> None:
    if changes:
        target = f"{connection} variant {said['variant']}"
        AuditEntry.objects.note(
            connection.merchant, actor=said["actor"], action="store.codes_written", target=target, **changes
        )


def write_failed(message: OutboundMessage, error: str) -> None:
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection:
        target = f"{connection} variant {message.payload['variant']}"
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.codes_refused", target=target, error=error
        )


class Codes:
    approve = staticmethod(approve)
    told = staticmethod(told)


adapter = Codes()
