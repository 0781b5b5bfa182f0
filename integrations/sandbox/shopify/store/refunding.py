"""Giving money back for goods and shipping, never more than was paid."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.sandbox.shopify.store.fulfilling import Refused
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.store.money import MoneyBag, MoneyV2, rounded
from integrations.sandbox.shopify.store.order_lines import LineItem, OrderTransaction, Refund
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.shop import Shop


def _bag(order: Order, amount: Decimal) -> MoneyBag:
    """Return `amount` of the shop's currency, in the order's own proportion of the two currencies."""
    paid = order.total_received_set
    share = amount / paid.shop_money.amount
    shown = order.presentment_currency_code
    return MoneyBag(
        MoneyV2(rounded(amount, order.currency_code), order.currency_code),
        MoneyV2(rounded(paid.presentment_money.amount * share, shown), shown),
    )


def _goods(order: Order, wanted: list[Mapping[str, Any]]) -> list[tuple[LineItem, dict[str, Any]]]:
    lines = {line.id: line for line in order.lines}
    rows = []
    for row in wanted:
        line = lines.get(row["line_item_id"])
        if line is None:
            raise Refused("Refund line items line item does not exist", "refundLineItems")
        if not 1 <= row["quantity"] <= line.refundable_quantity:
            raise Refused("Refund line items quantity cannot refund more items than were purchased", "refundLineItems")
        subtotal = line.total_after_discount * (Decimal(row["quantity"]) / line.quantity)
        rows.append((line, _goods_row(line, row, subtotal)))
    return rows


def _goods_row(line: LineItem, row: Mapping[str, Any], subtotal: MoneyBag) -> dict[str, Any]:
    return {
        "id": f"gid://shopify/RefundLineItem/{next_key()}",
        "line_item": line,
        "quantity": row["quantity"],
        "price_set": line.discounted_unit_price_after_all_discounts_set,
        "subtotal_set": subtotal,
        "total_tax_set": subtotal * 0,
        "restock_type": row.get("restock_type") or "NO_RESTOCK",
        "restocked": row.get("restock_type") in {"RETURN", "CANCEL"},
        "location": None,
    }


def _shipping(order: Order, wanted: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    if not wanted:
        return []
    left = order.current_shipping_price_set.shop_money.amount
    if wanted.get("full_refund"):
        amount = left
    else:
        try:
            amount = Decimal(str(wanted.get("amount") or 0))
        except InvalidOperation as error:
            raise Refused("Shipping amount is not a number", "shipping") from error
    if not 0 <= amount <= left:
        raise Refused("Refund cannot be greater than the available shipping amount", "shipping")
    if amount == 0:
        return []
    bag = _bag(order, amount)
    row = {"shipping_line": order.shipping_line, "subtotal_amount_set": bag, "tax_amount_set": bag * 0}
    return [{"id": f"gid://shopify/RefundShippingLine/{next_key()}", **row}]


def _payments(order: Order, wanted: list[Mapping[str, Any]]) -> list[OrderTransaction]:
    sale = order.transactions_made[0]
    made = []
    for row in wanted:
        if row["kind"] != "REFUND":
            raise Refused("Transactions kind must be refund", "transactions")
        if row["gateway"] != sale.gateway or row.get("parent_id") not in {None, sale.id}:
            raise Refused("Transactions must go back through the gateway of the payment", "transactions")
        amount = _bag(order, Decimal(str(row["amount"])))
        made.append(
            OrderTransaction(serial=next_key(), kind="REFUND", amount_set=amount, order=order, parent_transaction=sale)
        )
    return made


def create_refund(shop: Shop, given: Mapping[str, Any]) -> Refund:
    """Return the refund for a `RefundInput` (snake case). Raises Refused, and then nothing has changed.

    What is paid back is the sum of `transactions`; naming goods or shipping alone moves no money, as in the true API.
    """
    order = next((o for o in shop.orders.values() if o.id == given["order_id"]), None)
    if order is None:
        raise Refused("Order does not exist", "orderId")
    goods = _goods(order, given.get("refund_line_items") or [])
    shipping = _shipping(order, given.get("shipping"))
    payments = _payments(order, given.get("transactions") or [])
    total = sum((p.amount_set for p in payments), order.total_received_set * 0)
    if total.shop_money.amount > order.net_payment_set.shop_money.amount:
        raise Refused("Refund amount cannot exceed what was paid", "transactions")
    if not goods and not shipping and not payments:
        raise Refused("Refund must contain at least one line item, shipping or transaction")
    return _booked(order, given.get("note"), goods, shipping, payments)


def _booked(
    order: Order,
    note: str | None,
    goods: list[tuple[LineItem, dict[str, Any]]],
    shipping: list[dict[str, Any]],
    payments: list[OrderTransaction],
) -> Refund:
    refund = Refund(
        serial=next_key(),
        order=order,
        note=note,
        total_refunded_set=sum((p.amount_set for p in payments), order.total_received_set * 0),
        refund_line_items=[row for _, row in goods],
        refund_shipping_lines=shipping,
        transactions=payments,
    )
    for line, row in goods:
        line.refunded += row["quantity"]
    order.refunds.append(refund)
    order.transactions_made += payments
    order.touch()
    return refund
