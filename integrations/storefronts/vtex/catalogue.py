"""The account's SKUs into our catalogue, fifty at a time; how far it is stands in the connection's settings.

One outbound message carries the work on. A crash repeats one piece at most; what failed or was cancelled goes on there.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.order_mapping import amount
from integrations.storefronts.vtex.sku_mapping import store_variant
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import ImportProgress, StoreVariant

KIND = "vtex.catalogue"
SETTING = "catalogue"
PIECE, PAGE = 50, 1000
UNDER_WAY = ("asked", "reading")
State = Mapping[str, Any]


def progress(connection: Connection) -> ImportProgress:
    kept: State = Connection.objects.get(pk=connection.pk).settings.get(SETTING) or {}
    started = kept.get("started_at")
    return ImportProgress(
        kept.get("state", "none"),
        kept.get("done", 0),
        kept.get("total", 0),
        datetime.fromisoformat(started) if started else None,
        kept.get("reason", ""),
    )


def start(connection: Connection, *, actor: str) -> ImportProgress:
    """Begin an import, or go on with one that was stopped; one under way stays as it is."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        kept: State = row.settings.get(SETTING) or {}
        if kept.get("state") not in UNDER_WAY:
            stopped = kept.get("state") in ("failed", "cancelled") and kept.get("done")
            fresh = {"state": "asked", "started_at": timezone.now().isoformat(), "done": 0, "total": 0}
            _save(row, {**kept, "state": "reading", "reason": ""} if stopped else fresh)
            AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_started", target=str(row))
            inbox.send(kind=KIND, key=f"{KIND}:{row.pk}", payload={"connection": row.pk}, again=True)
    return progress(connection)


def cancel(connection: Connection, *, actor: str) -> ImportProgress:
    """Have the import end after the piece it is at. What was read stays."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        kept: State = row.settings.get(SETTING) or {}
        if kept.get("state") in UNDER_WAY:
            _save(row, {**kept, "state": "cancelled"})
            AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_cancelled", target=str(row))
    return progress(connection)


def _save(row: Connection, state: State) -> None:
    row.settings = {**row.settings, SETTING: dict(state)}
    row.save(update_fields=["settings"])


def work(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Read the next piece of an account's SKUs."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    kept: State = connection.settings.get(SETTING) or {}
    if kept.get("state") not in UNDER_WAY:
        return None
    ids, done = _ids(connection), int(kept.get("done", 0))
    piece = ids[done : done + PIECE]
    found = _read(connection, piece)

    def effects() -> None:
        OutboundMessage.objects.filter(pk=message.pk).update(attempts=0)
        import_variants(connection, found)
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        now: State = row.settings.get(SETTING) or {}
        reached = done + len(piece)
        state = now.get("state", "reading")
        if state in UNDER_WAY:
            state = "done" if reached >= len(ids) else "reading"
        _save(row, {**now, "state": state, "done": reached, "total": len(ids)})

    return effects if done + len(piece) >= len(ids) else inbox.Again(0, effects)


def failed(message: OutboundMessage, error: str) -> None:
    row = Connection.objects.select_for_update().filter(pk=message.payload["connection"]).first()
    if row:
        _save(row, {**(row.settings.get(SETTING) or {}), "state": "failed", "reason": error[:500]})
        AuditEntry.objects.note(
            row.merchant, actor="VTEX", action="store.import_failed", target=str(row), error=error[:500]
        )


def _ids(connection: Connection) -> list[str]:
    key, found = client.key_of(connection), []
    for page in range(1, 1000):
        some = client.sku_ids(key, page, PAGE)
        found += [str(one) for one in some]
        if len(some) < PAGE:
            break
    return found


def _read(connection: Connection, ids: Sequence[str]) -> list[StoreVariant]:
    """Return SKUs as the first sales channel sells them; one that it does not sell has the price 0."""
    key, channels = client.key_of(connection), connection.settings.get("sales_channels") or {}
    channel = next(iter(channels), "1")
    currency = channels.get(channel, {}).get("currency") or connection.merchant.currency
    prices = {
        str(row["id"]): amount(row["price"]) * Decimal(str(row.get("unitMultiplier") or 1))
        for row in (client.simulated(key, ids, channel=channel) if ids else ())
    }
    fields = connection.settings.get("fields") or {}
    skus = [sku for sku in (client.sku(key, one) for one in ids) if sku and sku.get("IsActive", True)]
    return [
        store_variant(sku, price=prices.get(str(sku["Id"]), Decimal(0)), currency=currency, fields=fields)
        for sku in skus
    ]


class Catalogue:
    """The ports `catalogue` and `catalogue_import`."""

    start = staticmethod(start)
    cancel = staticmethod(cancel)
    progress = staticmethod(progress)

    def products(self, connection: Connection) -> Sequence[StoreVariant]:
        """Return every active SKU."""
        return _read(connection, _ids(connection))


adapter = Catalogue()
