"""The search syntax of `query:` arguments, for the filters that are played.

Source: https://shopify.dev/docs/api/usage/search-syntax
"""

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

_TERM = re.compile(r"""(?P<key>\w+):(?P<op>>=|<=|>|<)?(?P<value>'[^']*'|"[^"]*"|\S+)""")
_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
Getter = Callable[[Any], Any]

_MOMENTS: dict[str, Getter] = {"updated_at": lambda o: o.updated_at, "created_at": lambda o: o.created_at}
ORDERS: dict[str, Getter] = {
    **_MOMENTS,
    "processed_at": lambda o: o.processed_at,
    "id": lambda o: o.serial,
    "name": lambda o: o.name.lstrip("#"),
    "email": lambda o: o.email,
    "tag": lambda o: o.tags,
    "financial_status": lambda o: o.display_financial_status,
    "fulfillment_status": lambda o: o.display_fulfillment_status,
    "status": lambda o: "cancelled" if o.cancelled_at else "open",
}
PRODUCTS: dict[str, Getter] = {
    **_MOMENTS,
    "id": lambda o: o.serial,
    "title": lambda o: o.title,
    "handle": lambda o: o.handle,
    "status": lambda o: o.status,
    "vendor": lambda o: o.vendor,
    "product_type": lambda o: o.product_type,
    "tag": lambda o: o.tags,
    "sku": lambda o: [v.sku for v in o.variants],
}
VARIANTS: dict[str, Getter] = {
    **_MOMENTS,
    "id": lambda o: o.serial,
    "sku": lambda o: o.sku,
    "title": lambda o: o.title,
    "product_id": lambda o: o.product.serial,
}
DRAFTS: dict[str, Getter] = {"id": lambda o: o.serial, "status": lambda o: o.status}
CARRIER_SERVICES: dict[str, Getter] = {"active": lambda o: str(o.active).lower(), "id": lambda o: o.serial}
SUBSCRIPTIONS: dict[str, Getter] = {**_MOMENTS, "id": lambda o: o.serial}


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise GraphQLError(f"Invalid date {text!r} in query", extensions={"code": "BAD_REQUEST"}) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _matches(actual: Any, op: str | None, wanted: str) -> bool:
    if isinstance(actual, list | tuple):
        return any(_matches(one, op, wanted) for one in actual)
    if isinstance(actual, datetime):
        return _OPERATORS.get(op or "", operator.eq)(actual, _moment(wanted))
    if isinstance(actual, int) and wanted.isdecimal():
        return _OPERATORS.get(op or "", operator.eq)(actual, int(wanted))
    text, wanted = str(actual).lower(), wanted.lower().lstrip("#")
    return text.startswith(wanted[:-1]) if wanted.endswith("*") else text == wanted


def search(items: list[Any], query: str | None, getters: Mapping[str, Getter]) -> list[Any]:
    """Return the items that fit every term; terms stand side by side or are joined by AND.

    Raises GraphQLError for a filter that is not played: ignoring it, as the store does, would hide a slip.
    """
    for term in _TERM.finditer(query or ""):
        key, op, value = term["key"], term["op"], term["value"].strip("'\"")
        if key not in getters:
            raise GraphQLError(f"This practice shop cannot filter by {key!r}", extensions={"code": "BAD_REQUEST"})
        if key == "status" and value.lower() == "any":
            continue
        items = [item for item in items if _matches(getters[key](item), op, value)]
    return items


_SORT_ATTRIBUTES = {"UPDATED_AT": "updated_at", "CREATED_AT": "created_at", "PROCESSED_AT": "processed_at"}


def sort(items: list[Any], sort_key: str | None) -> list[Any]:
    """Return the items by the key, then by id, so that pages stay stable."""
    attribute = _SORT_ATTRIBUTES.get(sort_key or "", "serial")
    return sorted(items, key=lambda item: (getattr(item, attribute), item.serial))
