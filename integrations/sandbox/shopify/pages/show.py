"""Small helpers of the templates: prices, breakdowns, dates."""

import json
from datetime import datetime
from typing import Any

from integrations.sandbox.shopify.store.money import MoneyV2

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "US$", "CAD": "CA$", "AUD": "A$", "BRL": "R$", "JPY": "¥", "MXN": "MX$"}


def price(money: MoneyV2) -> str:
    """Return `€29.00` or `NOK 333.50`."""
    symbol = _SYMBOLS.get(money.currency_code)
    return f"{symbol}{money.amount:,}" if symbol else f"{money.currency_code} {money.amount:,}"


def breakdown_of(metafields: list[dict[str, str]]) -> dict[str, Any] | None:
    """Return what the carrier service says its price contains: the JSON metafield named `breakdown`, if it has rows."""
    for field in metafields:
        if field["type"] == "json" and field["key"] == "breakdown":
            data = json.loads(field["value"])
            if isinstance(data, dict):
                return _rows(data)
    return None


def _rows(data: dict[str, Any]) -> dict[str, Any]:
    lines = [row for row in data.get("lines") or [] if isinstance(row, dict) and row.get("name")]
    currency = str(data.get("currency") or "")
    rows = [
        {"name": str(r["name"]), "amount": f"{r.get('currency', currency)} {r.get('amount', '')}", "why": r.get("why")}
        for r in lines
    ]
    if data.get("freight") is not None:
        rows.insert(0, {"name": "Delivery", "amount": f"{currency} {data['freight']}", "why": None})
    return {"rows": rows, "incoterm": data.get("incoterm"), "warnings": data.get("warnings") or []}


def delivery_window(rate: dict[str, Any]) -> str:
    """Return `25 Nov to 28 Nov`, one date, or nothing."""
    dates = [rate[name] for name in ("min_delivery_date", "max_delivery_date") if rate[name]]
    shown = [datetime.strptime(d, "%Y-%m-%d %H:%M:%S %z").strftime("%-d %b") for d in dates]
    return " to ".join(dict.fromkeys(shown))


def moment(value: datetime) -> str:
    return value.strftime("%-d %b %Y, %H:%M")


def status_words(status: str) -> str:
    return status.replace("_", " ").capitalize()
