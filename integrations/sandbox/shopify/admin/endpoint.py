"""`POST /admin/api/<version>/graphql.json`: token, parsing, cost, execution, and faults on the way."""

import logging
import re
import time
import uuid
from functools import lru_cache
from typing import Any

from flask import Blueprint, Response, jsonify, request
from graphql import (
    DocumentNode,
    ExecutionResult,
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    execute_sync,
    get_operation_ast,
    is_nullable_type,
    parse,
    validate,
)

from integrations.sandbox.shopify.admin.access import FULFILMENT_ORDERS_FIELD, check_access, check_fulfilment_orders
from integrations.sandbox.shopify.admin.cost import SINGLE_QUERY_MAXIMUM, Bucket, Estimator, actual_points
from integrations.sandbox.shopify.admin.mutations import Mutations
from integrations.sandbox.shopify.admin.queries import Queries, Reader
from integrations.sandbox.shopify.admin.schema import admin_schema, resolve_field, resolve_type, snake, snake_keys
from integrations.sandbox.shopify.config import API_VERSION
from integrations.sandbox.shopify.faults import apply_pause
from integrations.sandbox.shopify.oauth.tokens import Token
from integrations.sandbox.shopify.world import Room, World

_log = logging.getLogger(__name__)
_UNKNOWN_FIELD = re.compile(r"^Cannot query field '(?P<field>\w+)' on type '(?P<type>\w+)'")
_NON_EXPIRING = (
    "[API] Non-expiring access tokens are no longer accepted for the Admin API. "
    "Request an expiring offline access token instead."
)


def _idempotency_key(info: GraphQLResolveInfo) -> str | None:
    for directive in info.field_nodes[0].directives or ():
        if directive.name.value == "idempotent":
            value: Any = (directive.arguments or ())[0].value
            given: Any = getattr(
                info.variable_values, "coerced", info.variable_values
            )  # 3.3 wraps the plain dict of 3.2.
            return str(given[value.name.value] if hasattr(value, "name") else value.value)
    return None


def _resolve(source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
    null_field = info.root_value.null_field
    if null_field == f"{info.parent_type.name}.{info.field_name}" and is_nullable_type(info.return_type):
        return None
    if isinstance(source, Reader):
        check_access(info.field_name, source.token.scopes)
        if isinstance(source, Mutations):
            source.idempotency_key = _idempotency_key(info)
            return getattr(source, snake(info.field_name))(**snake_keys(args))
    elif (info.parent_type.name, info.field_name) == FULFILMENT_ORDERS_FIELD:
        check_fulfilment_orders(info.context.scopes)
    return resolve_field(source, info, **args)


def _shape(error: GraphQLError) -> dict[str, Any]:
    """Return an error as the Admin API words it."""
    unknown = _UNKNOWN_FIELD.match(error.message)
    shaped: dict[str, Any] = error.formatted  # type: ignore[assignment]
    if unknown:
        shaped["message"] = f"Field '{unknown['field']}' doesn't exist on type '{unknown['type']}'"
        names = {"typeName": unknown["type"], "fieldName": unknown["field"]}
        shaped["extensions"] = {"code": "undefinedField", **names}
    elif error.original_error is not None and not isinstance(error.original_error, GraphQLError):
        request_id = str(uuid.uuid4())
        _log.error("internal error %s", request_id, exc_info=error.original_error)
        shaped["message"] = f"Internal error. Looks like something went wrong on our end.\nRequest ID: {request_id}"
        shaped["extensions"] = {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}
    return shaped


def _errors(errors: list[GraphQLError]) -> Response:
    return jsonify(errors=[_shape(error) for error in errors])


def _variables_of(result: ExecutionResult) -> bool:
    """Return whether the query failed before it ran, on its variables."""
    return result.data is None and bool(result.errors) and all(e.path is None for e in result.errors or [])


@lru_cache(maxsize=256)
def _read(query: str) -> tuple[DocumentNode, list[GraphQLError]]:
    """Return the document and what is wrong with it; apps send the same few texts again and again."""
    document = parse(query)
    return document, validate(admin_schema(), document)


class Endpoint:
    def __init__(self, world: World) -> None:
        self._world = world
        self._buckets: dict[str, Bucket] = {
            domain: Bucket(maximum=20 * world.config.restore_rate, restore_per_s=world.config.restore_rate)
            for domain in world.rooms
        }

    def answer(self, room: Room, token: Token, body: dict[str, Any], *, throttled: bool) -> Response:
        """Return the response to one operation; errors of the query come with HTTP 200, as everywhere in GraphQL."""
        schema, variables = admin_schema(), body.get("variables") or {}
        try:
            document, problems = _read(str(body.get("query") or ""))
        except GraphQLSyntaxError as error:
            return _errors([error])
        operation = get_operation_ast(document, body.get("operationName"))
        if problems or operation is None:
            return _errors(problems or [GraphQLError("An operation name is required")])
        cost = Estimator(schema, document, variables).operation(operation)
        if cost > SINGLE_QUERY_MAXIMUM:
            message = f"Query cost is {cost}, which exceeds the single query max cost limit ({SINGLE_QUERY_MAXIMUM})."
            return _errors([GraphQLError(message, extensions={"code": "MAX_COST_EXCEEDED", "cost": cost})])
        enough, status = self._buckets[room.shop.domain].spend(cost, dry=throttled)
        report = {"requestedQueryCost": cost, "actualQueryCost": None, "throttleStatus": status}
        if not enough:
            error = GraphQLError("Throttled", extensions={"code": "THROTTLED"})
            return jsonify(errors=[error.formatted], extensions={"cost": report})
        return self._execute(room, token, document=document, operation=operation, body=body, report=report)

    def _execute(
        self,
        room: Room,
        token: Token,
        *,
        document: DocumentNode,
        operation: OperationDefinitionNode,
        body: dict[str, Any],
        report: dict[str, Any],
    ) -> Response:
        kind = Mutations if operation.operation.value == "mutation" else Queries
        root = kind(self._world, room, token)
        root.null_field = room.faults.take("graphql_null")
        with room.shop.lock:
            result = execute_sync(
                admin_schema(),
                document,
                root_value=root,
                context_value=token,
                variable_values=body.get("variables"),
                operation_name=body.get("operationName"),
                field_resolver=_resolve,
                type_resolver=resolve_type,
            )
        base = 9 if kind is Mutations else 0  # A mutation is 10 points, and its payload is counted as an object.
        report["actualQueryCost"] = min(report["requestedQueryCost"], base + max(1, actual_points(result.data) - 1))
        back = report["requestedQueryCost"] - report["actualQueryCost"]
        report["throttleStatus"] = self._buckets[room.shop.domain].give_back(back)
        answer: dict[str, Any] = {"extensions": {"cost": report}}
        if result.errors:
            answer["errors"] = [_shape(error) for error in result.errors]
        if not _variables_of(result):
            answer["data"] = result.data
        return jsonify(answer)


def _refuse(room: Room) -> tuple[Token | None, tuple[Response, int] | None]:
    """Return the caller's token, or the answer that sends it away."""
    token = room.tokens.access(request.headers.get("X-Shopify-Access-Token", ""))
    if token is None:
        message = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return None, (jsonify(errors=message), 401)
    if token.expires_at is None:
        return None, (jsonify(errors=_NON_EXPIRING), 403)
    return token, None


def _faulty(fault: str | None) -> tuple[Response, int] | None:
    apply_pause(fault)
    if fault in {"http_500", "http_503"}:
        return Response("<html><body>Something went wrong</body></html>", mimetype="text/html"), int(fault[-3:])
    if fault == "garbage":
        return Response('{"data": {"shop": ', mimetype="application/json"), 200
    if fault == "internal_error":
        error = {"message": "Internal error", "extensions": {"code": "INTERNAL_SERVER_ERROR"}}
        return jsonify(errors=[error]), 200
    return None


def _lost(room: Room, query: str) -> bool:
    """Whether the answer to this operation gets lost on its way; other operations do not use the switch up."""
    wanted = room.faults.show().get("answer_lost")
    return bool(wanted) and f" {wanted}(" in query and bool(room.faults.take("answer_lost"))


def blueprint(world: World) -> Blueprint:
    api = Blueprint("admin", __name__)
    endpoint = Endpoint(world)

    def handle(room: Room) -> tuple[Response, int]:
        token, refusal = _refuse(room)
        if token is None or refusal is not None:
            return refusal or (jsonify(errors="Unauthorized"), 401)
        fault = room.faults.take("graphql")
        wrong = _faulty(fault)
        if wrong is not None:
            return wrong
        body = request.get_json(silent=True)
        if not isinstance(body, dict):
            return jsonify(errors={"query": "Required parameter missing or invalid"}), 400
        answer = endpoint.answer(room, token, body, throttled=fault == "throttled")
        if _lost(room, str(body.get("query"))):
            return Response("<html><body>Bad gateway</body></html>", mimetype="text/html"), 502
        return answer, 200

    @api.post("/<domain>/admin/api/<version>/graphql.json")
    def graphql(domain: str, version: str) -> tuple[Response, int]:
        started, room = time.monotonic(), world.room(domain)
        if not re.fullmatch(r"20\d\d-(01|04|07|10)|unstable", version):
            return jsonify(errors="Not Found"), 404
        response, status = handle(room)
        response.headers["X-Shopify-API-Version"] = API_VERSION
        response.headers["X-Request-Id"] = str(uuid.uuid4())
        elapsed_ms = round((time.monotonic() - started) * 1000)
        operation = (request.get_json(silent=True) or {}) if request.is_json else {}
        name = operation.get("operationName") if isinstance(operation, dict) else None
        room.shop.record("graphql", operation=name, status=status, elapsed_ms=elapsed_ms)
        return response, status

    return api
