"""The account's SKUs into our catalogue, fifty at a time; how far it is stands in the connection's settings.

One outbound message carries the work on. A crash repeats one piece at most; what failed or was cancelled goes on there.
"""

from collections.abc import Sequence
from decimal import Decimal

from integrations.kit.imports import UNDER_WAY, Import
from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.order_mapping import amount
from integrations.storefronts.vtex.sku_mapping import store_variant
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.ports import StoreVariant

KIND = "vtex.catalogue"
IMPORT = Import(KIND, "catalogue", "VTEX", mark="done", to_cancel={"state": "cancelled"})
PIECE, PAGE = 50, 1000
start, cancel, progress, failed = IMPORT.start, IMPORT.cancel, IMPORT.progress, IMPORT.failed


def work(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Read the next piece of an account's SKUs."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    kept = IMPORT.state(connection)
    if kept.get("state") not in UNDER_WAY:
        return None
    ids, done = _ids(connection), int(kept.get("done", 0))
    piece = ids[done : done + PIECE]
    found = _read(connection, piece)

    def effects() -> None:
        OutboundMessage.objects.filter(pk=message.pk).update(attempts=0)
        import_variants(connection, found)
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        now = IMPORT.state(row)
        reached = done + len(piece)
        state = now.get("state", "reading")
        if state in UNDER_WAY:
            state = "done" if reached >= len(ids) else "reading"
        IMPORT.save(row, {**now, "state": state, "done": reached, "total": len(ids)})

    return effects if done + len(piece) >= len(ids) else inbox.Again(0, effects)


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
