"""The Admin API: errors, scopes, costs, paging, and the mutations an app uses."""

import threading
from typing import Any

import pytest

CREATE = """mutation ($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) {
  fulfillment { id status trackingInfo { company number url } } userErrors { field message } } }"""
REFUND = """mutation ($input: RefundInput!, $key: String!) {
  refundCreate(input: $input) @idempotent(key: $key) { refund { id totalRefundedSet { presentmentMoney { amount } } }
  order { displayFinancialStatus } userErrors { field message } } }"""


def _routed(shop: Any, *skus: str, **changes: Any) -> tuple[str, str]:
    made = shop.order(*skus, **changes)
    return f"gid://shopify/Order/{made['order_id']}", shop.routed(made["order_id"])["fulfilment_orders"][0]["id"]


def _fulfil(shop: Any, fulfilment_order: str, **details: Any) -> dict[str, Any]:
    group = {"fulfillmentOrderId": fulfilment_order, **details}
    tracking = {"company": "DHL Express", "numbers": ["1234567890"], "urls": ["https://track.example/1234567890"]}
    given = {"lineItemsByFulfillmentOrder": [group], "trackingInfo": tracking}
    return shop.data(CREATE, f=given)["fulfillmentCreate"]


def test_field_that_does_not_exist_is_an_error_with_status_200(installed: Any) -> None:
    answer = installed.graphql("{ shop { nonsense } }")
    assert answer.status_code == 200
    [error] = answer.json()["errors"]
    assert error["message"] == "Field 'nonsense' doesn't exist on type 'Shop'"
    assert error["extensions"] == {"code": "undefinedField", "typeName": "Shop", "fieldName": "nonsense"}
    assert "data" not in answer.json()


def test_field_without_its_scope_is_denied(installed: Any) -> None:
    made = installed.grant(grant_type="refresh_token", refresh_token=installed.install()["refresh_token"]).json()
    installed.token = made["access_token"]
    answer = installed.graphql('{ customer(id: "gid://shopify/Customer/1") { id } }').json()
    assert answer["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"
    assert answer["data"] == {"customer": None}


def test_connection_needs_first_or_last(installed: Any) -> None:
    answer = installed.graphql("{ products { nodes { id } } }").json()
    assert answer["errors"][0]["message"] == "you must provide one of first or last"


def test_pages_join_without_gap_or_overlap(installed: Any) -> None:
    query = """query ($after: String) { products(first: 7, after: $after) {
      nodes { handle } pageInfo { hasNextPage endCursor } } }"""
    handles: list[str] = []
    after = None
    while True:
        page = installed.data(query, after=after)["products"]
        handles += [node["handle"] for node in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert len(handles) == len(set(handles)) == 20


def test_query_that_costs_too_much_is_refused(installed: Any) -> None:
    answer = installed.graphql("{ products(first: 250) { nodes { variants(first: 100) { nodes { id } } } } }").json()
    assert answer["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_throttled_is_an_error_with_status_200(installed: Any) -> None:
    installed.faults(graphql="throttled", count=1)
    answer = installed.graphql("{ shop { name } }")
    assert answer.status_code == 200
    assert answer.json()["errors"][0]["extensions"]["code"] == "THROTTLED"
    status = answer.json()["extensions"]["cost"]["throttleStatus"]
    assert (status["maximumAvailable"], status["restoreRate"]) == (2000.0, 100.0)
    assert installed.graphql("{ shop { name } }").json()["data"]["shop"]["name"].startswith("Test")


@pytest.mark.parametrize(("fault", "status"), [("http_500", 500), ("http_503", 503), ("garbage", 200)])
def test_faults_last_as_long_as_counted(installed: Any, fault: str, status: int) -> None:
    installed.faults(graphql=fault, count=2)
    for _ in range(2):
        answer = installed.graphql("{ shop { name } }")
        assert answer.status_code == status
        with pytest.raises(ValueError, match="Expecting"):
            answer.json()
    assert installed.graphql("{ shop { name } }").json()["data"]


def test_unknown_fault_is_refused(installed: Any) -> None:
    assert installed.faults(nonsense=1).status_code == 400
    assert installed.faults(webhook_duplicates="two").status_code == 400


def test_id_of_another_kind_is_an_error_and_an_unknown_one_is_null(installed: Any) -> None:
    wrong = installed.graphql('{ order(id: "gid://shopify/Product/1") { id } }').json()
    assert wrong["errors"][0]["extensions"]["code"] == "RESOURCE_NOT_FOUND"
    assert installed.data('{ order(id: "gid://shopify/Order/1") { id } }') == {"order": None}


def test_fulfilment_of_part_then_the_rest_then_no_more(installed: Any) -> None:
    cart = {"items": [{"variant_id": installed.variant("NL-MUG-350")["variant_id"], "quantity": 3}]}
    order, fulfilment_order = _routed(installed, **cart)
    lines = installed.data(
        "query ($id: ID!) { fulfillmentOrder(id: $id) { lineItems(first: 5) { nodes { id totalQuantity } } } }",
        id=fulfilment_order,
    )["fulfillmentOrder"]["lineItems"]["nodes"]
    assert lines[0]["totalQuantity"] == 3
    part = {"fulfillmentOrderLineItems": [{"id": lines[0]["id"], "quantity": 2}]}
    first = _fulfil(installed, fulfilment_order, **part)
    assert first["userErrors"] == []
    assert first["fulfillment"]["trackingInfo"][0]["number"] == "1234567890"
    too_many = _fulfil(installed, fulfilment_order, **part)
    assert too_many["fulfillment"] is None
    assert too_many["userErrors"][0]["message"] == "Invalid fulfillment order line item quantity requested."
    assert _fulfil(installed, fulfilment_order)["userErrors"] == []
    again = _fulfil(installed, fulfilment_order)
    assert "unfulfillable status= closed" in again["userErrors"][0]["message"]
    state = installed.data(f'{{ order(id: "{order}") {{ displayFulfillmentStatus fulfillments(first: 5) {{ id }} }} }}')
    assert state["order"]["displayFulfillmentStatus"] == "FULFILLED"
    assert len(state["order"]["fulfillments"]) == 2


def test_two_fulfilments_at_once_make_one(installed: Any) -> None:
    _, fulfilment_order = _routed(installed, "NL-MUG-350")
    answers: list[dict[str, Any]] = []
    threads = [threading.Thread(target=lambda: answers.append(_fulfil(installed, fulfilment_order))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(answer["fulfillment"] is not None for answer in answers) == 1


def test_fulfilment_orders_of_two_orders_do_not_go_together(installed: Any) -> None:
    _, one = _routed(installed, "NL-MUG-350")
    _, two = _routed(installed, "NL-MUG-350")
    given = {"lineItemsByFulfillmentOrder": [{"fulfillmentOrderId": one}, {"fulfillmentOrderId": two}]}
    answer = installed.data(CREATE, f=given)["fulfillmentCreate"]
    assert answer["userErrors"][0]["message"] == "All fulfillment orders must belong to the same order."


def test_cancelled_fulfilment_can_be_made_again(installed: Any) -> None:
    _, fulfilment_order = _routed(installed, "NL-MUG-350")
    made = _fulfil(installed, fulfilment_order)["fulfillment"]["id"]
    cancel = "mutation ($id: ID!) { fulfillmentCancel(id: $id) { fulfillment { status } userErrors { message } } }"
    assert installed.data(cancel, id=made)["fulfillmentCancel"]["fulfillment"] == {"status": "CANCELLED"}
    assert installed.data(cancel, id=made)["fulfillmentCancel"]["userErrors"]
    assert _fulfil(installed, fulfilment_order)["userErrors"] == []


def test_tracking_events_show_on_the_order(installed: Any) -> None:
    order, fulfilment_order = _routed(installed, "NL-MUG-350")
    made = _fulfil(installed, fulfilment_order)["fulfillment"]["id"]
    event = """mutation ($e: FulfillmentEventInput!) { fulfillmentEventCreate(fulfillmentEvent: $e) {
      fulfillmentEvent { status } userErrors { message } } }"""
    for hour, status in enumerate(("IN_TRANSIT", "DELIVERED")):
        given = {"fulfillmentId": made, "status": status, "happenedAt": f"2026-11-23T0{hour}:00:00Z"}
        installed.data(event, e=given)
    view = installed.get(f"/api/orders/{order.rpartition('/')[2]}").json()
    assert [e["status"] for e in view["fulfilments"][0]["events"]] == ["IN_TRANSIT", "DELIVERED"]
    assert view["tracking_numbers"] == ["1234567890"]
    found = installed.data(f'{{ order(id: "{order}") {{ fulfillments {{ displayStatus deliveredAt }} }} }}')
    assert found["order"]["fulfillments"] == [{"displayStatus": "DELIVERED", "deliveredAt": "2026-11-23T01:00:00Z"}]


def test_tracking_can_be_changed(installed: Any) -> None:
    _, fulfilment_order = _routed(installed, "NL-MUG-350")
    made = _fulfil(installed, fulfilment_order)["fulfillment"]["id"]
    change = """mutation ($id: ID!, $t: FulfillmentTrackingInput!) {
      fulfillmentTrackingInfoUpdate(fulfillmentId: $id, trackingInfoInput: $t) {
        fulfillment { trackingInfo { number } } userErrors { message } } }"""
    answer = installed.data(change, id=made, t={"number": "NEW", "company": "UPS"})["fulfillmentTrackingInfoUpdate"]
    assert answer["fulfillment"]["trackingInfo"] == [{"number": "NEW"}]


def test_refund_needs_a_key_and_happens_once_with_it(installed: Any) -> None:
    order, _ = _routed(installed, "NL-MUG-350")
    payment = {"orderId": order, "amount": "5.00", "gateway": "bogus", "kind": "REFUND"}
    given = {"orderId": order, "shipping": {"amount": "5.00"}, "transactions": [payment]}
    bare = "mutation ($input: RefundInput!) { refundCreate(input: $input) { refund { id } userErrors { message } } }"
    assert "@idempotent" in installed.graphql(bare, input=given).json()["errors"][0]["message"]
    first = installed.data(REFUND, input=given, key="k-1")["refundCreate"]
    assert first["refund"]["totalRefundedSet"] == {"presentmentMoney": {"amount": "5.00"}}
    assert first["order"]["displayFinancialStatus"] == "PARTIALLY_REFUNDED"
    assert installed.data(REFUND, input=given, key="k-1")["refundCreate"]["refund"]["id"] == first["refund"]["id"]
    other = {**given, "note": "another"}
    mismatch = installed.graphql(REFUND, input=other, key="k-1").json()["errors"][0]
    assert mismatch["extensions"]["code"] == "IDEMPOTENCY_KEY_PARAMETER_MISMATCH"
    charges = installed.get(f"/api/orders/{order.rpartition('/')[2]}").json()["charges"]
    assert [(c["kind"], c["amount"]) for c in charges] == [("SALE", "39.40"), ("REFUND", "5.00")]


def test_refund_over_what_was_paid_is_refused(installed: Any) -> None:
    order, _ = _routed(installed, "NL-MUG-350")
    payment = {"orderId": order, "amount": "39.41", "gateway": "bogus", "kind": "REFUND"}
    answer = installed.data(REFUND, input={"orderId": order, "transactions": [payment]}, key="k-2")["refundCreate"]
    assert (answer["refund"], answer["userErrors"][0]["field"]) == (None, ["transactions"])


def test_hs_code_is_written_back_and_a_bad_one_refused(installed: Any) -> None:
    query = '{ productVariants(first: 1, query: "sku:NL-TEA-BRC") { nodes { inventoryItem { id } } } }'
    gid = installed.data(query)["productVariants"]["nodes"][0]["inventoryItem"]["id"]
    update = """mutation ($id: ID!, $input: InventoryItemInput!) { inventoryItemUpdate(id: $id, input: $input) {
      inventoryItem { harmonizedSystemCode countryCodeOfOrigin measurement { weight { value unit } } }
      userErrors { field message } } }"""
    bad = installed.data(update, id=gid, input={"harmonizedSystemCode": "21.06"})["inventoryItemUpdate"]
    assert bad["userErrors"][0]["field"] == ["input", "harmonizedSystemCode"]
    weight = {"weight": {"value": 0.2, "unit": "KILOGRAMS"}}
    good = installed.data(update, id=gid, input={"harmonizedSystemCode": "121190", "measurement": weight})
    item = good["inventoryItemUpdate"]["inventoryItem"]
    assert (item["harmonizedSystemCode"], item["measurement"]["weight"]["unit"]) == ("121190", "KILOGRAMS")
    assert installed.variant("NL-TEA-BRC")["grams"] == 200


def test_orders_are_found_by_when_they_changed(installed: Any) -> None:
    order, _ = _routed(installed, "NL-MUG-350")
    query = "query ($q: String) { orders(first: 5, query: $q, sortKey: UPDATED_AT) { nodes { id } } }"
    assert installed.data(query, q="updated_at:>='2026-01-01T00:00:00Z'")["orders"]["nodes"] == [{"id": order}]
    assert installed.data(query, q="updated_at:>='2100-01-01T00:00:00Z'")["orders"]["nodes"] == []
    assert installed.graphql(query, q="nonsense:1").json()["errors"][0]["extensions"]["code"] == "BAD_REQUEST"


def test_tags_and_metafields_stay_on_the_order(installed: Any) -> None:
    order, _ = _routed(installed, "NL-MUG-350")
    tag = 'mutation ($id: ID!) { tagsAdd(id: $id, tags: ["DDP"]) { node { id } userErrors { message } } }'
    installed.data(tag, id=order)
    field = {"ownerId": order, "namespace": "$app:customs", "key": "quote", "type": "json", "value": '{"id": "q1"}'}
    put = """mutation ($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
      metafields { namespace key } userErrors { field message code } } }"""
    assert installed.data(put, m=[field])["metafieldsSet"]["metafields"][0]["key"] == "quote"
    query = f'{{ order(id: "{order}") {{ tags metafield(namespace: "$app:customs", key: "quote") {{ jsonValue }} }} }}'
    assert installed.data(query)["order"] == {"tags": ["DDP"], "metafield": {"jsonValue": {"id": "q1"}}}


def test_brazilian_tax_number_is_a_localised_field(installed: Any) -> None:
    address = {
        "name": "João Silva", "address1": "Rua A 1", "city": "São Paulo", "province": "SP", "zip": "01310-100",
        "country": "BR", "phone": "+5511999999999", "tax_id": "529.982.247-25",
    }  # fmt: skip
    order, _ = _routed(installed, "NL-MUG-350", address=address, currency="BRL")
    query = f"""{{ order(id: "{order}") {{ shippingAddress {{ lastName provinceCode }}
      localizedFields(first: 5) {{ nodes {{ key value purpose }} }} }} }}"""
    found = installed.data(query)["order"]
    assert found["localizedFields"]["nodes"] == [
        {"key": "TAX_CREDENTIAL_BR", "value": "529.982.247-25", "purpose": "TAX"}
    ]
    assert found["shippingAddress"] == {"lastName": "Silva", "provinceCode": "SP"}


def test_discount_is_split_so_that_the_lines_add_up(installed: Any) -> None:
    order, _ = _routed(installed, "NL-MUG-350", "NL-TEE-M", "NL-BOK-CAT", discount="WELCOME10")
    query = f"""{{ order(id: "{order}") {{ totalDiscountsSet {{ shopMoney {{ amount }} }}
      lineItems(first: 5) {{ nodes {{ discountAllocations {{
        allocatedAmountSet {{ shopMoney {{ amount }} }} }} }} }} }} }}"""
    found = installed.data(query)["order"]
    # 24.50 + 29.00 + 18.50 = 72.00, ten per cent is 7.20.
    assert found["totalDiscountsSet"]["shopMoney"]["amount"] == "7.20"
    parts = [
        n["discountAllocations"][0]["allocatedAmountSet"]["shopMoney"]["amount"] for n in found["lineItems"]["nodes"]
    ]
    assert parts == ["2.45", "2.90", "1.85"]


def test_completing_twice_makes_one_order(installed: Any) -> None:
    checkout = installed.post("/api/checkout", json=installed.cart("NL-MUG-350")).json()
    answers = [installed.post(f"/api/checkout/{checkout['token']}/complete", json={}).json() for _ in range(2)]
    assert answers[0] == answers[1]
    assert len(installed.get("/api/orders").json()["orders"]) == 1
