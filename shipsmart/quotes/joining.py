"""The landed cost of an order whose cart was priced in parts: the parts' answers added up, each reason kept."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from shipsmart.quotes.models import Quote

LISTS = ("charges", "warnings", "not_computable", "alternatives", "exchange_rates")
WORST_FIRST = ("not_computable", "estimate", "complete")


def joined(quotes: Sequence[Quote]) -> dict[str, Any] | None:
    """Return one landed-cost answer for all goods, sums added up; that of a single quote as it is; None without any.

    Line numbers of charges are those of each part's own quote, so they are left out where there are several.
    """
    answers = [quote.answer for quote in quotes]
    if len(answers) < 2:
        return answers[0] if answers else None
    whole = dict(answers[0])
    for name in LISTS:
        whole[name] = [row for answer in answers for row in answer.get(name) or ()]
    whole["charges"] = [{**charge, "line": None} for charge in whole["charges"]]
    schemes = {answer.get("scheme") for answer in answers}
    return whole | {
        "totals": _added([answer["totals"] for answer in answers]),
        "local_totals": _added([answer["local_totals"] for answer in answers]),
        "scheme": schemes.pop() if len(schemes) == 1 else None,
        "status": next((status for status in WORST_FIRST if any(a["status"] == status for a in answers)), ""),
    }


def _added(parts: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the sums; None where a part does not know its own."""
    found: dict[str, Any] = {}
    for name, first in parts[0].items():
        said = [part.get(name) for part in parts]
        if name == "currency":
            found[name] = first
        else:
            found[name] = None if None in said else str(sum((Decimal(str(one)) for one in said), Decimal(0)))
    return found
