import shutil
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shipsmart.core.law import RateSet
from shipsmart.core.request import parse_request
from shipsmart.rules import BadRule, NoRuleInForce, current, load_rulebook
from shipsmart.rules.book import DATA
from shipsmart.rules.check import check, problems

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FIFTY = (
    "AE AR AT AU BE BG BR CA CH CL CO CY CZ DE DK EE ES FI FR GB GR HK HR HU ID IE IL IN IS IT JP KR LI LT LU LV "
    "MT MX MY NL NO NZ PE PH PL PT RO RS SA SE SG SI SK TH TR TW UA US UY VN XI ZA"
)


def test_the_book_covers_its_destinations():
    assert set(FIFTY.split()) <= set(current().countries)


def test_every_place_can_be_compiled_at_every_instant_of_change():
    assert problems(check(current(), today=date(2026, 11, 22))) == []


def test_values_not_read_for_a_year_are_stale():
    later = check(current(), today=date(2027, 12, 1))
    assert {finding.code for finding in later} >= {"stale"}
    assert "stale" not in {finding.code for finding in check(current(), today=date(2026, 12, 1))}


def test_the_hash_is_of_the_content_and_changes_with_it(tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    assert load_rulebook(copy).sha256 == current().sha256
    rule = copy / "de" / "vat.toml"
    rule.write_text(rule.read_text().replace("0.19", "0.20"))
    assert load_rulebook(copy).sha256 != current().sha256


def test_a_rule_of_an_unknown_kind_is_refused(tmp_path):
    copy = tmp_path / "data"
    shutil.copytree(DATA, copy)
    rule = copy / "de" / "vat.toml"
    rule.write_text(rule.read_text().replace('kind = "tax"', 'kind = "texas"'))
    with pytest.raises(BadRule):
        load_rulebook(copy)


def test_a_place_without_rules_raises():
    with pytest.raises(NoRuleInForce):
        current().regime("ZW", region=None, at=NOW)


def test_newer_exchange_rates_make_a_copy_with_the_same_law():
    newer = RateSet("EUR", date(2026, 11, 20), "test", "https://rates", {"BRL": Decimal(6)})
    book = current().with_exchange_rates([newer])
    assert book.sha256 == current().sha256
    assert book.rate_sets(NOW)[0] is newer
    assert newer not in current().rate_sets(NOW)


def test_the_rate_set_of_the_day_or_before_comes_first():
    days = [rates.day for rates in current().rate_sets(datetime(2024, 7, 15, tzinfo=UTC))]
    assert days[0] == date(2024, 6, 28)


def test_the_us_schedule_answers_by_longest_prefix_and_says_how_close():
    plan = current().regime("US", region=None, at=NOW).plan("6109100012", "KE", None)
    assert (plan.base.text, plan.base.matched) == ("16.5%", "610910")


def test_a_short_code_over_several_lines_takes_the_dearest_and_says_so():
    plan = current().regime("US", region=None, at=NOW).plan("640411", "KE", None)
    assert "hs_code_ambiguous" in {code for code, _ in plan.duty_warnings}
    assert plan.base.stamp.confidence == "estimate"


def test_column_2_applies_to_the_countries_it_names():
    plan = current().regime("US", region=None, at=NOW).plan("6109100012", "BY", None)
    assert plan.base.text == "90%"


def test_the_announced_handling_fee_of_the_eu_is_not_charged():
    regime = current().regime("DE", region=None, at=datetime(2026, 12, 1, tzinfo=UTC))
    assert regime.fees == ()
    assert current().rule("eu/handling_fee").pending[0].status == "announced"


def test_bulgaria_pays_in_euro_since_2026():
    at = datetime.fromisoformat("2025-12-31T23:59:59+02:00")
    assert current().regime("BG", region=None, at=at).currency == "BGN"
    assert current().regime("BG", region=None, at=NOW).currency == "EUR"


def test_no_rule_file_mentions_a_float_or_a_machine():
    for path in Path(DATA).rglob("*.toml"):
        text = path.read_text()
        assert "/work/" not in text
        assert "localhost" not in text


def test_the_request_module_accepts_every_country_of_the_book():
    for country in current().countries:
        if country != "XI":
            data = {
                "ship_from": {"country": "KE"},
                "ship_to": {"country": country},
                "currency": "USD",
                "lines": [{"quantity": 1, "unit_price": "10"}],
            }
            assert parse_request(data, now=NOW).ship_to.jurisdiction == country
