"""Returns and bulk operations as the practice store plays them."""

from typing import Any

import requests

APPROVE = """mutation ($input: ReturnApproveRequestInput!) { returnApproveRequest(input: $input) {
  return { status reverseFulfillmentOrders(first: 1) {
    nodes { id lineItems(first: 5) { nodes { id totalQuantity } } } } }
  userErrors { code } } }"""
SEND_BACK = """mutation ($order: ID!, $lines: [ReverseDeliveryLineItemInput!]!) {
  reverseDeliveryCreateWithShipping(reverseFulfillmentOrderId: $order, reverseDeliveryLineItems: $lines) {
    reverseDelivery { id } userErrors { code } } }"""
RUN = "mutation ($text: String!) { bulkOperationRunQuery(query: $text) { bulkOperation { id } userErrors { code } } }"
LOOK = "query ($id: ID!) { bulkOperation(id: $id) { status objectCount url } }"
VARIANTS = "{ productVariants { edges { node { id sku } } } }"


def _sent(shop: Any) -> str:
    order_id = str(shop.order("NL-MUG-350")["order_id"])
    groups = [{"fulfillmentOrderId": shop.routed(order_id)["fulfilment_orders"][0]["id"]}]
    create = "mutation ($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { userErrors { message } } }"
    shop.data(create, f={"lineItemsByFulfillmentOrder": groups})
    return order_id


def _ask(shop: Any, order_id: str, **row: Any) -> requests.Response:
    lines = [{"sku": "NL-MUG-350", "quantity": 1, "reason": "defective", **row}]
    return shop.post("/_practice/request_return", json={"order_id": order_id, "lines": lines})


def test_return_is_approved_once_and_brings_back_no_more_than_was_sent(installed: Any) -> None:
    made = _ask(installed, _sent(installed)).json()
    number = f"gid://shopify/Return/{made['return_id']}"
    found = installed.data(APPROVE, input={"id": number})["returnApproveRequest"]["return"]
    assert found["status"] == "OPEN"
    again = installed.data(APPROVE, input={"id": number})["returnApproveRequest"]
    assert again["userErrors"] == [{"code": "INVALID_STATE"}]
    [expected] = found["reverseFulfillmentOrders"]["nodes"]
    row = expected["lineItems"]["nodes"][0]
    lines = [{"reverseFulfillmentOrderLineItemId": row["id"], "quantity": row["totalQuantity"]}]
    answers = [
        installed.data(SEND_BACK, order=expected["id"], lines=lines)["reverseDeliveryCreateWithShipping"]
        for _ in range(2)
    ]
    assert [answer["userErrors"] for answer in answers] == [[], [{"code": "INVALID"}]]


def test_what_was_never_sent_cannot_come_back(installed: Any) -> None:
    order_id = _sent(installed)
    assert _ask(installed, order_id, quantity=2).status_code == 400
    assert _ask(installed, order_id, reason="no such reason").status_code == 400


def test_bulk_operation_leaves_a_file_that_can_be_read_in_pieces(installed: Any) -> None:
    number = installed.data(RUN, text=VARIANTS)["bulkOperationRunQuery"]["bulkOperation"]["id"]
    busy = installed.data(RUN, text=VARIANTS)["bulkOperationRunQuery"]
    assert busy["userErrors"] == [{"code": "OPERATION_IN_PROGRESS"}]
    first, second = (installed.data(LOOK, id=number)["bulkOperation"] for _ in range(2))
    assert (first["status"], first["url"], second["status"]) == ("RUNNING", None, "COMPLETED")
    whole = requests.get(second["url"], timeout=10)
    assert len(whole.text.splitlines()) == int(second["objectCount"])
    part = requests.get(second["url"], headers={"Range": "bytes=10-19"}, timeout=10)
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    beyond = requests.get(second["url"], headers={"Range": f"bytes={len(whole.content)}-"}, timeout=10)
    assert beyond.status_code == 416
