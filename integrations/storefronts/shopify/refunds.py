"""Money that goes back to a shop's shoppers, ordered here: our port "refunds".

`refundCreate` pays back once per idempotency key. Shopify forgets a key after a day, so a refund that was tried before
is looked for by our mark in its note first. Money goes back only the way it came: on the order's own payments.

Source: https://shopify.dev/docs/api/admin-graphql/2026-07/mutations/refundCreate,
https://shopify.dev/docs/api/usage/implementing-idempotency
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from integrations.storefronts.shopify.client import graphql, mutate, pages
from integrations.storefronts.shopify.mapping import PAID_IN, amount_of
from integrations.storefronts.shopify.returns import GOING_BACK, amount_in
from integrations.storefronts.shopify.returns import adapter as returns
from integrations.storefronts.shopify.shop import gid, number_of
from shipsmart.core.money import minor_unit, round_to
from shipsmart.merchants.models import Connection
from shipsmart.ports import IntegrationError, RefundAsk, RefundOffer, RefundOrder, RefundPayment, StoreRefundDone

Node = Mapping[str, Any]
PAID = ("SALE", "CAPTURE")
ZERO = Decimal(0)


def payments_left(transactions: Sequence[Node]) -> list[tuple[str, str, Decimal]]:
    """Return id, gateway and what was not paid back yet of each payment, in the shopper's currency; pure."""
    gone: dict[str, Decimal] = {}
    for row in transactions:
        if row["kind"] == "REFUND" and row["status"] in GOING_BACK and row["parentTransaction"]:
            parent = row["parentTransaction"]["id"]
            gone[parent] = gone.get(parent, ZERO) + amount_of(row["amountSet"], PAID_IN)
    paid = [row for row in transactions if row["kind"] in PAID and row["status"] == "SUCCESS"]
    left = [(row["id"], row["gateway"] or "", amount_of(row["amountSet"]) - gone.get(row["id"], ZERO)) for row in paid]
    return [row for row in left if row[2] > 0]


def shared_out(wanted: Decimal, left: Sequence[tuple[str, str, Decimal]], currency: str) -> tuple[RefundPayment, ...]:
    """Return on which payments a sum goes back, the first one first; pure. Raises IntegrationError for too much."""
    found = []
    rest = wanted
    for parent, gateway, most in left:
        amount = min(rest, most)
        if amount > 0:
            rest -= amount
            found.append(RefundPayment(number_of(parent), gateway, amount))
    if rest > 0:
        raise IntegrationError(
            f"{wanted} {currency} would go back, {wanted - rest} {currency} of the payments is left to refund",
            permanent=True,
            code="more_than_paid",
        )
    return tuple(found)


def in_shoppers_currency(amount: Decimal, order: Node, currency: str) -> Decimal:
    """Return a part of the delivery price as the shopper paid it; what is left of it goes back whole; pure."""
    shown = order["presentmentCurrencyCode"]
    if currency == shown:
        return amount
    whole, gone = order["totalShippingPriceSet"], order["totalRefundedShippingSet"]
    price, refunded = amount_in(whole, currency), amount_in(gone, currency)
    if amount == price - refunded:
        return amount_in(whole, shown) - amount_in(gone, shown)
    share = amount_in(whole, shown) * amount / price if price else ZERO
    return round_to(share, minor_unit(shown), ROUND_HALF_UP)


def offered(order: Node, ask: RefundAsk) -> RefundOffer:
    """Return what would go back, from the answer of RefundOffer; pure."""
    said, shown = order["suggestedRefund"], order["presentmentCurrencyCode"]
    if said is None:
        raise IntegrationError(
            "the store has nothing to refund on this order", permanent=True, code="nothing_to_refund"
        )
    duties: dict[str, Decimal] = {}
    for row in said["refundDuties"]:
        if row["originalDuty"]:
            duties[number_of(row["originalDuty"]["id"])] = amount_in(row["amountSet"], ask.currency)
    goods = amount_in(said["amountSet"], ask.currency) - amount_in(said["totalDutiesSet"], ask.currency)
    tax = ZERO if order["taxesIncluded"] else amount_in(said["totalTaxSet"], ask.currency)
    shipping = in_shoppers_currency(ask.shipping, order, ask.currency)
    whole, gone = order["totalShippingPriceSet"], order["totalRefundedShippingSet"]
    together = amount_in(said["amountSet"], shown) + shipping
    return RefundOffer(
        currency=ask.currency,
        goods=goods - tax,
        tax=tax,
        shipping=ask.shipping,
        shipping_left=amount_in(whole, ask.currency) - amount_in(gone, ask.currency),
        duties=duties,
        pay_currency=shown,
        payments=shared_out(together, payments_left(order["transactions"]), shown),
        shipping_paid_back=shipping,
    )


class ShopifyRefunds:
    def offer_refund(self, connection: Connection, ask: RefundAsk) -> RefundOffer:
        order = gid("Order", ask.order_external_id)
        known = self._lines(connection, order)
        for line, units in ask.lines.items():
            _check_units(known.get(line), line, units)
        duties = [one["id"] for line in ask.lines for one in known[line]["duties"]] if ask.store_duties else []
        variables = {"id": order, "lines": _goods(ask.lines), "duties": _duties(duties)}
        node = graphql(connection, "refund_offer", variables)["order"]
        return offered(_there(connection, node, ask.order_external_id), ask)

    def _lines(self, connection: Connection, order: str) -> dict[str, Node]:
        found = pages(connection, "refundable_lines", {"id": order}, ("order", "lineItems"))
        return {number_of(node["id"]): node for page in found for node in page["nodes"]}

    def refund(self, connection: Connection, order: RefundOrder) -> StoreRefundDone:
        found = self._with_mark(connection, order) if order.tried else ""
        if not found:
            found = _create(connection, order)
        return self._done(connection, found, order)

    def _with_mark(self, connection: Connection, order: RefundOrder) -> str:
        node = graphql(connection, "refund_marks", {"id": gid("Order", order.order_external_id)})["order"]
        refunds = _there(connection, node, order.order_external_id)["refunds"]
        return next((str(one["id"]) for one in refunds if order.mark in (one["note"] or "")), "")

    def _done(self, connection: Connection, global_id: str, order: RefundOrder) -> StoreRefundDone:
        booked = returns.fetch_refund(connection, global_id, order.currency)
        if booked is None:
            raise IntegrationError(
                "the store does not find the refund it made",
                permanent=False,
                code="no_such_refund",
                outcome_unknown=True,
            )
        found = pages(connection, "refund_payments", {"id": global_id}, ("refund", "transactions"))
        made = [row for page in found for row in page["nodes"] if row["kind"] == "REFUND"]
        rows = [row for row in made if row["status"] != "SUCCESS"]
        unpaid = {row["formattedGateway"] or row["gateway"] or "": row["status"].lower() for row in rows}
        return StoreRefundDone(booked, unpaid)


def _there(connection: Connection, node: Node | None, external_id: str) -> Node:
    if node is None:
        raise IntegrationError(f"{connection.account} has no order {external_id}", permanent=True, code="no_such_order")
    return node


def _check_units(line: Node | None, external_id: str, units: int) -> None:
    left = line["refundableQuantity"] if line else 0
    if units > left:
        title = line["title"] if line else f"line {external_id}"
        raise IntegrationError(
            f"{title}: {left} units are left to refund in the store, not {units}; what was refunded there arrives here "
            f"soon: look again then",
            permanent=True,
            code="units_refunded",
        )


def _goods(lines: Mapping[str, int]) -> list[dict[str, Any]]:
    """Return the goods of a refund. Whether they are back on the shelf was told when they were received."""
    return [
        {"lineItemId": gid("LineItem", line), "quantity": units, "restockType": "NO_RESTOCK"}
        for line, units in sorted(lines.items())
    ]


def _duties(ids: Sequence[str]) -> list[dict[str, str]]:
    return [{"dutyId": one, "refundType": "PROPORTIONAL"} for one in ids]


def refund_input(order: RefundOrder) -> dict[str, Any]:
    """Return the RefundInput; the same order gives the same input, as the idempotency key demands; pure."""
    whole = gid("Order", order.order_external_id)
    transactions = [
        {
            "orderId": whole,
            "parentId": gid("OrderTransaction", one.parent),
            "gateway": one.gateway,
            "kind": "REFUND",
            "amount": str(one.amount),
        }
        for one in order.payments
    ]
    values: dict[str, Any] = {
        "orderId": whole,
        "currency": order.pay_currency,
        "note": f"{order.note} {order.mark}".strip(),
        "notify": order.notify,
        "refundLineItems": _goods(order.lines),
        "refundDuties": _duties([gid("Duty", one) for one in order.duties]),
        "transactions": transactions,
    }
    return values | ({"shipping": {"amount": str(order.shipping)}} if order.shipping else {})


def _create(connection: Connection, order: RefundOrder) -> str:
    variables = {"input": refund_input(order), "key": order.key}
    try:
        made = mutate(connection, "refund_create", "refundCreate", variables)
    except IntegrationError as error:
        raise _worded(error) from error
    return str(made["refund"]["id"])


def _worded(error: IntegrationError) -> IntegrationError:
    """Return a refusal with its remedy; one that only says "still at it" is waited for."""
    text = str(error)
    if error.code == "access_denied":
        return IntegrationError(
            "the shop has not allowed the app to refund: open the app in the shop's admin, accept the new permission, "
            "and order the refund again",
            permanent=True,
            code="access_denied",
        )
    if error.code == "idempotency_concurrent_request" or "currently in progress" in text:
        return IntegrationError(text, permanent=False, code="idempotency_concurrent_request", outcome_unknown=True)
    return error


adapter = ShopifyRefunds()
