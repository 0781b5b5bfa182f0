"""Telling a shop what came back and where it goes. Nothing is paid back here: only refunds.py moves money."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from integrations.storefronts.shopify.client import following, graphql, mutate, pages
from integrations.storefronts.shopify.reverse_orders import reverse_orders
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError, ReceivedLine

Node = Mapping[str, Any]
Place = Callable[[str], str]


def process(connection: Connection, external_id: str, lines: Sequence[ReceivedLine]) -> None:
    """Confirm the accepted units, restocked where they were sent from or not; units processed before are left alone."""
    variables = {"id": gid("Return", external_id)}
    rows: list[Node] = []
    status, order = "", ""
    after: str | None = None
    while True:
        node = graphql(connection, "return_processable", {**variables, "after": after})["return"]
        if node is None:
            raise IntegrationError(f"no return {external_id}", permanent=True, code="no_such_return")
        status, order = node["status"], node["order"]["id"]
        rows += [row for row in node["returnLineItems"]["nodes"] if row.get("fulfillmentLineItem")]
        after = following(node["returnLineItems"])
        if after is None:
            break
    if status == "REQUESTED":
        raise IntegrationError("the store has not heard of the approval yet", permanent=False, code="not_approved_yet")
    expected = [row for one in reverse_orders(connection, external_id) for row in one.lines]
    chosen = plan(lines, rows, expected, place=lambda line: sent_from(connection, order, line))
    if chosen:
        values = {"returnId": variables["id"], "returnLineItems": chosen}
        mutate(connection, "return_process", "returnProcess", {"input": values})
    short = not_taken(lines, rows, chosen)
    if short:
        raise IntegrationError(
            f"the store does not take {short} of the accepted units, its return is {status.lower()}: open it again "
            f"there, or put the goods back on the shelf by hand",
            permanent=True,
            code="not_processed",
        )


def plan(
    lines: Sequence[ReceivedLine], rows: Sequence[Node], expected: Sequence[Node], *, place: Place
) -> list[dict[str, Any]]:
    """Return the `returnLineItems` of a ReturnProcessInput for what the shop has not processed yet; pure.

    `rows`: the return's lines; `expected`: those of its reverse fulfilment orders. `place` returns the location that a
    fulfilment's line was sent from.
    """
    undisposed = {row["id"]: _undisposed(row) for row in expected}
    chosen = []
    for line in lines:
        mine = [row for row in rows if _order_line(row) == line.order_line_id]
        left = line.accepted - sum(row["processedQuantity"] for row in mine)
        for row in mine:
            units = min(left, row["processableQuantity"])
            if units > 0:
                left -= units
                found = _dispositions(row, units, expected, undisposed, place if line.restock else None)
                chosen.append({"id": row["id"], "quantity": units, "dispositions": found})
    return chosen


def not_taken(lines: Sequence[ReceivedLine], rows: Sequence[Node], chosen: Sequence[Node]) -> int:
    """Return how many accepted units the shop has neither processed before nor processes now; pure."""
    short = 0
    for line in lines:
        mine = {row["id"]: row["processedQuantity"] for row in rows if _order_line(row) == line.order_line_id}
        now = sum(one["quantity"] for one in chosen if one["id"] in mine)
        short += max(line.accepted - sum(mine.values()) - now, 0)
    return short


def _dispositions(
    row: Node, units: int, expected: Sequence[Node], undisposed: dict[str, int], place: Place | None
) -> list[dict[str, Any]]:
    line = row["fulfillmentLineItem"]["id"]
    found = []
    for one in expected:
        if not one["fulfillmentLineItem"] or one["fulfillmentLineItem"]["id"] != line:
            continue
        taken = min(units, undisposed[one["id"]])
        if taken > 0:
            units -= taken
            undisposed[one["id"]] -= taken
            where = {"dispositionType": "RESTOCKED", "locationId": place(line)} if place else _NOWHERE
            found.append({"reverseFulfillmentOrderLineItemId": one["id"], "quantity": taken, **where})
    return found


_NOWHERE = {"dispositionType": "NOT_RESTOCKED"}


def _undisposed(row: Node) -> int:
    done: int = sum(one["quantity"] for one in row["dispositions"])
    return int(row["totalQuantity"]) - done


def _order_line(row: Node) -> str:
    return number_of(row["fulfillmentLineItem"]["lineItem"]["id"])


def sent_from(connection: Connection, order: str, fulfilment_line: str) -> str:
    """Return the location that a fulfilment's line was sent from: there it goes back on the shelf."""
    node = graphql(connection, "restock_locations", {"id": order})["order"]
    fulfilments = [one for one in (node or {}).get("fulfillments") or () if one["location"]]
    for one in fulfilments if len(fulfilments) > 1 else ():
        path = ("fulfillment", "fulfillmentLineItems")
        for page in pages(connection, "fulfilment_line_ids", {"id": one["id"]}, path):
            if any(row["id"] == fulfilment_line for row in page["nodes"]):
                return str(one["location"]["id"])
    if not fulfilments:
        raise IntegrationError(
            "the store names no place to put the goods back: restock them in the store",
            permanent=True,
            code="no_location",
        )
    return str(fulfilments[0]["location"]["id"])
