"""Work that comes back for as long as an account is connected: one row for each kind and account."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils import timezone

from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Again, Effects
from shipsmart.merchants.models import Connection

AFTER_FAILURE_S = 3600.0


@dataclass(frozen=True)
class Round:
    """`work` may call VTEX and returns the effects, if any. `every_s` after its end it comes again."""

    kind: str
    every_s: float
    work: Callable[[Connection], Effects | None]

    def start(self, connection: Connection, *, delay_s: float = 0) -> None:
        """Have the round run from now on; call it inside the transaction that makes the connection active."""
        inbox.send(
            kind=self.kind,
            key=self._key(connection.pk),
            payload={"connection": connection.pk},
            delay_s=delay_s,
            again=True,
        )

    def handle(self, message: OutboundMessage) -> Effects | Again | None:
        """Run once. It ends with the connection and begins again with a new key."""
        connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
        if connection is None or connection.status != Connection.Status.ACTIVE:
            return None
        effects = self.work(connection)

        def done() -> None:
            # The row lives as long as the connection: tries are counted for each time by itself.
            OutboundMessage.objects.filter(pk=message.pk).update(attempts=0)
            if effects:
                effects()

        return Again(self.every_s, done)

    def go_on(self, message: OutboundMessage, _error: str) -> None:
        """A time that failed for good is not the last."""
        connection = Connection.objects.filter(pk=message.payload["connection"]).first()
        if connection and connection.status == Connection.Status.ACTIVE:
            self.start(connection, delay_s=AFTER_FAILURE_S)

    def _key(self, connection: int) -> str:
        return f"{self.kind}:{connection}"


def synced(connection: Connection) -> Effects:
    """Return the effect that notes when the account's orders were last asked for."""
    at = timezone.now()

    def effects() -> None:
        Connection.objects.filter(pk=connection.pk).update(last_synced_at=at)

    return effects
