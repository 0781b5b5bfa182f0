"""Tell the store of what was decided about a return: outbound messages, worked off by the inbox."""

from collections.abc import Callable, Mapping

from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.ports import ReturnLabel, provider, provides, title_of
from shipsmart.returns.models import Return


def _row(message: OutboundMessage) -> Return | None:
    row = Return.objects.select_related("order__connection").filter(pk=message.payload["return"]).first()
    if row is None or row.order.connection is None or not provides(row.order.channel, "returns"):
        return None
    return row


def tell_approved(message: OutboundMessage) -> Effects | None:
    row = _row(message)
    if row is None or row.state == Return.State.REQUESTED:
        return None
    provider(row.order.channel, "returns").approve_return(row.order.connection, row.external_id)
    return lambda: _told(row, "approved")


def tell_declined(message: OutboundMessage) -> Effects | None:
    row = _row(message)
    if row is None or row.state != Return.State.DECLINED:
        return None
    said = message.payload
    store = provider(row.order.channel, "returns")
    store.decline_return(row.order.connection, row.external_id, reason=said["reason"], note=said["note"])
    return lambda: _told(row, "declined")


def tell_label(message: OutboundMessage) -> Effects | None:
    row = _row(message)
    if row is None or row.store_delivery_id or not row.waybill:
        return None
    label = ReturnLabel(
        return_external_id=row.external_id,
        waybill=row.waybill,
        tracking_url=row.tracking_url,
        lines=row.quantities,
        label_url=row.label_url,
    )
    store_id = provider(row.order.channel, "returns").tell_return_label(row.order.connection, label)

    def effects() -> None:
        Return.objects.filter(pk=row.pk).update(store_delivery_id=store_id)
        _told(row, f"on its way back with waybill {row.waybill}")

    return effects


def _told(row: Return, what: str) -> None:
    row.order.note("store_told", f"{title_of(row.order.channel)} was told: return {row.number} {what}"[:500])


def given_up(message: OutboundMessage, text: str) -> None:
    row = Return.objects.select_related("order").filter(pk=message.payload["return"]).first()
    if row:
        row.order.note("store_not_told", f"The store could not be told of return {row.number}: {text}"[:500])


HANDLERS: Mapping[str, Callable[[OutboundMessage], Effects | None]] = {
    "returns.approve": tell_approved,
    "returns.decline": tell_declined,
    "returns.tell_label": tell_label,
}
