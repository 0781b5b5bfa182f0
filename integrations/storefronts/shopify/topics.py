"""What each webhook topic makes us do. Every handler may be called again for the same event."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone

from integrations.storefronts.shopify import bulk, compliance, order_marks, topics_returns, topics_routing
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.fulfilment import ToldParcel
from integrations.storefronts.shopify.registration import register_carrier_service, register_webhooks
from integrations.storefronts.shopify.said import said, triggered_at
from integrations.storefronts.shopify.shop import gid, number_of
from integrations.storefronts.shopify.topics_returns import prepare_refunds, prepare_returns
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Effects
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import LABELLED, hold, prepare_intake
from shipsmart.ports import Incoterm, IntegrationError, StoreVariant
from shipsmart.shipments.models import Shipment

# How far the clocks of our machines, and the store's readable copies of what it tells of, may lag behind each other.
CLOCKS_APART = timedelta(seconds=5)
READ_KEPT_S = 3600

Payload = Mapping[str, Any]
Handler = Callable[[Connection, Payload, InboundEvent], Effects | None]


def handle(event: InboundEvent) -> Effects | None:
    """Do what the event's topic asks for; an unknown topic stays recorded and asks for nothing."""
    payload = json.loads(event.body)
    if event.topic in compliance.HANDLERS:
        return compliance.HANDLERS[event.topic](event.account, payload, event)
    connection = Connection.objects.select_related("merchant").filter(storefront="shopify", account=event.account)
    found = connection.first()
    handler = HANDLERS.get(event.topic)
    if found is None or handler is None:
        return None
    # After an uninstallation nothing can be fetched any more; a later installation catches up by reconciliation.
    if found.status == Connection.Status.UNINSTALLED:
        return None
    return handler(found, payload, event)


def given_up(event: InboundEvent, error: str) -> None:
    """Tell the merchant of a message that could not be handled; reconciliation may still bring its order in."""
    connection = Connection.objects.select_related("merchant").filter(storefront="shopify", account=event.account)
    found = connection.first()
    if found:
        AuditEntry.objects.note(
            found.merchant,
            actor="Shopify",
            action="store.message_failed",
            target=str(found),
            topic=event.topic,
            event=event.pk,
            error=error,
        )


def _order(connection: Connection, external_id: str, *, told_at: datetime | None = None) -> Effects | None:
    """Take an order in as it stands now. `told_at`: when we were told that it changed; what was read after that holds
    the change already, so of many messages about one order most need no question of their own."""
    key, started = f"shopify-read:{connection.pk}:{external_id}", timezone.now()
    read_at = cache.get(key) if external_id and told_at else None
    if not external_id or (read_at and told_at and told_at + CLOCKS_APART < read_at):
        return None
    found = adapter.fetch_whole(connection, external_id)
    take_in = prepare_intake(connection=connection, order=found.order)
    # An order that is not here yet is taken in first; its refunds come with the next message or reconciliation.
    known = Order.objects.filter(connection=connection, external_id=external_id).exists()
    record = prepare_refunds(connection, external_id, found.refunds) if known else None
    come_back = prepare_returns(connection, external_id, found.returns)

    def effects() -> None:
        take_in()
        if found.sold_ddp:
            _hold_if_unpaid(connection, external_id)
        for parcel in found.parcels:
            _hold_if_foreign(connection, external_id, parcel)
        come_back()
        if record:
            record()
        elif not known and found.refunds:
            _look_again(connection, external_id, found.refunds)
        order_marks.keep_in_step(connection, external_id)
        transaction.on_commit(lambda: cache.set(key, started, READ_KEPT_S), robust=True)

    return effects


def _look_again(connection: Connection, external_id: str, refunds: frozenset[str]) -> None:
    """Have the refunds of an order recorded that was refunded before we first saw it."""
    inbox.receive(
        source="shopify",
        topic="refunds/create",
        dedup_key=f"refunds:{connection.account}:{external_id}:{'.'.join(sorted(refunds))}"[:200],
        account=connection.account,
        headers={"Name": "first sight"},
        body=json.dumps({"order_id": int(external_id)}),
    )


def _hold_if_unpaid(connection: Connection, external_id: str) -> None:
    """Hold an order that the store sold DDP and of which we know no duty: our label would be DAP.

    Once: what a person released afterwards stays released. That the store says DAP of an order that we sold DDP means
    nothing: it does not know what stands in our delivery price.
    """
    order = Order.objects.filter(connection=connection, external_id=external_id).first()
    if order is None or order.incoterm == Incoterm.DDP or order.events.filter(kind="sold_ddp").exists():
        return
    reason = "the store sold this order with duties paid (DDP), and none are known here: do not send it DAP"
    order.note("sold_ddp", reason, actor="Shopify")
    if order.state not in LABELLED:
        hold(order, "Shopify", reason)


def _hold_if_foreign(connection: Connection, external_id: str, parcel: ToldParcel) -> None:
    """Hold an order that somebody fulfils without us: no second label, no prepaid duty on a label that is not DDP.

    Once per fulfilment: what a person released afterwards stays released. An order may have been fulfilled before we
    first see it, so this is looked at with every message about the order.
    """
    order = Order.objects.filter(connection=connection, external_id=external_id).first()
    # Our own fulfilments come back here too; their waybill is stored before the store is told of it.
    if order is None or order.shipments.filter(waybill__in=parcel.waybills).exists():
        return
    if order.events.filter(kind="fulfilled_elsewhere", data__fulfilment=parcel.external_id).exists():
        return
    reason = f"fulfilled in the store without ShipSmart ({', '.join(parcel.waybills) or 'no tracking number'})"
    if order.collected:
        reason += "; the shopper has prepaid duty and tax: make sure that this label is DDP"
    order.note("fulfilled_elsewhere", reason, actor="Shopify", fulfilment=parcel.external_id)
    hold(order, "Shopify", reason)


def _order_changed(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    return _order(connection, said(payload, "id"), told_at=event.created_at)


def _order_edited(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    return _order(connection, said(payload, "order_edit", "order_id"), told_at=event.created_at)


def _order_refunded(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    return _order(connection, said(payload, "order_id"), told_at=event.created_at)


def _order_routed(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    fulfilment_order = said(payload, "fulfillment_order", "id")
    external_id = adapter.order_of_fulfilment_order(connection, fulfilment_order)
    return _order(connection, external_id, told_at=event.created_at)


def _fulfilled(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    external_id = said(payload, "order_id")
    waybills = tuple(str(number) for number in payload.get("tracking_numbers") or () if number)
    parcel = ToldParcel(said(payload, "id"), waybills)
    return lambda: _hold_if_foreign(connection, external_id, parcel)


def _fulfilment_changed(connection: Connection, payload: Payload, event: InboundEvent) -> Effects | None:
    """A new waybill may be somebody else's; our own fulfilment taken back in the store is told to the merchant."""
    if payload.get("status") not in ("cancelled", "error", "failure"):
        return _fulfilled(connection, payload, event)
    order = Order.objects.filter(connection=connection, external_id=said(payload, "order_id")).first()
    waybills = [str(number) for number in payload.get("tracking_numbers") or () if number]
    # A label that we voided takes its fulfilment back itself: that is no news.
    ours = order.shipments.exclude(state=Shipment.State.VOIDED) if order else Shipment.objects.none()
    if order is None or not ours.filter(waybill__in=waybills).exists():
        return None
    text = f"The fulfilment with waybill {', '.join(waybills)} was cancelled in the store; its label is still good"
    if order.events.filter(kind="fulfilment_cancelled", data__event=event.pk).exists():
        return None
    return lambda: _note(order, text, event.pk)


def _note(order: Order, text: str, event: int) -> None:
    order.note("fulfilment_cancelled", text[:500], actor="Shopify", event=event)


def _product_changed(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    variants = adapter.product_variants(connection, said(payload, "id"))
    return lambda: _import(connection, variants)


def _import(connection: Connection, variants: list[StoreVariant]) -> None:
    import_variants(connection, variants)


def _item_changed(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    """An HS code or origin was changed in the shop: that changes no product, so no products/update comes."""
    found = graphql(connection, "inventory_item_owner", {"id": gid("InventoryItem", said(payload, "id"))})
    nodes = (((found["inventoryItem"] or {}).get("variants")) or {}).get("nodes") or ()
    products = {number_of(node["product"]["id"]) for node in nodes}
    variants = [one for product in sorted(products) for one in adapter.product_variants(connection, product)]
    return lambda: _import(connection, variants)


def _shop_changed(connection: Connection, _payload: Payload, _event: InboundEvent) -> Effects | None:
    """A change of plan may bring carrier services, or end them: set ours up again."""
    plan = graphql(connection, "shop")["shop"]["plan"]["publicDisplayName"]
    registered = (connection.settings.get("carrier_service") or {}).get("registered")
    if plan == connection.settings.get("plan") and registered:
        return None
    carrier_service = register_carrier_service(connection)

    def effects() -> None:
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.settings = {**row.settings, "carrier_service": carrier_service, "plan": plan}
        row.save(update_fields=["settings"])

    return effects


def _bulk_finished(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    operation = said(payload, "admin_graphql_api_id")
    return lambda: bulk.finished(connection, operation)


def _scopes_changed(connection: Connection, payload: Payload, _event: InboundEvent) -> Effects | None:
    current = payload.get("current")
    if not isinstance(current, list):
        raise IntegrationError("the payload has no list of current scopes", permanent=True, code="bad_payload")
    # What was not granted before may be subscribed to now.
    refused = register_webhooks(connection)

    def effects() -> None:
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        row.credentials = {**row.credentials, "scope": ",".join(str(scope) for scope in current)}
        row.settings = {**row.settings, "topics_refused": refused}
        row.save(update_fields=["credentials", "settings"])

    return effects


def _uninstalled(connection: Connection, _payload: Payload, event: InboundEvent) -> Effects | None:
    """Forget the tokens; the data stays until shop/redact comes two days later."""
    at = triggered_at(event)

    def effects() -> None:
        row = Connection.objects.select_for_update().get(pk=connection.pk)
        # A late message about an earlier installation must not end the present one.
        if row.installed_at > at or row.status == Connection.Status.UNINSTALLED:
            return
        row.status, row.credentials, row.uninstalled_at = Connection.Status.UNINSTALLED, {}, at
        row.save(update_fields=["status", "credentials", "uninstalled_at"])
        AuditEntry.objects.note(row.merchant, actor="Shopify", action="store.uninstalled", target=str(row))

    return effects


HANDLERS: Mapping[str, Handler] = {
    "orders/create": _order_changed,
    "orders/paid": _order_changed,
    "orders/updated": _order_changed,
    "orders/cancelled": _order_changed,
    "orders/edited": _order_edited,
    "refunds/create": _order_refunded,
    "fulfillment_orders/order_routing_complete": _order_routed,
    "fulfillments/create": _fulfilled,
    "fulfillments/update": _fulfilment_changed,
    "products/create": _product_changed,
    "products/update": _product_changed,
    "inventory_items/update": _item_changed,
    "bulk_operations/finish": _bulk_finished,
    "shop/update": _shop_changed,
    "app/uninstalled": _uninstalled,
    "app/scopes_update": _scopes_changed,
    **topics_returns.HANDLERS,
    **topics_routing.HANDLERS,
}
