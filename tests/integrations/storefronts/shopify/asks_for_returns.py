"""What asks with each document about returns and refunds, for the test that answers them with nulls."""

from decimal import Decimal
from typing import Any

from integrations.kit import http
from integrations.kit.answers import Answer
from integrations.storefronts.shopify import refunds, return_begin, return_labels, return_process
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.ports import (
    BegunReturn,
    ReceivedLine,
    RefundAsk,
    RefundOrder,
    RefundPayment,
    ReturnLabel,
    StoreReturnLine,
)
from tests.integrations.storefronts.shopify.true_schema import put

LINE = StoreReturnLine("1", "1", 1, "defective", "torn")
LABEL = ReturnLabel("1", "1ZR", "", {"1": 1})
MORE = {"hasNextPage": True, "endCursor": "c"}


def wants(store: Any, name: str, path: tuple[str | int, ...], value: Any) -> None:
    """Have the store say `value` there, unless the test has put a null in its place or above it."""
    if name not in store.said:
        store.says(name, path, value)
        return
    found = store.said[name]
    for key in path:
        if found is None or (isinstance(found, list) and not found):
            return
        found = found[key]
    if found is not None:
        put(store.said[name], path, value)


def begun(*, requested: bool = False, pages: bool = False) -> Any:
    def ask(connection: Any, store: Any) -> None:
        if pages:
            first = ("returnableFulfillments", "nodes", 0, "returnableFulfillmentLineItems", "pageInfo")
            wants(store, "returnable_fulfilments", first, MORE)
        return_begin.adapter.begin_return(connection, BegunReturn("1", "ss-0123456789ab", requested, (LINE,)))

    return ask


def offered(connection: Any, store: Any) -> None:
    for key, value in (("kind", "SALE"), ("status", "SUCCESS")):
        wants(store, "refund_offer", ("order", "transactions", 0, key), value)
    refunds.adapter.offer_refund(connection, RefundAsk("1", "EUR", {"1": 1}, Decimal(0), store_duties=True))


def refunded(*, tried: bool = False) -> Any:
    def ask(connection: Any, store: Any) -> None:
        payments = (RefundPayment("1", "bogus", Decimal(10)),)
        order = RefundOrder("k", "ss-0123456789ab", "1", "EUR", {"1": 1}, Decimal(0), payments, "EUR", tried=tried)
        refunds.adapter.refund(connection, order)

    return ask


def processed(connection: Any, store: Any) -> None:
    wants(store, "return_processable", ("return", "status"), "OPEN")
    wants(store, "return_processable", ("return", "returnLineItems", "nodes", 0, "processedQuantity"), 0)
    lines = ("reverseFulfillmentOrder", "lineItems", "nodes", 0)
    wants(store, "reverse_lines", (*lines, "totalQuantity"), 2)
    wants(store, "reverse_lines", (*lines, "dispositions"), [])
    return_process.process(connection, "1", [ReceivedLine("1", 1, restock=True)])


def sent_from_one_of_two(connection: Any, store: Any) -> None:
    name = "restock_locations"
    path = ("order", "fulfillments")
    whole = store.answer_of(name).data["order"]["fulfillments"]
    wants(store, name, path, whole * 2)
    return_process.sent_from(connection, "gid://shopify/Order/1", "gid://shopify/FulfillmentLineItem/1")


def a_long_return(connection: Any, store: Any) -> None:
    wants(store, "return", ("return", "returnLineItems", "pageInfo"), MORE)
    wants(store, "return", ("return", "exchangeLineItems", "pageInfo"), MORE)
    returns.fetch_return(connection, "1")


def labelled(connection: Any, store: Any) -> None:
    returns.tell_return_label(connection, LABEL)


def relabelled(connection: Any, store: Any) -> None:
    returns.tell_return_label(connection, ReturnLabel("1", "1ZNEW", "", {"1": 1}, delivery_id="1"))


def uploaded(connection: Any, store: Any) -> None:
    call, http.call = http.call, lambda *_, **__: Answer(201, {}, b"")
    try:
        return_labels.upload(connection, b"%PDF", "label.pdf")
    finally:
        http.call = call


ASKS = {
    "fulfilment_line_ids": sent_from_one_of_two,
    "order_return_marks": begun(),
    "refund_create": refunded(),
    "refund_marks": refunded(tried=True),
    "refund_offer": offered,
    "refund_payments": refunded(),
    "refundable_lines": offered,
    "restock_locations": processed,
    "return_create": begun(),
    "return_exchanges": a_long_return,
    "return_lines": a_long_return,
    "return_process": processed,
    "return_processable": processed,
    "return_reasons": begun(),
    "return_request": begun(requested=True),
    "returnable_fulfilments": begun(),
    "returnable_lines": begun(pages=True),
    "reverse_deliveries": labelled,
    "reverse_delivery_update": relabelled,
    "reverse_lines": labelled,
    "staged_uploads_create": uploaded,
}
