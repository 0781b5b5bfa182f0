"""Tell the store of what was decided about a return: outbound messages, worked off by the inbox."""

from django.core.files.storage import default_storage

from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.orders.models import Order
from shipsmart.ports import (
    BegunReturn,
    ReceivedLine,
    ReturnLabel,
    StoreReturn,
    StoreReturnLine,
    provider,
    provides,
    title_of,
)
from shipsmart.returns.models import Return
from shipsmart.returns.operations import adopt, tell_the_rest


def _row(message: OutboundMessage, capability: str = "returns_told") -> Return | None:
    row = Return.objects.select_related("order__connection").filter(pk=message.payload["return"]).first()
    if row is None or row.order.connection is None or not provides(row.order.channel, capability):
        return None
    return row


def begin(message: OutboundMessage) -> Effects | None:
    """Make a return in the store that was begun here; the store's own message about it may come first."""
    row = _row(message, "returns_begun")
    if row is None or row.external_id or row.state in (Return.State.DECLINED, Return.State.CANCELLED):
        return None
    begun = BegunReturn(
        order_external_id=row.order.external_id,
        mark=row.mark,
        requested=row.state == Return.State.REQUESTED,
        lines=tuple(_begun_lines(row)),
    )
    told = provider(row.order.channel, "returns_begun").begin_return(row.order.connection, begun)
    return lambda: _begun(row, told)


def _begun_lines(row: Return) -> list[StoreReturnLine]:
    return [
        StoreReturnLine("", line.order_line.external_id, line.quantity, line.reason, line.note)
        for line in row.lines.select_related("order_line")
    ]


def _begun(row: Return, told: StoreReturn) -> None:
    order = Order.objects.select_for_update(of=("self",)).get(pk=row.order_id)
    adopt(order, told)
    current = Return.objects.select_for_update(of=("self",)).select_related("order").get(pk=row.pk)
    _told(current, "begun")
    tell_the_rest(current)


def tell_approved(message: OutboundMessage) -> Effects | None:
    row = _row(message)
    if row is None or row.state == Return.State.REQUESTED:
        return None
    provider(row.order.channel, "returns_told").approve_return(row.order.connection, row.external_id)
    return lambda: _told(row, "approved")


def tell_declined(message: OutboundMessage) -> Effects | None:
    row = _row(message)
    if row is None or row.state != Return.State.DECLINED:
        return None
    said = message.payload
    store = provider(row.order.channel, "returns_told")
    store.decline_return(row.order.connection, row.external_id, reason=said["reason"], note=said["note"])
    return lambda: _told(row, "declined")


def tell_label(message: OutboundMessage) -> Effects | None:
    """Tell the parcel that comes back, or the other waybill of one that the store knows."""
    row = _row(message)
    if row is None or not row.waybill or row.told_waybill == row.waybill:
        return None
    label = ReturnLabel(
        return_external_id=row.external_id,
        waybill=row.waybill,
        tracking_url=row.tracking_url,
        lines=row.quantities,
        label_url=row.label_url,
        file=_label(row),
        delivery_id=row.store_delivery_id,
    )
    store_id = provider(row.order.channel, "returns_told").tell_return_label(row.order.connection, label)

    def effects() -> None:
        now = Return.objects.select_for_update(of=("self",)).get(pk=row.pk)
        now.store_delivery_id = store_id
        if (now.waybill, now.label_file) == (row.waybill, row.label_file):
            now.told_waybill = row.waybill
        now.save(update_fields=["store_delivery_id", "told_waybill"])
        _told(row, f"on its way back with waybill {row.waybill}")
        if not now.told_waybill:  # another label was noted while the store was told of this one
            tell_the_rest(now)

    return effects


def _label(row: Return) -> bytes:
    if not row.label_file:
        return b""
    with default_storage.open(row.label_file) as file:
        content: bytes = file.read()
    return content


def tell_received(message: OutboundMessage) -> Effects | None:
    """Tell what came back and whether it goes back on the shelf."""
    row = _row(message)
    if row is None or not row.inspected:
        return None
    lines = _received(row)
    if not lines:
        return None
    provider(row.order.channel, "returns_told").process_return(row.order.connection, row.external_id, lines)
    return lambda: _told(row, "received and inspected")


def _received(row: Return) -> list[ReceivedLine]:
    return [
        ReceivedLine(line.order_line.external_id, line.accepted or 0, line.restock)
        for line in row.lines.select_related("order_line")
        if line.accepted
    ]


def tell_closed(message: OutboundMessage) -> Effects | None:
    """End a return in the store: what came back is confirmed before, as nothing can be confirmed after."""
    row = _row(message, "returns_closed")
    if row is None or row.state != Return.State.CLOSED:
        return None
    if lines := _received(row):
        provider(row.order.channel, "returns_told").process_return(row.order.connection, row.external_id, lines)
    provider(row.order.channel, "returns_closed").close_return(row.order.connection, row.external_id)
    return lambda: _told(row, "closed")


def _told(row: Return, what: str) -> None:
    row.order.note("store_told", f"{title_of(row.order.channel)} was told: return {row.number} {what}"[:500])


def given_up(message: OutboundMessage, text: str) -> None:
    row = Return.objects.select_related("order").filter(pk=message.payload["return"]).first()
    if row:
        row.order.note("store_not_told", f"The store could not be told of return {row.number}: {text}"[:500])
