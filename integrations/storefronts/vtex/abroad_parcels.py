"""Tell the store of what the stock abroad has sent: invoice with tracking number, then that it has arrived."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.storefronts.vtex import client
from integrations.storefronts.vtex.adapter import adapter
from integrations.storefronts.vtex.codes import CANCELLED
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import CarrierEvent, Milestone, StoreFulfilment
from shipsmart.stock import operations
from shipsmart.stock.models import Reservation

SENT, DELIVERED, REFUSED = "vtex.abroad_sent", "vtex.abroad_delivered", "vtex.abroad_refused"
FORGOTTEN_AFTER, MOST_FORGOTTEN = timedelta(hours=1), 200
Rows = Reservation.objects.select_related("stock__connection__merchant", "stock__merchant")


def send(row: Reservation, *, carrier: str, waybill: str, tracking_url: str, actor: str) -> None:
    """Note that a parcel left the stock, and owe the store its invoice. Raises NotNow."""
    with transaction.atomic():
        operations.sent(row, carrier=carrier, waybill=waybill, tracking_url=tracking_url, actor=actor)
        _owe(SENT, row)


def arrive(row: Reservation, *, actor: str) -> None:
    with transaction.atomic():
        operations.delivered(row, actor=actor)
        _owe(DELIVERED, row)


def refuse(row: Reservation, *, reason: str) -> None:
    """Ask the store to cancel an order that the stock cannot serve; the store then cancels it here. Raises NotNow."""
    if row.state not in operations.OPEN:
        raise operations.NotNow(f"order {row.order_id} is {row.get_state_display()}: it cannot be cancelled now")
    with transaction.atomic():
        _owe(REFUSED, row, reason=reason)


def _owe(kind: str, row: Reservation, **data: Any) -> None:
    inbox.send(kind=kind, key=f"{kind}:{row.pk}", payload={"reservation": row.pk, **data}, again=True)


def tell_sent(message: OutboundMessage) -> inbox.Effects:
    """Write the invoice of a parcel; one of the same waybill is found again."""
    row = Rows.get(pk=message.payload["reservation"])
    connection = row.stock.connection
    node = adapter.fetch_node(connection, row.order_id)
    lines = {
        str(item.get("uniqueId") or item["id"]): int(item["quantity"])
        for item in node["items"]
        if str(item.get("seller") or row.stock.seller) == row.stock.seller
    }
    parcel = StoreFulfilment(row.order_id, lines, row.carrier, row.waybill, row.tracking_url)
    made = adapter.fulfil(connection, parcel)
    return lambda: _note(row, fulfilment_id=made, error="")


def tell_delivered(message: OutboundMessage) -> inbox.Effects | inbox.Again:
    row = Rows.get(pk=message.payload["reservation"])
    if not row.fulfilment_id:
        return inbox.Again(60)  # the invoice is still owed
    event = CarrierEvent(timezone.now(), "OK", "Delivered", "", row.stock.country, Milestone.DELIVERED)
    adapter.add_event(row.stock.connection, row.fulfilment_id, event)
    return lambda: _note(row, error="")


def tell_refused(message: OutboundMessage) -> inbox.Effects:
    row = Rows.get(pk=message.payload["reservation"])
    if row.state in operations.OPEN:
        client.cancel(client.key_of(row.stock.connection), row.order_id, message.payload["reason"])
    return lambda: _let_go(row)


def _let_go(row: Reservation) -> None:
    """Let the units go here too: the store's own call may have come before, or may never come."""
    operations.cancel(row.stock, number=row.number)
    _note(row, error="")


def forgotten(connection: Connection) -> list[Reservation]:
    """Return the open reservations whose order the store cancelled or never made: a call or an answer was lost.

    Only those older than an hour: an order that is being placed is not to be read yet.
    """
    key, before = client.key_of(connection), timezone.now() - FORGOTTEN_AFTER
    rows = Rows.filter(stock__connection=connection, state__in=operations.OPEN, made_at__lt=before)
    found = ((row, client.order(key, row.order_id)) for row in rows[:MOST_FORGOTTEN])
    return [row for row, node in found if node is None or node["status"] in CANCELLED]


def let_go(rows: Sequence[Reservation]) -> None:
    """Let the units of forgotten orders go; call it inside a transaction."""
    for row in rows:
        operations.cancel(row.stock, number=row.number)
        AuditEntry.objects.note(row.stock.merchant, actor="ShipSmart", action="stock.let_go", target=row.order_id)


def not_told(message: OutboundMessage, error: str) -> None:
    row = Rows.filter(pk=message.payload["reservation"]).first()
    if row:
        _note(row, error=error[:500])


def _note(row: Reservation, **values: str) -> None:
    Reservation.objects.filter(pk=row.pk).update(**values)
