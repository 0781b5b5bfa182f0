"""The landed-cost answer in short: what a shopper is shown, in the cart's currency."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from shipsmart.core.money import minor_unit, round_to

CHARGE_KEYS = ("duty", "additional_duty", "excise", "import_tax", "fees")
SHOWN = ("goods", "freight", "insurance", *CHARGE_KEYS, "landed_cost", "currency")


def charges_total(answer: Mapping[str, Any]) -> Decimal:
    """Return duty, import tax and fees together, in the cart's currency; 0 where nothing could be computed."""
    return sum((Decimal(answer["totals"][key] or 0) for key in CHARGE_KEYS), Decimal(0))


def breakdown(answer: Mapping[str, Any], *, quote_id: str, incoterm: str) -> dict[str, Any]:
    """Return totals, one row a charge with its base, rate and law, and the warnings as sentences."""
    short = {key: answer["totals"][key] for key in SHOWN}
    lines = [_row(charge, answer["totals"]["currency"]) for charge in answer["charges"]]
    return short | {
        "incoterm": incoterm,
        "scheme": answer["scheme"],
        "status": answer["status"],
        "lines": lines,
        "warnings": [w["message"] for w in answer["warnings"]] + [n["message"] for n in answer["not_computable"]],
        "quote_id": quote_id,
    }


def _row(charge: Mapping[str, Any], currency: str) -> dict[str, Any]:
    base = _shown(charge["base"])
    return {
        "kind": charge["kind"],
        "name": charge["name"],
        "amount": charge["quote_amount"],
        "currency": currency,
        "base": base,
        "rate": charge["rate"],
        "why": f"{charge['rate']} of {base}" if "%" in charge["rate"] else charge["rate"],
        "source_title": charge["source"]["title"],
        "source_url": charge["source"]["url"],
        "confidence": charge["confidence"],
        "line": charge["line"],
    }


def _shown(money: Mapping[str, Any]) -> str:
    """Return an amount as it is paid: the law's exact base has more decimals, and stands in the reasoning."""
    return f"{round_to(Decimal(money['amount']), minor_unit(money['currency']))} {money['currency']}"
