"""What webhooks did not bring: a shop's changed orders are asked for every quarter of an hour."""

import json
from datetime import timedelta

from django.utils import timezone

from integrations.storefronts.shopify import fulfilment_service, health
from integrations.storefronts.shopify.adapter import adapter
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection

KIND = "shopify.reconcile"
EVERY_S = 900
AFTER_FAILURE_S = 3600
OVERLAP = timedelta(minutes=10)  # the store's index of changes runs a little behind its orders


def reconcile(connection: Connection) -> int:
    """Put every order changed since the last time into the inbox; return how many had not been seen so.

    An order's state is taken once however often it is found: the moment of its change is part of the key.
    """
    started = timezone.now()
    since = connection.last_synced_at - OVERLAP if connection.last_synced_at else connection.installed_at
    new = 0
    for external_id, changed_at in adapter.changes_since(connection, since):
        new += inbox.receive(
            source="shopify",
            topic="orders/updated",
            dedup_key=f"reconcile:{connection.account}:{external_id}:{changed_at.isoformat()}",
            account=connection.account,
            headers={"Name": "reconciliation"},
            body=json.dumps({"id": int(external_id)}),
        )
    Connection.objects.filter(pk=connection.pk).update(last_synced_at=started)
    return new


def start(connection: Connection) -> None:
    """Have the shop reconciled from now on; call it inside the transaction that makes the connection active."""
    key = f"{KIND}:{connection.pk}:installed:{connection.installed_at.timestamp():.0f}"
    inbox.send(kind=KIND, key=key, payload={"connection": connection.pk})


def handle(message: OutboundMessage) -> inbox.Effects | None:
    """Reconcile one shop, then plan the next time. It ends with the connection and begins again with a new one."""
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE:
        return None
    reconcile(connection)
    fulfilment_service.look(connection)
    if health.due(connection):
        health.check(connection)
    return lambda: _next(connection.pk, delay_s=EVERY_S)


def go_on(message: OutboundMessage, _error: str) -> None:
    """A time that failed for good is not the last: the next one asks from where the last success ended."""
    _next(message.payload["connection"], delay_s=AFTER_FAILURE_S)


def _next(connection: int, *, delay_s: float) -> None:
    # One row per slot: two messages that end at the same time plan one next time.
    slot = int((timezone.now().timestamp() + delay_s) // EVERY_S)
    inbox.send(kind=KIND, key=f"{KIND}:{connection}:{slot}", payload={"connection": connection}, delay_s=delay_s)
