"""Goods that come back to a Shopify shop and money that goes back to its shoppers: mapping, and our port "returns"."""

import re
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any

from integrations.storefronts.shopify import return_labels, return_process
from integrations.storefronts.shopify.adapter import adapter as orders
from integrations.storefronts.shopify.client import all_nodes, graphql, mutate
from integrations.storefronts.shopify.codes import DECLINE_REASONS, RETURN_REASONS, RETURN_STATES
from integrations.storefronts.shopify.mapping import PAID_IN, SHOPS_OWN, amount_of, moment
from integrations.storefronts.shopify.reverse_orders import reverse_orders
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.merchants.models import Connection
from shipsmart.ports import (
    IntegrationError,
    ReceivedLine,
    ReturnLabel,
    StoreExchange,
    StoreOrderLine,
    StoreRefund,
    StoreRefunds,
    StoreReturn,
    StoreReturnLine,
)

Node = Mapping[str, Any]
REFUND_LISTS = {
    "refundLineItems": "refund",
    "refundShippingLines": "refund_deliveries",
    "transactions": "refund_payments",
}
GOING_BACK = ("SUCCESS", "PENDING", "AWAITING_RESPONSE")
STORE_CREDIT = "shopify_store_credit"  # the gateway's name of money that is given back to spend in the shop
_MARK = re.compile(r"\[(ss-[0-9a-f]{12})\]")


def store_return(node: Node, lines: Sequence[Node], waybills: Sequence[str]) -> StoreReturn:
    """Return the return; `lines` and its `exchangeLineItems` are the rows of all pages, `waybills` those of the parcels
    that come back.

    Lines of goods that were never fulfilled are left out: nothing can come back of them.
    """
    return StoreReturn(
        external_id=number_of(node["id"]),
        order_external_id=number_of(node["order"]["id"]),
        number=node["name"],
        state=RETURN_STATES[node["status"]],
        requested_at=moment(node["createdAt"]),
        lines=tuple(_line(row) for row in lines if row.get("fulfillmentLineItem")),
        decline_note=(node["decline"] or {}).get("note") or "",
        waybills=tuple(number for number in waybills if number),
        mark=next((mark for mark in map(mark_in, lines) if mark), ""),
        exchange=tuple(
            StoreExchange(number_of(row["variantId"] or ""), row["quantity"], row["processedQuantity"])
            for row in node["exchangeLineItems"]
        ),
    )


def mark_in(row: Node) -> str:
    """Return what we wrote into a line of a return that was begun here, "" where there is nothing of ours."""
    found = _MARK.search(f"{row['returnReasonNote'] or ''} {row['customerNote'] or ''}")
    return found.group(1) if found else ""


def marked(note: str, mark: str, *, most: int) -> str:
    """Return a note of at most `most` characters that ends with our mark."""
    return f"{note[: most - len(mark) - 3]} [{mark}]".strip()


def _line(row: Node) -> StoreReturnLine:
    definition = row["returnReasonDefinition"] or {}
    handle = re.sub(r"[^a-z]+", "_", (definition.get("handle") or "").lower()).strip("_")
    said = (row["returnReasonNote"], row["customerNote"], "" if handle in RETURN_REASONS else definition.get("name"))
    return StoreReturnLine(
        external_id=number_of(row["id"]),
        order_line_id=number_of(row["fulfillmentLineItem"]["lineItem"]["id"]),
        quantity=row["quantity"],
        reason=RETURN_REASONS.get(handle, "other"),
        note="; ".join(text for text in (_MARK.sub("", one or "").strip() for one in said) if text),
    )


def amount_in(bag: Node, currency: str) -> Decimal:
    """Return the amount of a MoneyBag in one of its two currencies. Raises IntegrationError for a third."""
    for money in (bag["presentmentMoney"], bag["shopMoney"]):
        if money["currencyCode"] == currency:
            return Decimal(str(money["amount"]))
    raise IntegrationError(f"the order has no amounts in {currency}", permanent=True, code="other_currency")


def sold_line(row: Node, money: str) -> StoreOrderLine:
    """Return an order's line as it was sold: units that were removed or refunded later included."""
    discounts = (amount_of(one["allocatedAmountSet"], money) for one in row["discountAllocations"])
    return StoreOrderLine(
        external_id=number_of(row["id"]),
        variant_id=number_of(row["variant"]["id"]) if row["variant"] else "",
        sku=row["sku"] or "",
        title=row["title"],
        quantity=row["quantity"],
        unit_price=amount_of(row["originalUnitPriceSet"], money),
        discount=sum(discounts, Decimal(0)),
    )


def store_refund(node: Node, currency: str) -> StoreRefund:
    """Return a refund in `currency`, one of the two that every amount has; its lists hold the rows of all pages."""
    goods = node["refundLineItems"]
    shipping = (amount_in(row["subtotalAmountSet"], currency) for row in node["refundShippingLines"])
    # One that failed gave nothing back; what the bank has not said yet is on its way.
    gone = [row for row in node["transactions"] if row["kind"] == "REFUND" and row["status"] in GOING_BACK]
    credit = (amount_in(row["amountSet"], currency) for row in gone if row["gateway"] == STORE_CREDIT)
    return StoreRefund(
        external_id=number_of(node["id"]),
        refunded_at=moment(node["createdAt"] or node["updatedAt"]),  # one still under way has no first moment
        currency=currency,
        lines=_units(goods),
        goods=sum((amount_in(row["subtotalSet"], currency) for row in goods), Decimal(0)),
        shipping=sum(shipping, Decimal(0)),
        duties=sum((amount_in(row["amountSet"], currency) for row in node["duties"] or ()), Decimal(0)),
        note=node["note"] or "",
        cancelled=_units([row for row in goods if row["restockType"] == "CANCEL"]),
        kept=_units([row for row in goods if row["restockType"] == "NO_RESTOCK"]),
        paid_back=sum((amount_in(row["amountSet"], currency) for row in gone), Decimal(0)),
        store_credit=sum(credit, Decimal(0)),
        return_external_id=number_of(node["return"]["id"]) if node["return"] else "",
    )


def _units(goods: Sequence[Node]) -> dict[str, int]:
    units: dict[str, int] = {}
    for row in goods:
        line = number_of(row["lineItem"]["id"])
        units[line] = units.get(line, 0) + row["quantity"]
    return units


class ShopifyReturns:
    """Ids are the numbers in Shopify's global ids, as everywhere."""

    def fetch_return(self, connection: Connection, external_id: str) -> StoreReturn:
        node = self._node(connection, external_id)
        path = ("return", "returnLineItems")
        lines = all_nodes(connection, node["returnLineItems"], "return_lines", {"id": node["id"]}, path)
        path = ("return", "exchangeLineItems")
        node["exchangeLineItems"] = all_nodes(
            connection, node["exchangeLineItems"], "return_exchanges", {"id": node["id"]}, path
        )
        parcels = (waybill for order in reverse_orders(connection, external_id) for waybill, _ in order.deliveries)
        return store_return(node, lines, tuple(parcels))

    def _node(self, connection: Connection, external_id: str) -> dict[str, Any]:
        node = graphql(connection, "return", {"id": gid("Return", external_id)})["return"]
        if node is None:
            raise IntegrationError(
                f"{connection.account} has no return {external_id}", permanent=True, code="no_such_return"
            )
        return dict(node)

    def fetch_refunds(
        self, connection: Connection, order_external_id: str, *, known: Collection[str], currency: str
    ) -> StoreRefunds:
        """Return the order's refunds that are not `known`. Raises IntegrationError(permanent=True) without an order."""
        node, lines = orders.fetch_node(connection, order_external_id)
        money = PAID_IN if node["presentmentCurrencyCode"] == currency else SHOPS_OWN
        sold = tuple(sold_line(row, money) for row in lines if row["requiresShipping"])
        new = [made["id"] for made in node["refunds"] if number_of(made["id"]) not in known]
        found = [self.fetch_refund(connection, one, currency) for one in new]
        return StoreRefunds(sold, tuple(one for one in found if one))

    def fetch_refund(self, connection: Connection, global_id: str, currency: str) -> StoreRefund | None:
        """Return one refund with all its goods, None when it is gone."""
        node = graphql(connection, "refund", {"id": global_id})["refund"]
        if node is None:
            return None  # gone since the order named it
        lists = {
            field: all_nodes(connection, node[field], name, {"id": global_id}, ("refund", field))
            for field, name in REFUND_LISTS.items()
        }
        return store_refund({**node, **lists}, currency)

    def approve_return(self, connection: Connection, external_id: str) -> None:
        """Approve a return that is still only requested; one that somebody approved in the admin is left alone."""
        if self._node(connection, external_id)["status"] == "REQUESTED":
            values = {"id": gid("Return", external_id), "notifyCustomer": True}
            mutate(connection, "return_approve_request", "returnApproveRequest", {"input": values})

    def decline_return(self, connection: Connection, external_id: str, *, reason: str, note: str) -> None:
        if self._node(connection, external_id)["status"] == "REQUESTED":
            values = {"id": gid("Return", external_id), "declineReason": DECLINE_REASONS[reason]}
            values |= {"declineNote": note[:500], "notifyCustomer": True}
            mutate(connection, "return_decline_request", "returnDeclineRequest", {"input": values})

    def tell_return_label(self, connection: Connection, label: ReturnLabel) -> str:
        return return_labels.tell(connection, label)

    def process_return(self, connection: Connection, external_id: str, lines: Sequence[ReceivedLine]) -> None:
        return_process.process(connection, external_id, lines)

    def close_return(self, connection: Connection, external_id: str) -> None:
        """End a return that is open, also one of which units were not accepted.

        Raises IntegrationError(permanent=True) while goods of an exchange are still to be sent for it.
        """
        told = self.fetch_return(connection, external_id)
        if told.state != RETURN_STATES["OPEN"]:
            return
        if any(one.sent < one.quantity for one in told.exchange):
            raise IntegrationError(
                "goods are still to be exchanged for this return: process the exchange in the shop's admin, then close "
                "it there",
                permanent=True,
                code="exchange_open",
            )
        mutate(connection, "return_close", "returnClose", {"id": gid("Return", external_id)})


adapter = ShopifyReturns()
