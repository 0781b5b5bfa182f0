"""Orders come in by the feed: every half minute, ten events at a time, each stored before it is committed.

Events repeat, overtake each other and vanish with the configuration; none of that matters, as an event only says which
order to read again. What was stored and not committed comes once more and is known.

Source: https://developers.vtex.com/docs/guides/orders-feed
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from integrations.storefronts.vtex import client, configuration, refunds, rounds
from integrations.storefronts.vtex.adapter import adapter
from integrations.storefronts.vtex.codes import READY
from integrations.storefronts.vtex.manifest import KEY
from integrations.storefronts.vtex.sellers import own
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import prepare_intake
from shipsmart.ports import IntegrationError
from shipsmart.returns.recording import record_refunds

EVERY_S = 30.0
MOST_LOTS = 50  # of one round: five hundred events, then others get their turn
START_HANDLING = "vtex.start_handling"


def pull(connection: Connection) -> inbox.Effects:
    """Empty the feed into the inbox; a feed that vanished is configured again."""
    key = client.key_of(connection)
    for _ in range(MOST_LOTS):
        lot = client.feed_lot(key)
        if lot is None:
            configuration.put_feed(key)
            continue
        if not lot:
            break
        for event in lot:
            _store(connection, event)
        client.commit(key, [event["handle"] for event in lot])
    return rounds.synced(connection)


def _store(connection: Connection, event: Mapping[str, Any]) -> None:
    state, order_id = str(event.get("state") or "unknown"), str(event.get("orderId") or "")
    if order_id:
        told(connection, order_id=order_id, state=state, change=str(event.get("currentChange") or event["eventId"]))


def told(connection: Connection, *, order_id: str, state: str, change: str) -> bool:
    """Store that an order has changed; False when this change is known, from whichever of feed, hook or list."""
    name = hashlib.sha256(f"{connection.account}\n{order_id}\n{state}\n{change}".encode()).hexdigest()
    return inbox.receive(
        source=KEY,
        topic=state[:80],
        dedup_key=name,
        account=connection.account,
        headers={},
        body=json.dumps({"orderId": order_id, "state": state, "change": change}),
    )


def handle(event: InboundEvent) -> inbox.Effects | None:
    """Read the order an event is about, and take it in as it stands now."""
    connection = Connection.objects.select_related("merchant").filter(storefront=KEY, account=event.account).first()
    if connection is None or connection.status == Connection.Status.UNINSTALLED:
        return None
    order_id = str(json.loads(event.body)["orderId"])
    try:
        node = adapter.fetch_node(connection, order_id)
    except IntegrationError as error:
        if error.code == "no_such_order":  # a test event, or older than the two years that VTEX keeps
            return None
        raise
    order = adapter.mapped(connection, node)
    if not any(line.requires_shipping for line in order.lines):
        return None  # sold by the account as a marketplace, sent by other sellers
    intake = prepare_intake(connection=connection, order=order)

    def effects() -> None:
        intake()
        ours = Order.objects.get(merchant=connection.merchant, channel=KEY, external_id=order.external_id)
        back = refunds.told(
            node, known=set(ours.refunds.values_list("external_id", flat=True)), sellers=own(connection)
        )
        if back:
            record_refunds(ours, back)
        if node["status"] == READY:
            payload = {"connection": connection.pk, "order": order_id}
            inbox.send(kind=START_HANDLING, key=f"{START_HANDLING}:{connection.pk}:{order_id}", payload=payload)

    return effects


def start_handling(message: OutboundMessage) -> inbox.Effects | None:
    """Outbound handler: take an order out of the shopper's reach once it is here."""
    connection = Connection.objects.select_related("merchant").get(pk=message.payload["connection"])
    adapter.start_handling(connection, message.payload["order"])
    return None


FEED = rounds.Round("vtex.feed", EVERY_S, pull)
