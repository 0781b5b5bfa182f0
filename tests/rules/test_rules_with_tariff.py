"""A rulebook with another tariff: a new release with its own hash, and the old one stays what it was."""

from datetime import UTC, datetime

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import BadRule, current
from shipsmart.rules.tariff import Tariff

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
TABLE = "hs,duty\n610910,7%\n6109100010,11%\n"


def duty(book, hs_code="610910", country="DE"):
    request = {
        "ship_from": {"country": "CN"},
        "ship_to": {"country": country},
        "currency": "EUR",
        "lines": [{"quantity": 1, "unit_price": "1000.00", "hs_code": hs_code, "origin": "CN"}],
    }
    return compute(parse_request(request, now=NOW), law=book).as_answer()["local_totals"]["duty"]


def test_the_copy_answers_from_the_new_table_and_the_old_book_from_the_old_one():
    before = duty(current())
    book = current().with_tariff("eu", TABLE)
    assert duty(book) == "70.00"
    assert duty(book, "6109100010") == "110.00"
    assert duty(current()) == before == "120.00"


def test_an_imported_rulebook_has_a_version_and_a_hash_of_its_own():
    book = current().with_tariff("eu", TABLE)
    other = current().with_tariff("eu", TABLE.replace("7%", "8%"))
    assert len({current().sha256, book.sha256, other.sha256}) == 3
    assert len({current().version, book.version, other.version}) == 3
    assert book.version.startswith(current().version + "+")


def test_the_same_rows_give_the_same_release_in_whatever_order_they_come():
    turned = "hs,duty\n6109100010,11%\n610910,7%\n"
    assert current().with_tariff("eu", turned).sha256 == current().with_tariff("eu", TABLE).sha256
    assert current().with_tariff("eu", Tariff("eu", TABLE)).sha256 == current().with_tariff("eu", TABLE).sha256


def test_the_other_tariffs_and_the_exchange_rates_stay():
    book = current().with_tariff("eu", TABLE)
    assert duty(book, country="GB") == duty(current(), country="GB")
    assert book.rate_sets(NOW) == current().rate_sets(NOW)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("code,rate\n610910,7%\n", "columns"),
        ("hs,duty\n610910,seven\n", "610910"),
        ("hs,duty\n61.09.10,7%\n", "61.09.10"),
        ("hs,duty\n61091000101,7%\n", "61091000101"),
    ],
)
def test_a_table_that_would_fail_at_a_checkout_is_refused_with_the_row(table, wrong):
    with pytest.raises(BadRule, match=wrong.replace(".", r"\.")):
        current().with_tariff("eu", table)
