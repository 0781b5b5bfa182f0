"""Tell the store: fulfilled, with carrier and tracking number."""

from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import Effects
from shipsmart.ports import StoreFulfilment, provider, provides, title_of
from shipsmart.shipments.models import Shipment


def handle_fulfil(message: OutboundMessage) -> Effects | None:
    """Outbound handler "shipments.fulfil". The adapter looks for an earlier fulfilment of the same waybill first."""
    shipment = Shipment.objects.select_related("order__connection").get(pk=message.payload["shipment"])
    order = shipment.order
    if shipment.state == Shipment.State.VOIDED or shipment.store_fulfilment_id:
        return None
    if order.connection is None or not provides(order.channel, "fulfilments"):
        return None
    quantities: dict[str, int] = {}
    for line in shipment.lines.select_related("order_line"):
        quantities[line.order_line.external_id] = quantities.get(line.order_line.external_id, 0) + line.quantity
    fulfilment = StoreFulfilment(
        order_external_id=order.external_id,
        lines=quantities,
        carrier=shipment.carrier,
        waybill=shipment.waybill,
        tracking_url=shipment.tracking_url,
    )
    store_id = provider(order.channel, "fulfilments").fulfil(order.connection, fulfilment)

    def effects() -> None:
        Shipment.objects.filter(pk=shipment.pk).update(store_fulfilment_id=store_id)
        order.note(
            "store_told", f"{title_of(order.channel)} was told: fulfilled with waybill {shipment.waybill}", id=store_id
        )

    return effects


def given_up(message: OutboundMessage, text: str) -> None:
    shipment = Shipment.objects.get(pk=message.payload["shipment"])
    shipment.order.note("store_not_told", f"The store could not be told of the shipment: {text}"[:500])
