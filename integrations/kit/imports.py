"""The import of a store's catalogue: where it stands is in the connection's settings, one message carries it on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import ImportProgress

UNDER_WAY = ("asked", "running", "reading")
State = Mapping[str, Any]


@dataclass(frozen=True)
class Import:
    """`kind`: of the outbound message. `setting`: where the state stands. `store`: its name in the audit trail.

    `mark`: the part of the state that says how far the reading was, so that a stopped one can go on.
    `to_cancel`: what a wish to cancel changes.
    """

    kind: str
    setting: str
    store: str
    mark: str
    to_cancel: State

    def state(self, connection: Connection) -> State:
        """Return what `connection`, as it was read, says."""
        kept: State = connection.settings.get(self.setting) or {}
        return kept

    def progress(self, connection: Connection) -> ImportProgress:
        kept = self.state(Connection.objects.get(pk=connection.pk))
        started = kept.get("started_at")
        return ImportProgress(
            kept.get("state", "none"),
            kept.get("done", 0),
            kept.get("total", 0),
            datetime.fromisoformat(started) if started else None,
            kept.get("reason", ""),
        )

    def start(self, connection: Connection, *, actor: str) -> ImportProgress:
        """Begin an import; one that stopped while it was reading goes on there; one under way stays as it is."""
        with transaction.atomic():
            row = Connection.objects.select_for_update().get(pk=connection.pk)
            kept = self.state(row)
            if kept.get("state") not in UNDER_WAY:
                stopped = kept.get("state") in ("failed", "cancelled") and kept.get(self.mark)
                fresh = {
                    "state": "asked",
                    "started_at": timezone.now().isoformat(),
                    "done": 0,
                    "total": 0,
                    self.mark: 0,
                }
                self.save(row, {**kept, "state": "reading", "reason": ""} if stopped else fresh)
                AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_started", target=str(row))
                inbox.send(kind=self.kind, key=self.key(row), payload={"connection": row.pk}, again=True)
        return self.progress(connection)

    def cancel(self, connection: Connection, *, actor: str) -> ImportProgress:
        """Have the import end after the step it is at. What was read stays."""
        with transaction.atomic():
            row = Connection.objects.select_for_update().get(pk=connection.pk)
            kept = self.state(row)
            if kept.get("state") in UNDER_WAY:
                self.save(row, {**kept, **self.to_cancel})
                AuditEntry.objects.note(row.merchant, actor=actor, action="store.import_cancelled", target=str(row))
        return self.progress(connection)

    def failed(self, message: OutboundMessage, error: str) -> None:
        """Write down why the import was given up; call it in the transaction that gives up the message."""
        row = Connection.objects.select_for_update().filter(pk=message.payload["connection"]).first()
        if row:
            self.save(row, {**self.state(row), "state": "failed", "reason": error[:500]})
            AuditEntry.objects.note(
                row.merchant, actor=self.store, action="store.import_failed", target=str(row), error=error[:500]
            )

    def changed(self, connection: Connection, **changes: Any) -> None:
        """Change the state as it is now: somebody may have asked to cancel meanwhile. Call it in a transaction."""
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        self.save(row, {**self.state(row), **changes})

    def save(self, row: Connection, state: State) -> None:
        row.settings = {**row.settings, self.setting: dict(state)}
        row.save(update_fields=["settings"])

    def key(self, connection: Connection) -> str:
        return f"{self.kind}:{connection.pk}"
