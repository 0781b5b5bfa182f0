"""A whole catalogue in one bulk operation: the store writes a file, we read it in pieces, each in a transaction.

Where we are stands in the connection's settings under `bulk_import`; one outbound message carries the work on. A crash
repeats one piece at most, a cancelled or failed reading goes on where it stopped, also days later: the store keeps the
file for a week.

Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from collections.abc import Sequence

import msgspec
from django.utils import timezone

from integrations.kit import http
from integrations.kit.imports import Import, State
from integrations.storefronts.shopify.client import document, graphql, mutate
from integrations.storefronts.shopify.mapping import store_variant
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError, StoreVariant

KIND = "shopify.bulk_import"
# A wish to cancel is carried out by the worker, which ends the store's own operation at its next step.
IMPORT = Import(KIND, "bulk_import", "Shopify", mark="offset", to_cancel={"cancel": True})
start, cancel, progress, failed = IMPORT.start, IMPORT.cancel, IMPORT.progress, IMPORT.failed
LOOK_AGAIN_S = 5.0
BUSY_S = 60.0  # another bulk operation of ours is under way in this shop
PIECE_BYTES = 1024 * 1024
TIMEOUT_S = 30.0
# The states in which the store has ended the operation without a file.
ENDED = {"FAILED": "failed", "EXPIRED": "failed", "CANCELED": "cancelled"}
_decoder = msgspec.json.Decoder(float_hook=str)


def work(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Do the next step of a shop's import."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    kept = IMPORT.state(connection)
    if kept.get("cancel"):
        return _cancelled(connection, kept)
    steps = {"asked": _ask, "running": _look, "reading": _read}
    step = steps.get(kept.get("state", ""))
    return step(connection, kept) if step else None


def _ask(connection: Connection, _kept: State) -> inbox.Again:
    try:
        made = mutate(connection, "bulk_run", "bulkOperationRunQuery", {"query": document("bulk_variants")})
    except IntegrationError as error:
        if error.code not in ("operation_in_progress", "limit_reached"):
            raise
        return inbox.Again(BUSY_S)
    operation = made["bulkOperation"]["id"]
    return inbox.Again(LOOK_AGAIN_S, lambda: IMPORT.changed(connection, state="running", operation=operation))


def _look(connection: Connection, kept: State) -> inbox.Effects | inbox.Again:
    found = graphql(connection, "bulk_operation", {"id": kept["operation"]})["bulkOperation"]
    if found is None or found["status"] in ENDED:
        state = ENDED[found["status"]] if found else "failed"
        reason = f"the store ended the import: {(found or {}).get('errorCode') or 'no reason given'}"
        return lambda: IMPORT.changed(connection, state=state, reason=reason)
    count = int(found["objectCount"])
    if found["status"] != "COMPLETED":
        return inbox.Again(LOOK_AGAIN_S, lambda: IMPORT.changed(connection, total=count))
    if not found["url"]:  # an empty shop has no file
        return lambda: IMPORT.changed(connection, state="done", total=0)
    return inbox.Again(0, lambda: IMPORT.changed(connection, state="reading", total=count))


def _read(connection: Connection, kept: State) -> inbox.Effects | inbox.Again:
    """Take in one piece of the file; its address is asked for each time, as it may have been renewed."""
    said = graphql(connection, "bulk_operation", {"id": kept["operation"]})
    url = (said["bulkOperation"] or {}).get("url")
    if not url:
        return lambda: IMPORT.changed(connection, state="failed", offset=0, reason="the store keeps the file no longer")
    variants, ahead, ended = piece(connection, url, kept["offset"], said["shop"]["currencyCode"])

    def effects() -> None:
        import_variants(connection, variants)
        IMPORT.changed(
            connection,
            state="done" if ended else "reading",
            done=kept["done"] + len(variants),
            offset=kept["offset"] + ahead,
        )

    return effects if ended else inbox.Again(0, effects)


def piece(connection: Connection, url: str, offset: int, currency: str) -> tuple[Sequence[StoreVariant], int, bool]:
    """Return the variants of the whole lines from `offset` on, how many bytes those are, and whether it was the end."""
    headers = {"Range": f"bytes={offset}-{offset + PIECE_BYTES - 1}", "Accept-Encoding": "identity"}
    answer = http.call(
        f"shopify-files:{connection.account}", "GET", url, timeout_s=TIMEOUT_S, headers=headers, retry=True
    )
    if answer.status == 416:  # the last piece ended with the last byte
        return [], 0, True
    if not answer.ok:
        raise answer.failure("Shopify's file store")
    # A server may answer with the whole file: then what we have is left out.
    content = answer.content if answer.status == 206 else answer.content[offset:]
    ended = answer.status != 206 or len(content) < PIECE_BYTES
    whole = content if ended else content[: content.rfind(b"\n") + 1]
    if not whole and not ended:
        raise IntegrationError("a line of the file is longer than a piece", permanent=True, code="line_too_long")
    rows = [_decoder.decode(line) for line in whole.splitlines() if line.strip()]
    return [store_variant(row, currency) for row in rows], len(whole), ended


def _cancelled(connection: Connection, kept: State) -> inbox.Effects:
    if kept.get("state") == "running":
        try:
            mutate(connection, "bulk_cancel", "bulkOperationCancel", {"id": kept["operation"]})
        except IntegrationError as error:
            if not error.permanent:
                raise
            # The operation had ended by itself meanwhile: there is nothing to cancel.
    return lambda: IMPORT.changed(connection, state="cancelled", cancel=False)


def finished(connection: Connection, operation: str) -> None:
    """The store says that an operation has ended (bulk_operations/finish): look now instead of in a few seconds."""
    kept = IMPORT.state(connection)
    if kept.get("operation") == operation and kept.get("state") == "running":
        OutboundMessage.objects.filter(key=IMPORT.key(connection), state="new").update(due=timezone.now())


class BulkImport:
    start = staticmethod(start)
    cancel = staticmethod(cancel)
    progress = staticmethod(progress)


adapter = BulkImport()
