"""Whether an order's goods may be sent yet: those at a fulfilment service only once it has taken them on.

Looked at in the shop just before a label is bought. Only shops that use our fulfilment service are asked: goods of the
others lie with the merchant.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from integrations.storefronts.shopify import extras
from integrations.storefronts.shopify.adapter import adapter as orders
from integrations.storefronts.shopify.fulfilment import may
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError

EXTRA = "fulfilment_service"
WAITS = (
    "its goods lie at a fulfilment service that has not taken them on: request fulfilment in the shop's admin, or move "
    "them to another location there"
)
LIVE = ("OPEN", "IN_PROGRESS")


def untaken(fulfilment_orders: Sequence[Mapping[str, Any]]) -> bool:
    """Return whether goods lie at a fulfilment service that was not asked for them, refused them or gave them back.

    One on hold is another matter: it may be at no service at all.
    """
    return any(
        one["status"] in LIVE
        and not may(one, "CREATE_FULFILLMENT")
        and (may(one, "REQUEST_FULFILLMENT") or one["requestStatus"] != "UNSUBMITTED")
        for one in fulfilment_orders
    )


class HandOver:
    def must_wait(self, connection: Connection, order_external_id: str) -> str:
        """Return why no label may be bought yet, "" when it may. Raises IntegrationError, transient before routing."""
        if not extras.kept(connection, EXTRA):
            return ""
        node, _ = orders.fetch_node(connection, order_external_id)
        rows = node["fulfillmentOrders"]["nodes"]
        if not rows:
            raise IntegrationError("the store has not routed this order yet", permanent=False, code="not_routed_yet")
        return WAITS if untaken(rows) else ""


adapter = HandOver()
