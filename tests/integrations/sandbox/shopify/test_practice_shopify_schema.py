"""Every field the practice schema offers can be asked for."""

from typing import Any

import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from integrations.sandbox.shopify.admin.schema import admin_schema
from tests.integrations.storefronts.shopify.true_schema import true_schema

_DEEP = 3


def _arguments(field: Any) -> str:
    names = [name for name, argument in field.args.items() if is_required_argument(argument)]
    given = [f'{name}: "none"' for name in names]
    if get_named_type(field.type).name.endswith("Connection"):
        given.append("first: 2")
    return f"({', '.join(given)})" if given else ""


def _selection(kind: GraphQLObjectType, depth: int, path: tuple[str, ...]) -> str:
    parts = ["__typename"]
    for name, field in kind.fields.items():
        named = get_named_type(field.type)
        arguments = _arguments(field)
        if is_leaf_type(named):
            parts.append(f"{name}{arguments}")
        elif isinstance(named, GraphQLObjectType) and named.name not in path:
            deeper = depth if named.name.endswith(("Connection", "Edge")) else depth - 1
            if deeper > 0:
                parts.append(f"{name}{arguments} {_selection(named, deeper, (*path, named.name))}")
    return "{ " + " ".join(parts) + " }"


def _everything(type_name: str, depth: int = _DEEP) -> str:
    return _selection(admin_schema().type_map[type_name], depth, (type_name,))  # type: ignore[arg-type]


@pytest.mark.parametrize("part", ["lines", "fulfilment", "rest"])
def test_every_field_of_an_order_has_a_value(installed: Any, part: str) -> None:
    made = installed.order("NL-MUG-350", "NL-TEE-M", discount="WELCOME10", currency="GBP")
    order_id = f"gid://shopify/Order/{made['order_id']}"
    view = installed.routed(made["order_id"])
    create = "mutation ($f: FulfillmentInput!) { fulfillmentCreate(fulfillment: $f) { fulfillment { id } } }"
    groups = [{"fulfillmentOrderId": view["fulfilment_orders"][0]["id"]}]
    fulfilment = {"lineItemsByFulfillmentOrder": groups, "trackingInfo": {"number": "X1", "company": "DHL Express"}}
    installed.data(create, f=fulfilment)
    selection = {
        "lines": f"lineItems(first: 2) {{ nodes {_everything('LineItem', 3)} }}",
        "fulfilment": f"fulfillmentOrders(first: 1) {{ nodes {_everything('FulfillmentOrder', 2)} }} "
        f"fulfillments(first: 1) {_everything('Fulfillment', 2)}",
        "rest": _everything("Order", 2)[1:-1],
    }[part]
    found = installed.data(f'{{ order(id: "{order_id}") {{ id {selection} }} }}')
    assert found["order"]["id"] == order_id


def test_every_field_of_the_shop_has_a_value(installed: Any) -> None:
    found = installed.data(f"{{ shop {_everything('Shop')} currentAppInstallation {_everything('AppInstallation')} }}")
    assert found["shop"]["myshopifyDomain"] == installed.domain
    assert {s["handle"] for s in found["currentAppInstallation"]["accessScopes"]} >= {"write_shipping", "write_orders"}


def test_every_field_of_a_product_has_a_value(installed: Any) -> None:
    found = installed.data(f"{{ products(first: 2) {{ nodes {_everything('Product', 2)} }} }}")
    assert found["products"]["nodes"][0]["title"] == "Fjord cotton T-shirt"


def test_every_field_of_a_variant_has_a_value(installed: Any) -> None:
    query = f'{{ productVariants(first: 1, query: "sku:NL-TEA-BRC") {{ nodes {_everything("ProductVariant", 4)} }} }}'
    [variant] = installed.data(query)["productVariants"]["nodes"]
    assert variant["inventoryItem"]["harmonizedSystemCode"] is None
    assert variant["inventoryItem"]["measurement"]["weight"] == {
        "__typename": "Weight",
        "unit": "GRAMS",
        "value": 150.0,
    }


def test_every_name_and_kind_is_the_true_admin_apis() -> None:
    true = true_schema("2026-07").type_map
    wrong = []
    for name, kind in admin_schema().type_map.items():
        if name.startswith("__"):
            continue
        known = true[name]
        wrong += [f"{name}.{value}" for value in getattr(kind, "values", {}) if value not in known.values]
        for field, said in getattr(kind, "fields", {}).items():
            there = known.fields.get(field)
            if there is None or str(there.type) != str(said.type):
                wrong.append(f"{name}.{field}: {said.type}, truly {there and there.type}")
            else:
                arguments = getattr(said, "args", {}).items()
                wrong += [f"{name}.{field}({a})" for a, v in arguments if str(there.args[a].type) != str(v.type)]
    assert wrong == []


@pytest.mark.parametrize(("field", "expected"), [("Order.phone", None), ("Order.name", str)])
def test_field_that_may_be_null_is_null_on_demand(installed: Any, field: str, expected: Any) -> None:
    made = installed.order("NL-MUG-350")
    installed.faults(graphql_null=field, count=1)
    name = field.partition(".")[2]
    query = f'{{ order(id: "gid://shopify/Order/{made["order_id"]}") {{ {name} }} }}'
    found = installed.data(query)["order"][name]
    assert found is expected if expected is None else isinstance(found, expected)
    assert installed.data(query)["order"][name]
