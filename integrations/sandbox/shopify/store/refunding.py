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


def _told(order: Order, amount: Decimal, currency: str) -> MoneyBag:
    """Return `amount` of `currency`, one of the order's two, in both."""
    if currency == order.currency_code:
        return _bag(order, amount)
    paid = order.total_received_set
    own = rounded(paid.shop_money.amount * amount / paid.presentment_money.amount, order.currency_code)
    return MoneyBag(MoneyV2(own, order.currency_code), MoneyV2(rounded(amount, currency), currency))


def _currency(order: Order, given: Mapping[str, Any]) -> str:
    """Return the currency of the input's amounts: an order paid in another one than the shop's must say it."""
    currency, shown = given.get("currency"), order.presentment_currency_code
    if currency not in {None, shown} or (currency is None and shown != order.currency_code):
        raise Refused(f"Currency must be the presentment currency of the order, {shown}", "currency")
    return shown


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


def _shipping(order: Order, wanted: Mapping[str, Any] | None, currency: str) -> list[dict[str, Any]]:
    if not wanted:
        return []
    left = order.current_shipping_price_set
    most = left.shop_money if currency == order.currency_code else left.presentment_money
    if wanted.get("full_refund"):
        amount = most.amount
    else:
        try:
            amount = Decimal(str(wanted.get("amount") or 0))
        except InvalidOperation as error:
            raise Refused("Shipping amount is not a number", "shipping") from error
    if not 0 <= amount <= most.amount:
        raise Refused("Refund cannot be greater than the available shipping amount", "shipping")
    if amount == 0:
        return []
    bag = left if amount == most.amount else _told(order, amount, currency)
    row = {"shipping_line": order.shipping_line, "subtotal_amount_set": bag, "tax_amount_set": bag * 0}
    return [{"id": f"gid://shopify/RefundShippingLine/{next_key()}", **row}]


def _duties(
    order: Order, wanted: list[Mapping[str, Any]], goods: list[tuple[LineItem, dict[str, Any]]]
) -> list[dict[str, Any]]:
    """Return what goes back of the store's own duties: all that is left, or the share of the units that go back."""
    units = {line.id: row["quantity"] for line, row in goods}
    rows = []
    for one in wanted:
        line, duty = next(
            ((line, d) for line in order.lines for d in line.duties if d.id == one["duty_id"]), (None, None)
        )
        if line is None or duty is None:
            raise Refused("Duty does not exist", "refundDuties")
        left = duty.price - duty.refunded if duty.refunded else duty.price
        share = duty.price * (Decimal(units.get(line.id, 0)) / line.quantity)
        amount = left if one.get("refund_type") == "FULL" else share
        if amount.shop_money.amount > left.shop_money.amount:
            raise Refused("Refund duties cannot refund more than was paid", "refundDuties")
        rows.append({"amount_set": amount, "original_duty": duty})
    return rows


def suggest(
    order: Order, goods: list[dict[str, Any]], duties: list[dict[str, Any]], shipping: str | None
) -> dict[str, Any]:
    """Return the `SuggestedRefund`: what these goods, duties and this much of the delivery price come to."""
    zero = order.total_received_set * 0
    rows = _goods(order, goods)
    lines = [row for _, row in rows]
    back = _duties(order, duties, rows)
    subtotal = sum((row["subtotal_set"] for row in lines), zero)
    total_duties = sum((row["amount_set"] for row in back), zero)
    delivery = _bag(order, Decimal(shipping)) if shipping else zero
    amount, most = subtotal + total_duties + delivery, order.net_payment_set
    sale = order.transactions_made[0]
    suggested = {
        "amount_set": amount,
        "maximum_refundable_set": most,
        "gateway": sale.gateway,
        "formatted_gateway": sale.formatted_gateway,
        "kind": "SUGGESTED_REFUND",
        "parent_transaction": sale,
        "account_number": None,
    }
    return {
        "amount_set": amount,
        "subtotal_set": subtotal,
        "discounted_subtotal_set": subtotal,
        "maximum_refundable_set": most,
        "total_tax_set": zero,
        "total_duties_set": total_duties,
        "total_cart_discount_amount_set": zero,
        "refund_line_items": lines,
        "refund_duties": back,
        "shipping": {
            "amount_set": delivery,
            "maximum_refundable_set": order.current_shipping_price_set,
            "tax_set": zero,
        },
        "suggested_transactions": [suggested],
    }


def _payments(order: Order, wanted: list[Mapping[str, Any]], currency: str) -> list[OrderTransaction]:
    sale = order.transactions_made[0]
    made = []
    for row in wanted:
        if row["kind"] != "REFUND":
            raise Refused("Transactions kind must be refund", "transactions")
        if row["gateway"] != sale.gateway or row.get("parent_id") not in {None, sale.id}:
            raise Refused("Transactions must go back through the gateway of the payment", "transactions")
        amount = _told(order, Decimal(str(row["amount"])), currency)
        made.append(
            OrderTransaction(serial=next_key(), kind="REFUND", amount_set=amount, order=order, parent_transaction=sale)
        )
    return made


def _store_credit(order: Order, wanted: list[Mapping[str, Any]], currency: str) -> list[OrderTransaction]:
    sums = [row["store_credit_refund"]["amount"] for row in wanted if row.get("store_credit_refund")]
    if any(one["currency_code"] != currency for one in sums):
        raise Refused("Store credit must be in the presentment currency of the order", "refundMethods")
    credit = {"gateway": "shopify_store_credit", "formatted_gateway": "Store credit"}
    return [
        OrderTransaction(
            serial=next_key(),
            kind="REFUND",
            amount_set=_told(order, Decimal(str(one["amount"])), currency),
            order=order,
            **credit,
        )
        for one in sums
    ]


def _take_off(order: Order, line: LineItem, row: Mapping[str, Any]) -> None:
    """Units that are cancelled with the refund are not to be sent any more; others stay to be sent."""
    if row["restock_type"] != "CANCEL":
        return
    left = row["quantity"]
    for waiting in (one for whole in order.fulfilment_orders for one in whole.line_items if one.line_item is line):
        gone = min(left, waiting.remaining_quantity)
        waiting.remaining_quantity -= gone
        waiting.total_quantity -= gone
        left -= gone


def create_refund(shop: Shop, given: Mapping[str, Any]) -> Refund:
    """Return the refund for a `RefundInput` (snake case). Raises Refused, and then nothing has changed.

    What is paid back is the sum of `transactions`; naming goods or shipping alone moves no money, as in the true API.
    """
    order = next((o for o in shop.orders.values() if o.id == given["order_id"]), None)
    if order is None:
        raise Refused("Order does not exist", "orderId")
    currency = _currency(order, given)
    goods = _goods(order, given.get("refund_line_items") or [])
    shipping = _shipping(order, given.get("shipping"), currency)
    duties = _duties(order, given.get("refund_duties") or [], goods)
    payments = _payments(order, given.get("transactions") or [], currency)
    payments += _store_credit(order, given.get("refund_methods") or [], currency)
    total = sum((p.amount_set for p in payments), order.total_received_set * 0)
    if total.shop_money.amount > order.net_payment_set.shop_money.amount:
        raise Refused("Refund amount cannot exceed what was paid", "transactions")
    if not goods and not shipping and not duties and not payments:
        raise Refused("Refund must contain at least one line item, shipping or transaction")
    refund = _booked(order, given.get("note"), goods, shipping, payments)
    refund.duties = duties
    for row in duties:
        duty, amount = row["original_duty"], row["amount_set"]
        duty.refunded = duty.refunded + amount if duty.refunded else amount
    return refund


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
        _take_off(order, line, row)
    order.refunds.append(refund)
    order.transactions_made += payments
    order.touch()
    return refund
