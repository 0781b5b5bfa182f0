"""Returns that apps begin and process, labels handed over, duties and refunds, as the practice store plays them."""

from typing import Any

import pytest
import requests

RETURNABLE = """query ($id: ID!) { returnableFulfillments(orderId: $id, first: 5) { nodes {
  returnableFulfillmentLineItems(first: 5) { nodes { quantity fulfillmentLineItem { id } } } } } }"""
CREATE = """mutation ($input: ReturnInput!) { returnCreate(returnInput: $input) { return { id status
  returnLineItems(first: 5) { nodes { id ... on ReturnLineItem { processableQuantity } } }
  reverseFulfillmentOrders(first: 1) { nodes { id lineItems(first: 5) { nodes { id } } } } }
  userErrors { field message code } } }"""
PROCESS = """mutation ($input: ReturnProcessInput!) { returnProcess(input: $input) { return { status }
  userErrors { code } } }"""
STAGE = """mutation ($input: [StagedUploadInput!]!) { stagedUploadsCreate(input: $input) {
  stagedTargets { url resourceUrl parameters { name value } } userErrors { field message } } }"""
SUGGEST = """query ($id: ID!, $lines: [RefundLineItemInput!], $duties: [RefundDutyInput!]) { order(id: $id) {
  suggestedRefund(refundLineItems: $lines, refundDuties: $duties) { amountSet { shopMoney { amount } }
    totalDutiesSet { shopMoney { amount } } } lineItems(first: 1) { nodes { id duties { id } } } } }"""
REFUND = """mutation ($input: RefundInput!, $key: String!) { refundCreate(input: $input) @idempotent(key: $key) {
  refund { id duties { amountSet { shopMoney { amount } } } } userErrors { field message } } }"""
REASON = "gid://shopify/ReturnReasonDefinition/1"


def sent(shop: Any, *skus: str, **changes: Any) -> tuple[str, list[dict[str, Any]]]:
    """Return an order's global id and its rows that may come back."""
    order_id = str(shop.order(*skus, **changes)["order_id"])
    groups = [{"fulfillmentOrderId": shop.routed(order_id)["fulfilment_orders"][0]["id"]}]
    create = "mutation ($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { userErrors { message } } }"
    shop.data(create, f={"lineItemsByFulfillmentOrder": groups})
    gid = f"gid://shopify/Order/{order_id}"
    return gid, rows(shop, gid)


def rows(shop: Any, order: str) -> list[dict[str, Any]]:
    found = shop.data(RETURNABLE, id=order)["returnableFulfillments"]["nodes"]
    return [row for node in found for row in node["returnableFulfillmentLineItems"]["nodes"]]


def begun(shop: Any, order: str, row: dict[str, Any], **changes: Any) -> dict[str, Any]:
    line = {"fulfillmentLineItemId": row["fulfillmentLineItem"]["id"], "quantity": 1}
    line |= {"returnReasonDefinitionId": REASON} | changes
    return shop.data(CREATE, input={"orderId": order, "returnLineItems": [line]})["returnCreate"]


def test_what_comes_back_already_may_not_come_back_again(installed: Any) -> None:
    order, [row] = sent(installed, "NL-MUG-350")
    assert begun(installed, order, row)["return"]["status"] == "OPEN"
    assert rows(installed, order) == []
    assert begun(installed, order, row)["userErrors"][0]["code"] == "INVALID"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"quantity": 2}, "INVALID"),
        ({"returnReasonDefinitionId": None}, "BLANK"),
        ({"returnReasonDefinitionId": "gid://shopify/ReturnReasonDefinition/99"}, "NOT_FOUND"),
        ({"returnReasonNote": "x" * 256}, "TOO_LONG"),
        ({"fulfillmentLineItemId": "gid://shopify/FulfillmentLineItem/1"}, "NOT_FOUND"),
    ],
)
def test_return_that_cannot_be_is_refused_by_name(installed: Any, changes: dict[str, Any], code: str) -> None:
    order, [row] = sent(installed, "NL-MUG-350")
    assert [error["code"] for error in begun(installed, order, row, **changes)["userErrors"]] == [code]
    assert rows(installed, order) == [row]


def test_units_are_processed_once_and_the_return_is_closed(installed: Any) -> None:
    order, [row] = sent(installed, "NL-MUG-350")
    made = begun(installed, order, row)["return"]
    line = made["returnLineItems"]["nodes"][0]["id"]
    expected = made["reverseFulfillmentOrders"]["nodes"][0]["lineItems"]["nodes"][0]["id"]
    place = {"reverseFulfillmentOrderLineItemId": expected, "quantity": 1, "dispositionType": "RESTOCKED"}
    given = {"returnId": made["id"], "returnLineItems": [{"id": line, "quantity": 1, "dispositions": [place]}]}
    nowhere = installed.data(PROCESS, input=given)["returnProcess"]
    assert nowhere["userErrors"] == [{"code": "BLANK"}]  # restocked, but nobody says where
    place["locationId"] = installed.data("{ location { id } }")["location"]["id"]
    assert installed.data(PROCESS, input=given)["returnProcess"]["return"] == {"status": "CLOSED"}
    assert installed.data(PROCESS, input=given)["returnProcess"]["userErrors"] == [{"code": "INVALID_STATE"}]


def test_staged_file_is_taken_with_its_policy_only(installed: Any) -> None:
    wanted = {"resource": "RETURN_LABEL", "filename": "label.pdf", "mimeType": "application/pdf", "httpMethod": "POST"}
    [target] = installed.data(STAGE, input=[wanted])["stagedUploadsCreate"]["stagedTargets"]
    fields = {one["name"]: one["value"] for one in target["parameters"]}
    file = {"file": ("label.pdf", b"%PDF-1.7", "application/pdf")}
    forged = requests.post(target["url"], data={**fields, "policy": "no"}, files=file, timeout=10)
    assert (forged.status_code, requests.get(target["resourceUrl"], timeout=10).status_code) == (403, 404)
    assert requests.post(target["url"], data=fields, files=file, timeout=10).status_code == 201
    assert requests.get(target["resourceUrl"], timeout=10).content == b"%PDF-1.7"
    other = {**wanted, "mimeType": "text/html"}
    assert installed.data(STAGE, input=[other])["stagedUploadsCreate"]["userErrors"][0]["field"][-1] == "mimeType"


def test_duties_of_the_store_go_back_once(installed: Any) -> None:
    order, _ = sent(installed, "NL-MUG-350")
    number = order.rpartition("/")[2]
    assert installed.post("/_practice/sell_duties", json={"order_id": number}).json() == {"duties": ["2.45"]}
    line = installed.data(SUGGEST, id=order)["order"]["lineItems"]["nodes"][0]
    goods = [{"lineItemId": line["id"], "quantity": 1}]
    duties = [{"dutyId": line["duties"][0]["id"], "refundType": "PROPORTIONAL"}]
    said = installed.data(SUGGEST, id=order, lines=goods, duties=duties)["order"]["suggestedRefund"]
    assert said["totalDutiesSet"]["shopMoney"]["amount"] == "2.45"
    given = {"orderId": order, "refundLineItems": goods, "refundDuties": duties}
    made = installed.data(REFUND, input=given, key="d-1")["refundCreate"]["refund"]
    assert made["duties"] == [{"amountSet": {"shopMoney": {"amount": "2.45"}}}]
    full = {"orderId": order, "refundDuties": [{"dutyId": duties[0]["dutyId"], "refundType": "FULL"}]}
    rest = installed.data(REFUND, input=full, key="d-2")["refundCreate"]["refund"]
    assert rest["duties"] == [{"amountSet": {"shopMoney": {"amount": "0.00"}}}]


def test_refund_of_an_order_in_another_currency_names_it(installed: Any) -> None:
    order, _ = sent(installed, "NL-MUG-350", currency="GBP")
    given = {"orderId": order, "shipping": {"amount": "1.00"}}
    refused = installed.data(REFUND, input=given, key="c-1")["refundCreate"]
    assert refused["userErrors"][0]["field"] == ["currency"]
    done = installed.data(REFUND, input={**given, "currency": "GBP"}, key="c-2")["refundCreate"]
    assert done["userErrors"] == []


def test_key_of_blanks_is_no_key(installed: Any) -> None:
    order, _ = sent(installed, "NL-MUG-350")
    answer = installed.graphql(REFUND, input={"orderId": order}, key="  ").json()
    assert answer["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_lost_answer_is_lost_after_the_work_was_done(installed: Any) -> None:
    order, [row] = sent(installed, "NL-MUG-350")
    installed.faults(answer_lost="ReturnCreate", count=1)
    line = {"fulfillmentLineItemId": row["fulfillmentLineItem"]["id"], "quantity": 1}
    line["returnReasonDefinitionId"] = REASON
    named = CREATE.replace("mutation (", "mutation ReturnCreate(")
    lost = installed.graphql(named, input={"orderId": order, "returnLineItems": [line]})
    assert lost.status_code == 502
    assert rows(installed, order) == []
