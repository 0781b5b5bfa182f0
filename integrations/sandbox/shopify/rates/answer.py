"""Reading a carrier service's answer, as strictly as the store does."""

import json
import re
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from integrations.sandbox.shopify.store.money import UNITS_PER_EURO

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} [+-]\d{4}$")
_METAFIELD_KEYS = ("namespace", "key", "type", "value")


class BadAnswer(ValueError):
    """The answer is not what a carrier service may say; the shopper gets backup rates."""


@dataclass(frozen=True)
class Rate:
    """One shipping option. `amount` is in `currency`, as the carrier service named it."""

    service_name: str
    service_code: str
    description: str
    currency: str
    amount: Decimal
    phone_required: bool = False
    min_delivery_date: str | None = None
    max_delivery_date: str | None = None
    metafields: tuple[dict[str, str], ...] = ()
    source: str = "shopify"
    carrier_identifier: str | None = None


def _text(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadAnswer(f"{name} must be a text that is not empty, got {value!r}")
    return value


def _amount(row: dict[str, Any]) -> Decimal:
    raw = row.get("total_price")
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise BadAnswer(f"total_price must be subunits as a whole number or text, got {raw!r}")
    try:
        units = Decimal(raw)
    except InvalidOperation as error:
        raise BadAnswer(f"total_price {raw!r} is not a number") from error
    if not units.is_finite() or units != units.to_integral_value() or units < 0:
        raise BadAnswer(f"total_price {raw!r} is not a whole number of subunits")
    # Hundredths for every currency: 1,000 yen travel as 100000.
    return units / 100


def _date(row: dict[str, Any], name: str) -> str | None:
    value = row.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not _DATE.match(value):
        raise BadAnswer(f"{name} must look like 2026-11-22 14:48:45 +0100, got {value!r}")
    try:
        datetime.strptime(value, "%Y-%m-%d %H:%M:%S %z")
    except ValueError as error:
        raise BadAnswer(f"{name} {value!r} is no date") from error
    return value


def _metafields(row: dict[str, Any]) -> tuple[dict[str, str], ...]:
    fields = row.get("metafields") or []
    if not isinstance(fields, list):
        raise BadAnswer("metafields must be a list")
    for field in fields:
        if not isinstance(field, dict) or not all(isinstance(field.get(k), str) for k in _METAFIELD_KEYS):
            raise BadAnswer(f"a metafield needs namespace, key, type and value as texts, got {field!r}")
        if field["type"] == "json":
            try:
                json.loads(field["value"])
            except ValueError as error:
                raise BadAnswer(f"metafield {field['key']!r} says json and is none") from error
    return tuple({k: field[k] for k in _METAFIELD_KEYS} for field in fields)


def _rate(row: Any, *, source: str, carrier_identifier: str) -> Rate:
    if not isinstance(row, dict):
        raise BadAnswer(f"a rate must be an object, got {row!r}")
    currency = _text(row, "currency")
    if currency not in UNITS_PER_EURO:
        raise BadAnswer(f"the shop knows no currency {currency!r}")
    if not isinstance(row.get("description"), str):
        raise BadAnswer("description is required")
    return Rate(
        service_name=_text(row, "service_name"),
        service_code=_text(row, "service_code"),
        description=row["description"],
        currency=currency,
        amount=_amount(row),
        phone_required=row.get("phone_required") is True,
        min_delivery_date=_date(row, "min_delivery_date"),
        max_delivery_date=_date(row, "max_delivery_date"),
        metafields=_metafields(row),
        source=source,
        carrier_identifier=carrier_identifier,
    )


def read_rates(body: bytes, *, source: str, carrier_identifier: str) -> tuple[Rate, ...]:
    """Return the rates of a 2xx answer; none at all is allowed and means "not served". Raises BadAnswer."""
    try:
        data = json.loads(body)
    except (ValueError, UnicodeDecodeError) as error:
        raise BadAnswer("the answer is not JSON") from error
    if not isinstance(data, dict) or not isinstance(data.get("rates"), list):
        raise BadAnswer("the answer has no list named rates")
    rates = tuple(_rate(row, source=source, carrier_identifier=carrier_identifier) for row in data["rates"])
    codes = [rate.service_code for rate in rates]
    if len(set(codes)) != len(codes):
        raise BadAnswer(f"service codes are not unique: {codes}")
    return rates
