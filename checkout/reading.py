"""What a stranger asks of the estimate, read strictly: every refusal names the field and the remedy."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from checkout.errors import Refused
from shipsmart.core.codes import COUNTRIES, CURRENCIES

MAX_BYTES = 16 * 1024
MAX_ITEMS = 50
MAX_QUANTITY = 999
FIELDS = ("shop", "items", "country", "region", "postcode", "currency", "locale")

# ASCII only, so that nothing of a stranger's (NUL, lone surrogates, line ends) reaches the database or a log.
SHOP = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,199}")
VARIANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/-]{0,79}")
REGION = re.compile(r"[A-Za-z0-9-]{0,6}")
POSTCODE = re.compile(r"[A-Za-z0-9 -]{0,12}")
LOCALE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8}){0,3}")


@dataclass(frozen=True)
class Item:
    variant_id: str
    quantity: int


@dataclass(frozen=True)
class EstimateRequest:
    """`region` is an ISO 3166-2 part or ""; `currency` "" stands for the shop's own."""

    shop: str
    items: tuple[Item, ...]
    country: str
    region: str = ""
    postcode: str = ""
    currency: str = ""
    locale: str = "en"


def from_body(body: bytes) -> EstimateRequest:
    """Return the request in a JSON body. Raises Refused."""
    if len(body) > MAX_BYTES:
        raise Refused(f"the body is over {MAX_BYTES} bytes", code="too_large", status=413)
    return _request(_json(body, field=""))


def from_query(query: Mapping[str, str]) -> EstimateRequest:
    """Return the request in a query string, where `items` is JSON text. Raises Refused."""
    values: dict[str, Any] = dict(query.items())
    if "items" in values:
        values["items"] = _json(values["items"].encode("utf-8", "replace"), field="items")
    return _request(values)


def _json(text: bytes, *, field: str) -> Any:
    try:
        return json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise Refused("this is not JSON in UTF-8", code="not_json", field=field) from error


def _request(values: Any) -> EstimateRequest:
    if not isinstance(values, dict):
        raise Refused("a JSON object is expected: {shop, items, country, ...}", code="not_json")
    unknown = sorted(set(values) - set(FIELDS))
    if unknown:
        name = unknown[0].encode("ascii", "replace").decode()[:40]
        raise Refused(f"unknown field {name!r}; known are {', '.join(FIELDS)}", field=name)
    return EstimateRequest(
        shop=_text(values, "shop", SHOP, "the shop's own name, e.g. example.myshopify.com").lower(),
        items=_items(values.get("items")),
        country=_listed(values, "country", COUNTRIES, "two letters of ISO 3166, e.g. DE"),
        region=_text(values, "region", REGION, "an ISO 3166-2 part, e.g. NY", default="").upper(),
        postcode=_text(values, "postcode", POSTCODE, "at most 12 letters and digits", default="").strip(),
        currency=_listed(values, "currency", CURRENCIES, "three letters of ISO 4217, e.g. EUR", default=""),
        locale=_text(values, "locale", LOCALE, "a language tag, e.g. pt-BR", default="en").replace("_", "-"),
    )


def _text(
    values: Mapping[str, Any], field: str, pattern: re.Pattern[str], wanted: str, default: str | None = None
) -> str:
    value = values.get(field)
    if value in (None, "") and default is not None:
        return default
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise Refused(f"{field}: {wanted}", field=field)
    return value


def _listed(
    values: Mapping[str, Any], field: str, known: frozenset[str], wanted: str, default: str | None = None
) -> str:
    value = values.get(field)
    if value in (None, "") and default is not None:
        return default
    if not isinstance(value, str) or value.upper() not in known:
        raise Refused(f"{field}: {wanted}", field=field)
    return value.upper()


def _items(values: Any) -> tuple[Item, ...]:
    if not isinstance(values, list) or not values:
        raise Refused("items: a list of {variant_id, quantity}, at least one", field="items")
    if len(values) > MAX_ITEMS:
        raise Refused(f"items: at most {MAX_ITEMS}", code="too_many_items", field="items")
    return tuple(_item(value, f"items[{position}]") for position, value in enumerate(values))


def _item(value: Any, where: str) -> Item:
    if not isinstance(value, dict) or set(value) - {"variant_id", "quantity"}:
        raise Refused(f"{where}: an object of variant_id and quantity, nothing else", field=where)
    variant_id, quantity = value.get("variant_id"), value.get("quantity", 1)
    if isinstance(variant_id, int) and not isinstance(variant_id, bool):
        variant_id = str(variant_id)
    if not isinstance(variant_id, str) or not VARIANT.fullmatch(variant_id):
        raise Refused(f"{where}.variant_id: the store's id of the variant", field=f"{where}.variant_id")
    if not isinstance(quantity, int) or isinstance(quantity, bool) or not 1 <= quantity <= MAX_QUANTITY:
        raise Refused(f"{where}.quantity: a whole number from 1 to {MAX_QUANTITY}", field=f"{where}.quantity")
    return Item(variant_id, quantity)
