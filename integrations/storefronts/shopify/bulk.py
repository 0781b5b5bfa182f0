"""A whole catalogue in one bulk operation: the store writes a file, we read it in pieces, each in a transaction.

Where we are stands in the connection's settings under `bulk_import`; one outbound message carries the work on. A crash
repeats one piece at most, a cancelled or failed reading goes on where it stopped, also days later: the store keeps the
file for a week.

Source: https://shopify.dev/docs/api/usage/bulk-operations/queries
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone

from integrations.kit import http
from integrations.storefronts.shopify.client import document, graphql, mutate
from integrations.storefronts.shopify.mapping import store_variant
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import ImportProgress, IntegrationError, StoreVariant

KIND = "shopify.bulk_import"
SETTING = "bulk_import"
LOOK_AGAIN_S = 5.0
BUSY_S = 60.0  # another bulk operation of ours is under way in this shop
PIECE_BYTES = 1024 * 1024
TIMEOUT_S = 30.0
# The states in which the store has ended the operation without a file.
ENDED = {"FAILED": "failed", "EXPIRED": "failed", "CANCELED": "cancelled"}
UNDER_WAY = ("asked", "running", "reading")
_decoder = msgspec.json.Decoder(float_hook=str)

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
    """Begin an import; one that stopped while the file was read goes on there; one under way stays as it is."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        kept: State = row.settings.get(SETTING) or {}
        if kept.get("state") not in UNDER_WAY:
            stopped = kept.get("state") in ("failed", "cancelled") and kept.get("offset")
            fresh = {"state": "asked", "started_at": timezone.now().isoformat(), "done": 0, "total": 0, "offset": 0}
            _save(row, {**kept, "state": "reading", "reason": ""} if stopped else fresh)
            AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_started", target=str(row))
            inbox.send(kind=KIND, key=f"{KIND}:{row.pk}", payload={"connection": row.pk}, again=True)
    return progress(connection)


def cancel(connection: Connection, *, actor: str) -> ImportProgress:
    """Have the import end. What was read stays; the worker ends the store's own operation at its next step."""
    with transaction.atomic():
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        kept: State = row.settings.get(SETTING) or {}
        if kept.get("state") in UNDER_WAY:
            _save(row, {**kept, "cancel": True})
            AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_cancelled", target=str(row))
    return progress(connection)


def _save(row: Connection, state: State) -> None:
    row.settings = {**row.settings, SETTING: dict(state)}
    row.save(update_fields=["settings"])


def _changed(connection: Connection, **changes: Any) -> None:
    """Change the state as it is now: somebody may have asked to cancel meanwhile."""
    row = Connection.objects.select_for_update().get(pk=connection.pk)
    _save(row, {**(row.settings.get(SETTING) or {}), **changes})


def work(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Do the next step of a shop's import."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    kept: State = connection.settings.get(SETTING) or {}
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
    return inbox.Again(LOOK_AGAIN_S, lambda: _changed(connection, state="running", operation=operation))


def _look(connection: Connection, kept: State) -> inbox.Effects | inbox.Again:
    found = graphql(connection, "bulk_operation", {"id": kept["operation"]})["bulkOperation"]
    if found is None or found["status"] in ENDED:
        state = ENDED[found["status"]] if found else "failed"
        reason = f"the store ended the import: {(found or {}).get('errorCode') or 'no reason given'}"
        return lambda: _changed(connection, state=state, reason=reason)
    count = int(found["objectCount"])
    if found["status"] != "COMPLETED":
        return inbox.Again(LOOK_AGAIN_S, lambda: _changed(connection, total=count))
    if not found["url"]:  # an empty shop has no file
        return lambda: _changed(connection, state="done", total=0)
    return inbox.Again(0, lambda: _changed(connection, state="reading", total=count))


def _read(connection: Connection, kept: State) -> inbox.Effects | inbox.Again:
    """Take in one piece of the file; its address is asked for each time, as it may have been renewed."""
    said = graphql(connection, "bulk_operation", {"id": kept["operation"]})
    url = (said["bulkOperation"] or {}).get("url")
    if not url:
        return lambda: _changed(connection, state="failed", offset=0, reason="the store keeps the file no longer")
    variants, ahead, ended = piece(connection, url, kept["offset"], said["shop"]["currencyCode"])

    def effects() -> None:
        import_variants(connection, variants)
        _changed(
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
    return lambda: _changed(connection, state="cancelled", cancel=False)


def failed(message: OutboundMessage, error: str) -> None:
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection:
        _changed(connection, state="failed", reason=error[:300])
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.import_failed", target=str(connection), error=error
        )


def finished(connection: Connection, operation: str) -> None:
    """The store says that an operation has ended (bulk_operations/finish): look now instead of in a few seconds."""
    kept: State = connection.settings.get(SETTING) or {}
    if kept.get("operation") == operation and kept.get("state") == "running":
        OutboundMessage.objects.filter(key=f"{KIND}:{connection.pk}", state="new").update(due=timezone.now())


class BulkImport:
    start = staticmethod(start)
    cancel = staticmethod(cancel)
    progress = staticmethod(progress)


adapter = BulkImport()
