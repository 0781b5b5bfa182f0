"""Returns that are begun here, by the merchant or by the shopper in the customer account: our port "returns_begun"."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from integrations.storefronts.shopify.client import mutate, pages
from integrations.storefronts.shopify.codes import REASON_HANDLES
from integrations.storefronts.shopify.returns import adapter as returns
from integrations.storefronts.shopify.returns import mark_in, marked
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import Connection
from shipsmart.ports import BegunReturn, IntegrationError, ReturnableLine, StoreReturn, StoreReturnLine

Node = Mapping[str, Any]
MOST_NOTE = 255  # returnReasonNote
MOST_CUSTOMER_NOTE = 300


@dataclass(frozen=True)
class Sent:
    """Units of a fulfilment's line that may come back."""

    fulfilment_line: str
    order_line_id: str
    quantity: int


def sent(connection: Connection, order_external_id: str) -> list[Sent]:
    """Return what was sent of an order and may still come back, over all pages."""
    variables = {"id": gid("Order", order_external_id)}
    rows: list[Node] = []
    for page in pages(connection, "returnable_fulfilments", variables, ("returnableFulfillments",)):
        for node in page["nodes"]:
            first = node["returnableFulfillmentLineItems"]
            rows += first["nodes"]
            if first["pageInfo"]["hasNextPage"]:
                rows += _more(connection, node["id"], first["pageInfo"]["endCursor"])
    return [_sent(row) for row in rows if row["quantity"] > 0]


def _more(connection: Connection, returnable: str, after: str) -> list[Node]:
    path = ("returnableFulfillment", "returnableFulfillmentLineItems")
    found = pages(connection, "returnable_lines", {"id": returnable, "after": after}, path)
    return [row for page in found for row in page["nodes"]]


def _sent(row: Node) -> Sent:
    line = row["fulfillmentLineItem"]
    return Sent(line["id"], number_of(line["lineItem"]["id"]), row["quantity"])


def places(rows: Sequence[Sent], lines: Sequence[StoreReturnLine]) -> list[tuple[Sent, int, StoreReturnLine]]:
    """Return which fulfilment's line gives how many units of each returned line; pure.

    Raises IntegrationError(permanent=True) when less was sent than is to come back.
    """
    left = {row.fulfilment_line: row.quantity for row in rows}
    found = []
    for line in lines:
        wanted = line.quantity
        for row in rows:
            units = min(wanted, left[row.fulfilment_line]) if row.order_line_id == line.order_line_id else 0
            if units:
                wanted -= units
                left[row.fulfilment_line] -= units
                found.append((row, units, line))
        if wanted:
            raise IntegrationError(
                f"line {line.order_line_id}: {line.quantity - wanted} of {line.quantity} units may come back, says the "
                f"store; decline this return and begin one for fewer",
                permanent=True,
                code="not_returnable",
            )
    return found


class ShopifyReturnsBegun:
    def returnable(self, connection: Connection, order_external_id: str) -> Sequence[ReturnableLine]:
        return [ReturnableLine(row.order_line_id, row.quantity) for row in sent(connection, order_external_id)]

    def begin_return(self, connection: Connection, begun: BegunReturn) -> StoreReturn:
        """Return the shop's return with our mark. Neither mutation takes an idempotency key: we look for it first."""
        found = _with_mark(connection, begun)
        if not found:
            rows = places(sent(connection, begun.order_external_id), begun.lines)
            found = _asked(connection, begun, rows) if begun.requested else _created(connection, begun, rows)
        return returns.fetch_return(connection, number_of(found))


def _with_mark(connection: Connection, begun: BegunReturn) -> str:
    variables = {"id": gid("Order", begun.order_external_id)}
    for page in pages(connection, "order_return_marks", variables, ("order", "returns")):
        for node in page["nodes"]:
            if any(mark_in(row) == begun.mark for row in node["returnLineItems"]["nodes"]):
                return str(node["id"])
    return ""


Rows = Sequence[tuple[Sent, int, StoreReturnLine]]


def _created(connection: Connection, begun: BegunReturn, rows: Rows) -> str:
    reasons = _reasons(connection)
    lines = [
        {
            "fulfillmentLineItemId": row.fulfilment_line,
            "quantity": units,
            "returnReasonNote": marked(line.note, begun.mark, most=MOST_NOTE),
            **_reason(line.reason, reasons),
        }
        for row, units, line in rows
    ]
    values = {"orderId": gid("Order", begun.order_external_id), "returnLineItems": lines}
    return str(mutate(connection, "return_create", "returnCreate", {"input": values})["return"]["id"])


def _asked(connection: Connection, begun: BegunReturn, rows: Rows) -> str:
    reasons = _reasons(connection)
    lines = [
        {
            "fulfillmentLineItemId": row.fulfilment_line,
            "quantity": units,
            "customerNote": marked(line.note, begun.mark, most=MOST_CUSTOMER_NOTE),
            **_reason(line.reason, reasons),
        }
        for row, units, line in rows
    ]
    values = {"orderId": gid("Order", begun.order_external_id), "returnLineItems": lines}
    return str(mutate(connection, "return_request", "returnRequest", {"input": values})["return"]["id"])


def _reasons(connection: Connection) -> dict[str, str]:
    """Return handle → id of the reasons that may be given."""
    found = pages(connection, "return_reasons", {}, ("returnReasonDefinitions",))
    return {node["handle"]: node["id"] for page in found for node in page["nodes"] if not node["deleted"]}


def _reason(ours: str, known: Mapping[str, str]) -> dict[str, str]:
    """Return the reason in the shop's words: by its definition; a shop without one takes the older word."""
    handles, word = REASON_HANDLES[ours]
    handle = next((one for one in handles if one in known), None)
    return {"returnReasonDefinitionId": known[handle]} if handle else {"returnReason": word}


adapter = ShopifyReturnsBegun()
