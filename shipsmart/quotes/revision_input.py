"""A revision as JSON: what `landedcost revise` and the API read, checked field by field."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet

from shipsmart.core import reading as read
from shipsmart.core.errors import InvalidRequest, ShipSmartError
from shipsmart.core.request import MAX_QUANTITY, parse_request
from shipsmart.quotes.models import Quote
from shipsmart.quotes.revising import revise_edit, revise_return

KEYS = frozenset(
    ("quote_id", "request", "answer", "kind", "kept", "returned", "kept_before", "freight_refunded", "freight")
)


class UnknownQuote(ShipSmartError):  # noqa: N818
    """A quote that is not stored here."""

    code = "unknown_quote"


def revise_json(given: Mapping[str, Any], *, quotes: QuerySet[Quote] | None = None) -> dict[str, Any]:
    """Return the revision that a JSON object asks for; raises a ShipSmartError that names the field.

    `quotes`: those the caller may ask for, by default all. Raises UnknownQuote for any other.
    `quote_id` of a stored quote, or `request` and `answer` as they were; `kind`: `return` (default) or `edit`; `kept`
    or `returned`: pieces by line id; of a return also `kept_before` and `freight_refunded`, of an edit `freight`.
    """
    read.known_keys(given, KEYS, "")
    kind = read.choice(given.get("kind"), "kind", ("return", "edit")) or "return"
    request, answer, fees = _original(given, Quote.objects.all() if quotes is None else quotes)
    kept = _kept(given, request)
    if kind == "edit":
        freight = given.get("freight")
        price = None if freight is None else str(read.amount(freight, "freight"))
        return revise_edit(request, answer, kept=kept, freight=price, fees=fees)
    return revise_return(
        request,
        answer,
        kept=kept,
        kept_before=_counts(given.get("kept_before"), "kept_before"),
        freight_refunded=read.boolean(given.get("freight_refunded"), "freight_refunded"),
    )


def _original(
    given: Mapping[str, Any], quotes: QuerySet[Quote]
) -> tuple[dict[str, Any], dict[str, Any], tuple[dict[str, str], ...]]:
    quote_id = read.text(given.get("quote_id"), "quote_id")
    if quote_id is not None:
        row = quotes.filter(quote_id=quote_id).first()
        if row is None:
            raise UnknownQuote(f"no quote {quote_id!r} is stored", field="quote_id")
        stored = json.loads(row.request_text)
        return stored["request"], row.answer | {"quote_id": quote_id}, tuple(stored["fees"])
    request, answer = given.get("request"), given.get("answer")
    for name, value in (("request", request), ("answer", answer)):
        if not isinstance(value, dict):
            raise read.invalid(name, value, "give `quote_id` of a stored quote, or `request` and `answer` as they were")
    _check_answer(answer)
    try:
        parse_request(request, now=datetime.now(UTC))
    except InvalidRequest as error:
        raise error.within("request") from error
    return request, answer, ()


def _check_answer(answer: Mapping[str, Any]) -> None:
    """Refuse what is no answer of ours by its shape; whether its figures are ours, the computation itself shows."""
    for name in ("at", "rulebook", "charges", "totals"):
        if name not in answer:
            raise read.invalid(f"answer.{name}", None, "send the whole answer as it was given")
    try:
        aware = datetime.fromisoformat(answer["at"]).tzinfo is not None
    except (TypeError, ValueError):
        aware = False
    if not aware:
        raise read.invalid(
            "answer.at", answer["at"], "send the instant as it was given, like 2026-11-10T12:00:00+00:00"
        )
    read.mapping(answer["rulebook"], "answer.rulebook")
    read.text(answer["rulebook"].get("sha256"), "answer.rulebook.sha256", required=True)
    read.mapping(answer["totals"], "answer.totals")
    if answer["totals"].get("landed_cost") is not None:
        read.amount(answer["totals"]["landed_cost"], "answer.totals.landed_cost")
    if not isinstance(answer["charges"], list):
        raise read.invalid("answer.charges", answer["charges"], "send the charges as they were given")
    for n, row in enumerate(answer["charges"]):
        path = f"answer.charges[{n}]"
        read.mapping(row, path)
        for name in ("kind", "rule", "name"):
            read.text(row.get(name), f"{path}.{name}", limit=1000, required=True)
        read.text(row.get("line"), f"{path}.line")
        for name in ("amount", "quote_amount"):
            read.amount(row.get(name), f"{path}.{name}")


def _kept(given: Mapping[str, Any], request: Mapping[str, Any]) -> dict[str, int]:
    kept, returned = given.get("kept"), given.get("returned")
    if (kept is None) == (returned is None):
        raise read.invalid("kept", kept, "give either `kept` or `returned`: pieces by line id")
    if returned is None:
        return _counts(kept, "kept")
    before = _counts(given.get("kept_before"), "kept_before")
    sold = {str(line.get("id") or n + 1): int(line["quantity"]) for n, line in enumerate(request["lines"])}
    # Of a line that was never sold nothing can stay: the revision itself says so by name.
    return {name: before.get(name, sold.get(name, 0)) - n for name, n in _counts(returned, "returned").items()}


def _counts(value: Any, path: str) -> dict[str, int]:
    if value is None:
        return {}
    read.mapping(value, path)
    for name, count in value.items():
        if type(count) is not int or not 0 <= count <= MAX_QUANTITY:
            raise read.invalid(f"{path}.{name}", count, f"give a whole number from 0 to {MAX_QUANTITY}")
    return dict(value)
