"""The executable schema: files in `sdl/`, scalars, and how a field finds its value."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from pathlib import Path
from typing import Any

from graphql import (
    GraphQLError,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
    get_named_type,
)

from integrations.sandbox.shopify.admin.paging import page

_SDL = Path(__file__).parent / "sdl"


@lru_cache(maxsize=2048)
def snake(name: str) -> str:
    """Return `country_code_v2` for `countryCodeV2`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


def snake_keys(value: Any) -> Any:
    """Return an input value with the names of its fields in snake case, all the way down."""
    if isinstance(value, dict):
        return {snake(k): snake_keys(v) for k, v in value.items()}
    return [snake_keys(v) for v in value] if isinstance(value, list) else value


def _moment_out(value: datetime) -> str:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _moment_in(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError as error:
        raise GraphQLError(f"invalid DateTime {value!r}") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _decimal_in(value: Any) -> str:
    try:
        if isinstance(value, bool) or not Decimal(str(value)).is_finite():
            raise GraphQLError(f"invalid amount {value!r}")
    except InvalidOperation as error:
        raise GraphQLError(f"invalid amount {value!r}") from error
    return str(value)


def _url_in(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"^[a-z][a-z0-9+.-]*://[^\s/]+", value):
        raise GraphQLError(f"Invalid url {value!r}, missing scheme")
    return value


_SCALARS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {
    "DateTime": (_moment_out, _moment_in),
    "Decimal": (str, _decimal_in),
    "Money": (str, _decimal_in),
    "UnsignedInt64": (str, str),
    "URL": (str, _url_in),
}


def _apply_scalars(schema: GraphQLSchema) -> None:
    for name, (serialise, parse) in _SCALARS.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)  # noqa: S101 - the files in sdl/ say so
        # graphql-core 3.3 renamed both; 3.2 knows the first pair only.
        for attribute, function in (
            ("serialize", serialise),
            ("parse_value", parse),
            ("coerce_output_value", serialise),
            ("coerce_input_value", parse),
        ):
            setattr(scalar, attribute, function)


@lru_cache(maxsize=1)
def admin_schema() -> GraphQLSchema:
    """Return the schema, built once per process."""
    text = "\n".join(path.read_text() for path in sorted(_SDL.glob("*.graphql")))
    schema = build_schema(text + "\nschema { query: QueryRoot mutation: Mutation }")
    _apply_scalars(schema)
    return schema


def resolve_field(source: Any, info: GraphQLResolveInfo, **args: Any) -> Any:
    """Return the value of a field from an object's attribute or a dictionary's entry of the same name in snake case.

    A callable gets the arguments it was given; lists become pages where the schema has a connection.
    """
    name = snake(info.field_name)
    value = source[name] if isinstance(source, dict) else getattr(source, name)
    given = {snake(k): snake_keys(v) for k, v in args.items()}
    paging = {k: given.pop(k) for k in ("first", "last", "after", "before", "reverse") if k in given}
    connection = get_named_type(info.return_type).name.endswith("Connection")
    if callable(value):
        value = value(**given) if connection else value(**given, **paging)
    if connection and isinstance(value, list | tuple):
        return page(list(value), **paging)
    if isinstance(value, list) and paging.get("first") is not None:
        return value[: paging["first"]]
    if isinstance(value, str) and given.get("truncate_at"):
        return value[: given["truncate_at"]]
    return value


def resolve_type(value: Any, _info: GraphQLResolveInfo, _abstract: Any) -> str:
    return str(value["__typename"]) if isinstance(value, dict) else type(value).__name__
