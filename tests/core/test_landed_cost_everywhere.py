"""Every place answers, whatever the terms, and on each side of every second at which its law changes."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest

from shipsmart.core.explain import explain
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LINES = [
    {"id": "a", "quantity": 2, "unit_price": "37.50", "hs_code": "610910", "origin": "CN"},
    {"id": "b", "quantity": 1, "unit_price": "12.00", "hs_code": "490199", "origin": "US"},
    {"id": "c", "quantity": 1, "unit_price": "9.99"},
]
TERMS = list(product(("courier", "post", "air", "ocean"), ("consumer", "business"), (False, True), ("DDP", "DAP")))
KINDS = ("duty", "additional_duty", "excise", "import_tax", "fee")


def answered(country, *, at=NOW, **terms):
    place = {"country": "GB", "region": "NIR"} if country == "XI" else {"country": country}
    sender = {"country": "US" if country in ("HK", "CN") else "CN"}
    request = {"ship_from": sender, "ship_to": place, "currency": "USD", "lines": LINES, "freight": "10.00", **terms}
    answer = compute(parse_request(request, now=at), law=current()).as_answer()
    adds_up(answer)
    return answer


def adds_up(answer):
    """Check that the totals of an answer are the sums of its rows, in both currencies."""
    for side, amount in (("local_totals", "amount"), ("totals", "quote_amount")):
        totals, rows = answer[side], answer["charges"]
        for kind in KINDS:
            if totals["fees" if kind == "fee" else kind] is not None:
                whole = sum((Decimal(row[amount]) for row in rows if row["kind"] == kind), Decimal(0))
                assert Decimal(totals["fees" if kind == "fee" else kind]) == whole, (side, kind)
    if answer["totals"]["landed_cost"] is not None:
        goods = sum(Decimal(answer["totals"][name]) for name in ("goods", "freight", "insurance"))
        charges = sum((Decimal(row["quote_amount"]) for row in answer["charges"]), Decimal(0))
        assert Decimal(answer["totals"]["landed_cost"]) == goods + charges


@pytest.mark.parametrize("country", current().countries)
def test_every_kind_of_sale_is_answered(country):
    for transport, buyer, gift, incoterm in TERMS:
        answer = answered(country, transport=transport, buyer=buyer, gift=gift, incoterm=incoterm)
        assert answer["status"] in ("complete", "estimate"), answer["not_computable"]
        assert explain(answer).startswith("Landed cost in ")


@pytest.mark.parametrize("country", current().countries)
def test_both_sides_of_every_change_of_the_law_are_answered(country):
    book = current()
    begin = book.rule(f"{country.lower()}/jurisdiction").entries[0].effective
    instants = {entry.effective for rule in book.compiler.rules_of(country) for entry in rule.entries}
    for at in sorted(instant for instant in instants if instant > begin):
        for side in (-1, 0):
            answer = answered(country, at=at + timedelta(seconds=side))
            # What a place did not have yet is said by name and never guessed.
            assert {one["code"] for one in answer["not_computable"]} <= {"no_rule_in_force", "duty_not_computable"}
