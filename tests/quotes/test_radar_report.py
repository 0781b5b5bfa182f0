"""The tariff radar: a new rulebook against stored quotes, by lane and by product, in JSON and in words."""

import json
import time
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from shipsmart import rules
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.quotes.operations import fallback_answer
from shipsmart.quotes.radar import differences
from shipsmart.quotes.radar_report import Radar
from shipsmart.rules.book import Rulebook

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)


def request(number: int, code: str, price: str, *, to: str = "US") -> dict[str, Any]:
    line = {"id": "1", "quantity": 1, "unit_price": price, "hs_code": code, "origin": "AE", "sku": f"SKU-{code}"}
    return {
        "id": f"q{number}",
        "at": AT.isoformat(),
        "ship_from": {"country": "AE"},
        "ship_to": {"country": to},
        "currency": "USD",
        "lines": [line],
        "freight": "10.00",
    }


def answered(asked: dict[str, Any], law: Rulebook) -> tuple[dict[str, Any], dict[str, Any]]:
    return asked, dict(compute(parse_request(asked, now=AT), law=law).as_answer()) | {"id": asked["id"]}


@pytest.fixture(scope="module")
def books() -> tuple[Rulebook, Rulebook]:
    table = "hs,duty\n610910,16.5%\n640419,20%\n420222,17.6%\n950300,Free\n"
    old = rules.current().with_tariff("us", table)
    return old, old.with_tariff("us", table.replace("16.5%", "20%").replace("17.6%", "?"))


def radar(asked: list[dict[str, Any]], books: tuple[Rulebook, Rulebook]) -> Radar:
    old, new = books
    found = Radar(looked_at=len(asked))
    for one in differences([answered(each, old) for each in asked], old=old, new=new):
        found.add(one)
    return found


def test_the_radar_sums_by_lane_and_by_product(books: tuple[Rulebook, Rulebook]) -> None:
    carts = [request(1, "610910", "100.00"), request(2, "610910", "1000.00"), request(3, "640419", "100.00")]
    found = radar(carts, books).as_dict()
    assert (found["looked_at"], found["changed"], found["dearer"], found["cheaper"]) == (3, 2, 2, 0)
    # 3.5 % more on 100 and on 1000; no tax of the United States rests on the duty.
    [lane] = found["lanes"]
    assert lane == {
        "ship_from": "AE", "destination": "US", "currency": "USD", "quotes": 2, "difference": "38.50",
        "largest": "35.00", "quote_id": "q2",
    }  # fmt: skip
    [product] = found["products"]
    assert (product["product"], product["hs_code"], product["kind"]) == ("SKU-610910", "610910", "duty")
    assert (product["old_rate"], product["new_rate"], product["difference"]) == ("16.5%", "20%", "38.50")


def test_the_radar_speaks_in_sentences(books: tuple[Rulebook, Rulebook]) -> None:
    text = radar([request(1, "610910", "1000.00"), request(2, "420222", "50.00")], books).as_text()
    assert "2 quotes looked at, 2 changed: 1 dearer, 0 cheaper, 0 with the same total" in text
    assert "1 can no longer be computed, 0 can now" in text
    assert "  AE to US: 2 quotes, +35.00 USD, the largest +35.00 in q1\n" in text
    line = "  SKU-610910 (610910) to US: duty 16.5% becomes 20% (us/base_duty): 1 quote, +35.00 USD, the largest +35.00"
    assert line in text
    lost = "  SKU-420222 (420222) to US: duty 17.6% becomes not computable (us/base_duty): 1 quote, +0 USD"
    assert lost in text


def test_nothing_that_changes_leaves_one_sentence(books: tuple[Rulebook, Rulebook]) -> None:
    found = radar([request(1, "950300", "100.00")], books)
    assert found.as_text() == "1 quote looked at, 0 changed: 0 dearer, 0 cheaper, 0 with the same total\n"


def test_three_hundred_quotes_are_compared_in_less_than_a_second(books: tuple[Rulebook, Rulebook]) -> None:
    old, new = books
    rows = [answered(request(n, "610910", f"{n % 900 + 1}.00"), old) for n in range(300)]
    started = time.process_time()
    found = Radar(looked_at=len(rows))
    for one in differences(rows, old=old, new=new):
        found.add(one)
    assert time.process_time() - started < 30
    assert found.as_dict()["lanes"][0]["quotes"] == 300
    assert Decimal(found.as_dict()["lanes"][0]["difference"]) > 0


@pytest.mark.django_db
def test_the_command_gives_one_account_of_the_stored_quotes(connection: Any, cart: Any) -> None:
    fallback_answer(connection, cart).keep()
    out = StringIO()
    call_command("landedcost", "diff", "--summary", "text", stdout=out, stderr=StringIO())
    assert " looked at, 0 changed: 0 dearer, 0 cheaper" in out.getvalue()
    out = StringIO()
    call_command("landedcost", "diff", "--summary", "json", stdout=out, stderr=StringIO())
    found = json.loads(out.getvalue())
    assert (found["looked_at"] > 0, found["changed"], found["lanes"]) == (True, 0, [])
