"""ShipSmart as a fulfilment service of the shop: the merchant hands orders over, we take them, refuse them or let go.

Shopify only says that something was asked; what was asked is read from the shop, so a lost or repeated message does no
harm, and reconciliation finds what no message told of.

Source: https://shopify.dev/docs/apps/build/orders-fulfillment/fulfillment-service-apps/build-for-fulfillment-services
"""

import json
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone

from integrations.storefronts.shopify import extras, service_stock
from integrations.storefronts.shopify.client import graphql, mutate, pages
from integrations.storefronts.shopify.hand_over import EXTRA, WAITS
from integrations.storefronts.shopify.shop import number_of
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import LABELLED, hold, release
from shipsmart.ports import IntegrationError
from shipsmart.shipments.models import Shipment
from shipsmart.stock.operations import NotEnough

log = logging.getLogger(__name__)

KIND = "shopify.fulfilment_requests"
NAME = "ShipSmart"
CALLED_OFF = "its fulfilment was called off in the store"
LOOK_AGAIN_S, SOON = 5.0, timedelta(minutes=5)
UNSETTLED = (Shipment.State.BUYING, Shipment.State.UNKNOWN)


@dataclass(frozen=True)
class Reply:
    """What we say to a request: a mutation's document and field, with its variables beside the id."""

    document: str
    field: str
    variables: dict[str, str]
    then: Callable[[], None] = lambda: None


def callback_url(connection: Connection) -> str:
    return f"{settings.PUBLIC_URL}/shopify/service/{connection.token}"


def switch(connection: Connection, *, on: bool, actor: str) -> None:
    """Make the shop's fulfilment service, or end it; its location and goods then stay with the merchant.

    Raises IntegrationError, permanent without the scope. Doing it again sets right what differs.
    """
    extras.demand(connection, EXTRA)
    known = _known(connection)
    if not on:
        if known:
            mutate(connection, "fulfilment_service_delete", "fulfillmentServiceDelete", {"id": known["id"]})
        extras.keep(connection, EXTRA, {}, actor=actor)
        return
    # Without a count here the shop keeps the stock itself, and never asks us for it.
    url = {"callbackUrl": callback_url(connection), "stock": service_stock.stock_of(connection) is not None}
    if known is None:
        made = mutate(connection, "fulfilment_service_create", "fulfillmentServiceCreate", {"name": NAME, **url})
    else:
        variables = {"id": known["id"], **url}
        made = mutate(connection, "fulfilment_service_update", "fulfillmentServiceUpdate", variables)
    extras.keep(connection, EXTRA, {"id": made["fulfillmentService"]["id"]}, actor=actor)


def _known(connection: Connection) -> dict[str, Any] | None:
    services = graphql(connection, "fulfilment_services")["shop"]["fulfillmentServices"]
    return next((one for one in services if one["serviceName"] == NAME), None)


def look(connection: Connection) -> None:
    """Owe the shop an answer to whatever it has asked for; nothing where the merchant wants no such service."""
    if extras.kept(connection, EXTRA):
        service_stock.settle(connection)
        notified(connection)


def notified(connection: Connection) -> None:
    """The shop says that it has asked for something. Each time is a message of its own: one that is being worked off
    may have read the shop's list before."""
    key = f"{KIND}:{connection.pk}:{time.time_ns()}"
    inbox.send(kind=KIND, key=key, payload={"connection": connection.pk})


def answer(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Answer every open request and every open wish to call one off.

    What a person must look at stays open until the next look; what only takes a moment is looked at again in one.
    """
    connection = Connection.objects.select_related("merchant").filter(pk=message.payload["connection"]).first()
    if connection is None or connection.status != Connection.Status.ACTIVE or not extras.kept(connection, EXTRA):
        return None
    done: list[Callable[[], None]] = []
    soon = False
    for status, reply_to in (("CANCELLATION_REQUESTED", _to_cancellation), ("FULFILLMENT_REQUESTED", _to_request)):
        path = ("assignedFulfillmentOrders",)
        found = pages(connection, "fulfilment_requests", {"status": status}, path)
        # The list gets shorter while it is answered: read it whole first.
        for node in [one for page in found for one in page["nodes"]]:
            order = _order(connection, node)
            reply = reply_to(connection, order, node["id"])
            soon = soon or (reply is None and order is not None and _under_way(order))
            if reply and _said(connection, node["id"], reply):
                done.append(reply.then)
            elif reply:
                service_stock.give_back(connection, order, node["id"])

    def effects() -> None:
        for then in done:
            then()

    fresh = timezone.now() - message.created_at < SOON  # later, the quarter of an hour's look is soon enough
    return inbox.Again(LOOK_AGAIN_S, effects) if soon and fresh else effects


def _under_way(order: Order) -> bool:
    """Whether the order is on its way to a state that can be answered: being planned, its label asked for."""
    waiting = order.state == Order.State.READY and not order.shipments.exists()
    return waiting or order.shipments.filter(state__in=UNSETTLED).exists()


def _order(connection: Connection, node: dict[str, Any]) -> Order | None:
    """Return our order behind a fulfilment order; one that never came is asked for."""
    external_id = number_of(node["orderId"])
    order = Order.objects.filter(connection=connection, external_id=external_id).first()
    if order is None:
        inbox.receive(
            source="shopify",
            topic="orders/updated",
            dedup_key=f"requested:{connection.account}:{number_of(node['id'])}",
            account=connection.account,
            headers={"Name": "fulfilment request"},
            body=json.dumps({"id": int(external_id)}),
        )
    return order


def _to_request(connection: Connection, order: Order | None, global_id: str) -> Reply | None:
    """Take what can be sent, refuse what lacks customs data, stock or is cancelled; None while a person has to look.

    An order is planned, and its customs data checked, before it is taken on; its label waits for that.
    """
    if order is None:
        return None
    if _can_go(order):
        return _taken_on(connection, order, global_id)
    refusals = {Order.State.NEEDS_DATA: "MISSING_CUSTOMS_INFO", Order.State.CANCELLED: "OTHER"}
    reason = refusals.get(Order.State(order.state))
    if reason is None:
        return None
    return _refusal(reason, order.reason or f"the order is {order.get_state_display()}")


def _refusal(reason: str, text: str) -> Reply:
    field = "fulfillmentOrderRejectFulfillmentRequest"
    return Reply("reject_fulfilment_request", field, {"reason": reason, "message": text[:255]})


def _taken_on(connection: Connection, order: Order, global_id: str) -> Reply:
    try:
        kept = service_stock.keep(connection, order, global_id)
    except NotEnough as error:
        return _refusal("INVENTORY_OUT_OF_STOCK", error.message)

    def then() -> None:
        service_stock.taken(kept)
        _go_on(order)

    field = "fulfillmentOrderAcceptFulfillmentRequest"
    return Reply("accept_fulfilment_request", field, {"message": "ShipSmart sends it"}, then)


def _can_go(order: Order) -> bool:
    if order.state == Order.State.ON_HOLD:
        return order.reason in (WAITS, CALLED_OFF)
    return order.state in LABELLED or (order.state == Order.State.READY and order.shipments.exists())


def _go_on(order: Order) -> None:
    """Let an order go that waited for this, and tell the store of labels that it would not hear of before."""
    if order.state == Order.State.ON_HOLD:
        release(order, "Shopify")
    _tell_again(order)


def _tell_again(order: Order) -> None:
    """Tell the store of labels that it would not hear of before the order was handed over."""
    for shipment in order.shipments.filter(state=Shipment.State.BOUGHT, store_fulfilment_id=""):
        payload = {"shipment": shipment.pk}
        inbox.send(kind="shipments.fulfil", key=f"shipments.fulfil:{shipment.pk}", payload=payload, again=True)


def _to_cancellation(connection: Connection, order: Order | None, global_id: str) -> Reply | None:
    """Let go what has no label; a bought label must be voided first. None while a carrier is asked for one.

    The order is held before the store hears of it: no label may be bought for what we have let go.
    """
    field, let_go = "fulfillmentOrderAcceptCancellationRequest", {"message": "ShipSmart lets it go"}
    if order:
        bought = order.shipments.filter(state=Shipment.State.BOUGHT).first()
        if bought:
            text = f"the label {bought.waybill} is bought: void it in ShipSmart first"
            return Reply("reject_cancellation_request", "fulfillmentOrderRejectCancellationRequest", {"message": text})
        hold(order, "Shopify", CALLED_OFF)
        if order.shipments.filter(state__in=UNSETTLED).exists():
            return None
    return Reply(
        "accept_cancellation_request", field, let_go, lambda: service_stock.give_back(connection, order, global_id)
    )


def _said(connection: Connection, global_id: str, reply: Reply) -> bool:
    """Tell the shop; what it objects to is noted, and keeps nobody else waiting."""
    try:
        mutate(connection, reply.document, reply.field, {"id": global_id, **reply.variables})
    except IntegrationError as error:
        if not error.permanent or error.code == "reauthorise":
            raise
        log.warning("%s: %s: %s", connection, global_id, error)
        AuditEntry.objects.note(
            connection.merchant, actor="Shopify", action="store.request_failed", target=global_id, error=error.message
        )
        return False
    return True


def details(connection: Connection) -> dict[str, Any]:
    """Return what the page of extras shows."""
    return {
        "on": bool(extras.kept(connection, EXTRA)),
        "missing": extras.missing_scopes(connection, EXTRA),
        "stock": sorted(service_stock.levels(connection).items()),
    }


def waybills(connection: Connection, names: list[str]) -> dict[str, str]:
    """Return the waybills of fulfilments by the store's names for them ("#1001.1").

    Only of orders with one parcel: which of several a name means is not ours to know, and each was told when its label
    was bought.
    """
    numbers = {name: name.rpartition(".")[0] or name for name in names}
    rows = Shipment.objects.filter(
        order__connection=connection, order__number__in=set(numbers.values()), state=Shipment.State.BOUGHT
    ).exclude(waybill="")
    found: dict[str, list[str]] = {}
    for number, waybill in rows.values_list("order__number", "waybill"):
        found.setdefault(number, []).append(waybill)
    return {name: found[number][0] for name, number in numbers.items() if len(found.get(number, ())) == 1}
