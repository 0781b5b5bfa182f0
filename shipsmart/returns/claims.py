"""Claims for duty back: which ones a return gives rise to, how much, until when. The rules: claim_rules.toml."""

import tomllib
from calendar import monthrange
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from pathlib import Path
from typing import Any

from shipsmart.core.money import minor_unit, round_to
from shipsmart.returns.split import Parts

# Member states; the territories outside the customs union have addresses of their own.
EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Possible:
    """A claim that may be made. `confidence`: "read" or "estimate"."""

    scheme: str
    title: str
    amount: Decimal
    deadline: date
    source: str
    confidence: str


@cache
def rules() -> Sequence[Mapping[str, Any]]:
    text = (Path(__file__).parent / "claim_rules.toml").read_text()
    found: Sequence[Mapping[str, Any]] = tomllib.loads(text)["claims"]
    return found


def possible(
    *, country: str, scheme: str, imported: date, by_reason: Mapping[str, Parts], currency: str
) -> list[Possible]:
    """Return the claims for goods that came back from `country`, imported there under `scheme` ("" for none).

    `by_reason`: what was collected on the units that came back, by the reason of their return.
    """
    found = []
    for rule in rules():
        if not _applies(rule, country, scheme):
            continue
        base = sum((_base(rule, parts) for why, parts in by_reason.items() if _fits(rule, why)), Decimal(0))
        amount = round_to(base * Decimal(rule["share"]), minor_unit(currency), ROUND_HALF_UP)
        if amount > 0:
            found.append(
                Possible(
                    rule["scheme"],
                    rule["title"],
                    amount,
                    deadline(rule, imported),
                    rule["source"],
                    rule["confidence"],
                )
            )
    return found


def _applies(rule: Mapping[str, Any], country: str, scheme: str) -> bool:
    places: Collection[str] = EU if rule["countries"] == ["EU"] else rule["countries"]
    if country not in places or scheme in rule.get("not_under", ()):
        return False
    return not rule.get("under") or scheme in rule["under"]


def _fits(rule: Mapping[str, Any], reason: str) -> bool:
    return not rule["only"] or reason in rule["only"]


def _base(rule: Mapping[str, Any], parts: Parts) -> Decimal:
    return sum((getattr(parts, name) for name in rule["parts"]), Decimal(0))


def deadline(rule: Mapping[str, Any], imported: date) -> date:
    """Return the last day of the period; 29 February ends on 28 February."""
    if "days" in rule:
        return imported + timedelta(days=rule["days"])
    year = imported.year + rule["years"]
    return date(year, imported.month, min(imported.day, monthrange(year, imported.month)[1]))
