"""Shopify's true schema, from the npm package @shopify/dev-mcp, and answers to our documents made from it.

SHOPIFY_DEV_MCP names the folder the package was unpacked to; tests that need it skip where it is absent.
"""

import gzip
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLEnumType,
    GraphQLScalarType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    build_client_schema,
    get_named_type,
    is_abstract_type,
    is_list_type,
    is_non_null_type,
    parse,
)

ROOT = Path(__file__).resolve().parents[4]
FOLDER = ROOT / "integrations/storefronts/shopify/graphql"
DOCUMENTS = sorted(path.stem for path in FOLDER.glob("*.graphql"))
PLACES = [
    Path(os.environ.get("SHOPIFY_DEV_MCP", "/nowhere")),
    ROOT / "var/dev-mcp/package",
]
# Where a type has several values, one that lets the code go on.
ENUMS = {
    "WeightUnit": "GRAMS",
    "BulkOperationStatus": "COMPLETED",
    "ReturnStatus": "OPEN",
    "FulfillmentOrderAction": "CREATE_FULFILLMENT",
    "WebhookSubscriptionTopic": "ORDERS_CREATE",
    "OrderDisplayFinancialStatus": "PAID",
    "CurrencyCode": "EUR",
    "CountryCode": "DE",
    "LocalizedFieldKey": "TAX_CREDENTIAL_IT",
}
SCALARS = {
    "Boolean": False,
    "DateTime": "2026-11-22T10:00:00Z",
    "Date": "2026-11-22",
    "Decimal": "10.00",
    "Float": 1.5,
    "Int": 2,
    "Money": "10.00",
    "UnsignedInt64": "3",
    "URL": "https://store.example/x",
}
NAMED = {"requiresShipping": True, "provinceCode": "BE"}

Path_ = tuple[str | int, ...]


def introspection(version: str) -> dict[str, Any]:
    for place in PLACES:
        path = place / f"dist/data/admin_{version}.json.gz"
        if path.exists():
            return json.loads(gzip.decompress(path.read_bytes()))["data"]
    pytest.skip("no @shopify/dev-mcp here: set SHOPIFY_DEV_MCP to the unpacked npm package")


@cache
def true_schema(version: str) -> GraphQLSchema:
    # The true schema has deprecated interface fields that graphql-core's own check of schemas objects to.
    return build_client_schema(introspection(version), assume_valid=True)


class Whole:
    """The answer to a document in which nothing is missing: lists of one, and where each null may stand."""

    def __init__(self, name: str, schema: GraphQLSchema) -> None:
        document = parse((FOLDER / f"{name}.graphql").read_text())
        self.schema = schema
        self.nullable: list[Path_] = []
        parts = document.definitions
        self._fragments = {one.name.value: one for one in parts if isinstance(one, FragmentDefinitionNode)}
        [operation] = [one for one in parts if isinstance(one, OperationDefinitionNode)]
        root = schema.get_root_type(operation.operation)
        self.data = self._object(root, operation.selection_set, ())

    def _object(self, kind: Any, selections: Any, path: Path_) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for owner, field in self._fields(kind, selections):
            name = field.alias.value if field.alias else field.name.value
            if name == "__typename":
                made[name] = owner.name
                continue
            found = self._value(owner.fields[field.name.value].type, field, (*path, name), owner.name)
            made[name] = {**made[name], **found} if isinstance(made.get(name), dict) else found
        return made

    def _fields(self, kind: Any, selections: Any) -> Iterator[tuple[Any, FieldNode]]:
        for one in selections.selections:
            if isinstance(one, FieldNode):
                yield kind, one
            elif isinstance(one, FragmentSpreadNode):
                fragment = self._fragments[one.name.value]
                yield from self._fields(
                    self.schema.type_map[fragment.type_condition.name.value], fragment.selection_set
                )
            elif isinstance(one, InlineFragmentNode):
                yield from self._fields(self.schema.type_map[one.type_condition.name.value], one.selection_set)

    def _value(self, kind: Any, field: FieldNode, path: Path_, owner: str) -> Any:
        if is_non_null_type(kind):
            return self._certain(kind.of_type, field, path, owner)
        self.nullable.append(path)
        return self._certain(kind, field, path, owner)

    def _certain(self, kind: Any, field: FieldNode, path: Path_, owner: str) -> Any:
        if is_list_type(kind):
            return [] if path[-1] == "userErrors" else [self._value(kind.of_type, field, (*path, 0), owner)]
        if isinstance(kind, GraphQLEnumType):
            return ENUMS.get(kind.name) or sorted(kind.values)[0]
        if isinstance(kind, GraphQLScalarType):
            if kind.name == "ID":
                return f"gid://shopify/{owner}/1"
            return NAMED.get(str(path[-1]), SCALARS.get(kind.name, f"{path[-1]}"))
        if is_abstract_type(kind) and not field.selection_set:
            return None
        return self._object(get_named_type(kind), field.selection_set, path)


def put(data: Any, path: Path_, value: Any) -> None:
    """Put `value` at `path` of `data`, where everything above stands."""
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value
