"""What a shop expects back under a return: its reverse fulfilment orders, with all their lines and parcels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.storefronts.shopify.client import pages
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import Connection

Node = Mapping[str, Any]


@dataclass(frozen=True)
class ReverseOrder:
    """Global id, rows of its lines, and (waybill, global id) of the parcels; "" is a parcel without a waybill."""

    id: str
    lines: Sequence[Node]
    deliveries: Sequence[tuple[str, str]]


def reverse_orders(connection: Connection, return_external_id: str) -> list[ReverseOrder]:
    """Return all of them, oldest first; none when the return is gone or was never approved."""
    variables = {"id": gid("Return", return_external_id)}
    path = ("return", "reverseFulfillmentOrders")
    found = [node["id"] for page in pages(connection, "return_parcels", variables, path) for node in page["nodes"]]
    return [_whole(connection, one) for one in found]


def _whole(connection: Connection, global_id: str) -> ReverseOrder:
    lines = _rows(connection, "reverse_lines", global_id, "lineItems")
    return ReverseOrder(
        global_id,
        lines,
        [_delivery(node) for node in _rows(connection, "reverse_deliveries", global_id, "reverseDeliveries")],
    )


def _rows(connection: Connection, document: str, global_id: str, field: str) -> list[Node]:
    found = pages(connection, document, {"id": global_id}, ("reverseFulfillmentOrder", field))
    return [node for page in found for node in page["nodes"]]


def _delivery(node: Node) -> tuple[str, str]:
    tracking = (node["deliverable"] or {}).get("tracking") or {}
    return tracking.get("number") or "", node["id"]


def taken_by(rows: Sequence[Node], wanted: dict[str, int]) -> list[dict[str, Any]]:
    """Return the lines of a reverse fulfilment order that a parcel takes, and take them off `wanted`.

    `wanted`: the order's line id → units that still need a place in a parcel.
    """
    taken = []
    for row in rows:
        line = number_of(row["fulfillmentLineItem"]["lineItem"]["id"]) if row["fulfillmentLineItem"] else ""
        units = min(wanted.get(line, 0), row["totalQuantity"])
        if units:
            wanted[line] -= units
            taken.append({"reverseFulfillmentOrderLineItemId": row["id"], "quantity": units})
    return taken
