"""Bulk operations: `bulkOperationRunQuery` over one connection of the root, and the file it leaves."""

import io
import json
from typing import Any

from flask import Blueprint, Response, send_file
from graphql import FieldNode, GraphQLSyntaxError, OperationDefinitionNode, execute_sync, parse, print_ast, validate

from integrations.sandbox.shopify.admin.queries import Queries, Reader
from integrations.sandbox.shopify.admin.schema import admin_schema, resolve_field, resolve_type
from integrations.sandbox.shopify.store.bulk_operation import BulkOperation
from integrations.sandbox.shopify.store.ids import next_key
from integrations.sandbox.shopify.world import World

_PAGE = 100


def _child(node: Any, name: str) -> FieldNode | None:
    fields = node.selection_set.selections if node.selection_set else ()
    return next((field for field in fields if isinstance(field, FieldNode) and field.name.value == name), None)


def _resolve(source: Any, info: Any, **args: Any) -> Any:
    return resolve_field(source, info, **args)


class BulkMutations(Reader):
    def _refused(self, message: str, code: str = "INVALID") -> dict[str, Any]:
        return {"bulk_operation": None, "user_errors": [{"field": ["query"], "message": message, "code": code}]}

    def bulk_operation_run_query(self, query: str, group_objects: bool = False) -> dict[str, Any]:
        if any(one.status == "RUNNING" for one in self.held.bulk_operations):
            return self._refused("A bulk query operation is already in progress", "OPERATION_IN_PROGRESS")
        try:
            document = parse(query)
        except GraphQLSyntaxError as error:
            return self._refused(f"Invalid bulk query: {error.message}")
        problems = validate(admin_schema(), document)
        operation = document.definitions[0]
        root = operation.selection_set.selections[0] if isinstance(operation, OperationDefinitionNode) else None
        edges = _child(root, "edges") if root is not None else None
        node = _child(edges, "node") if edges else None
        if problems or not isinstance(root, FieldNode) or node is None or node.selection_set is None:
            return self._refused(
                problems[0].message if problems else "Bulk queries must contain at least one connection"
            )
        rows = self._all(root.name.value, print_ast(node.selection_set))
        serial = next_key()
        made = BulkOperation(
            serial=serial,
            query=query,
            content="".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode(),
            object_count=len(rows),
            address=f"{self.world.shop_url(self.held)}/_bulk/{serial}.jsonl",
        )
        self.held.bulk_operations.append(made)
        return {"bulk_operation": made, "user_errors": []}

    def _all(self, connection: str, selection: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        after = None
        while True:
            page = f"nodes {selection} pageInfo {{ hasNextPage endCursor }}"
            text = f"query ($after: String) {{ {connection}(first: {_PAGE}, after: $after) {{ {page} }} }}"
            root = Queries(self.world, self.room, self.token)
            result = execute_sync(
                admin_schema(),
                parse(text),
                root_value=root,
                variable_values={"after": after},
                field_resolver=_resolve,
                type_resolver=resolve_type,
            )
            if result.errors or result.data is None:
                raise RuntimeError(str(result.errors))
            found = result.data[connection]
            rows += found["nodes"]
            if not found["pageInfo"]["hasNextPage"]:
                return rows
            after = found["pageInfo"]["endCursor"]

    def bulk_operation_cancel(self, id: str) -> dict[str, Any]:  # noqa: A002 - the API's own name
        found = self.find(id, "BulkOperation")
        if found is None or found.status != "RUNNING":
            return self._refused("A bulk operation cannot be canceled when it is completed")
        found.cancelled = True
        return {"bulk_operation": found, "user_errors": []}


def blueprint(world: World) -> Blueprint:
    files = Blueprint("bulk", __name__)

    @files.get("/<domain>/_bulk/<int:serial>.jsonl")
    def file(domain: str, serial: int) -> Response | tuple[str, int]:
        found = next((one for one in world.room(domain).shop.bulk_operations if one.serial == serial), None)
        if found is None:
            return "no such file", 404
        return send_file(io.BytesIO(found.content), mimetype="application/jsonl", conditional=True, etag=False)

    return files
