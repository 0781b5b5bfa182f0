"""A landed-cost answer prepared for reading: charges, each with its reason; totals; what else was lawful.

Amounts stay the exact texts of the stored answer; nothing is computed again here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from django.utils.dateparse import parse_date

from shipsmart.quotes.models import Quote

TOTALS = ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")


@dataclass(frozen=True)
class Reasoning:
    status: str
    scheme: str
    rulebook: Mapping[str, str]
    currency: str
    local_currency: str
    charges: list[dict[str, Any]]
    totals: list[tuple[str, str, str]]  # name, in the cart's currency, in the destination's
    landed_cost: str
    customs_value: str
    alternatives: list[dict[str, Any]] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)
    missing: list[dict[str, Any]] = field(default_factory=list)
    exchange_rates: list[dict[str, Any]] = field(default_factory=list)


def reasoning(quote: Quote) -> Reasoning:
    """Return the composition of a stored quote; keys that an answer lacks stay empty."""
    answer = quote.answer
    totals, local = answer.get("totals") or {}, answer.get("local_totals") or {}
    return Reasoning(
        status=answer.get("status", quote.status),
        scheme=answer.get("scheme") or "",
        rulebook=answer.get("rulebook") or {},
        currency=totals.get("currency", quote.currency),
        local_currency=local.get("currency", ""),
        charges=[_charge(row) for row in answer.get("charges") or []],
        totals=[(name, totals[name] or "", local.get(name) or "") for name in TOTALS if _worth_showing(name, totals)],
        landed_cost=totals.get("landed_cost") or "",
        customs_value=local.get("customs_value") or "",
        alternatives=[_alternative(row) for row in answer.get("alternatives") or []],
        warnings=list(answer.get("warnings") or []),
        missing=list(answer.get("not_computable") or []),
        exchange_rates=list(answer.get("exchange_rates") or []),
    )


def _worth_showing(name: str, totals: Mapping[str, str]) -> bool:
    """Goods, freight, duty and import tax always (a zero there was earned); the others when there are any."""
    always = name in ("goods", "freight", "duty", "import_tax")
    return name in totals and (always or (totals[name] or "").strip("0.") != "")


def _charge(row: Mapping[str, Any]) -> dict[str, Any]:
    base, source, force = row.get("base") or {}, row.get("source") or {}, row.get("in_force") or {}
    return {
        **row,
        "base_amount": base.get("amount", ""),
        "base_currency": base.get("currency", row.get("currency", "")),
        "made_of": _made_of(base),
        "source_title": source.get("title") or source.get("url") or "",
        "source_url": safe_url(source.get("url")),
        "since": _day(force.get("from")),
        "until": _day(force.get("until")),
        "estimate": row.get("confidence") != "verified",
    }


def _made_of(base: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a base is made of: the law's charges name amounts, a merchant's fee only the parts."""
    parts = base.get("made_of") or base.get("parts") or []
    named = parts.items() if isinstance(parts, Mapping) else ((part, "") for part in parts)
    return [{"name": str(name), "amount": str(amount)} for name, amount in named]


def _alternative(row: Mapping[str, Any]) -> dict[str, Any]:
    totals = row.get("totals") or {}
    name = row.get("name") or row.get("scheme") or row.get("rule") or ""
    return {"name": name, "landed_cost": totals.get("landed_cost") or "", "currency": totals.get("currency", "")}


def safe_url(url: Any) -> str:
    """Return a link only when it leads to a web page; anything else is not made clickable."""
    return url if isinstance(url, str) and urlsplit(url).scheme in ("https", "http") else ""


def _day(text: Any) -> date | None:
    """Return the day a law names, in the country's own time: in UTC a law of July would begin in June."""
    if not isinstance(text, str):
        return None
    try:
        return parse_date(text[:10])
    except ValueError:
        return None
