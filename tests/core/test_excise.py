"""Excises by quantity: the duty on alcohol, worked out by hand from HMRC's rates per litre of pure alcohol."""

from datetime import UTC, datetime

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current
from shipsmart.rules.dated import BadRule, read_rule
from shipsmart.rules.fields import excise

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def shipped(code, *, at="2026-11-10T12:00:00+00:00", quantity=6, **measures):
    data = {
        "at": at,
        "ship_from": {"country": "US"},
        "ship_to": {"country": "GB"},
        "currency": "GBP",
        "lines": [
            {"id": "1", "quantity": quantity, "unit_price": "30.00", "hs_code": code, "origin": "US", **measures}
        ],
        "rate_overrides": [{"hs_code": code, "duty": "0%"}],
    }
    return compute(parse_request(data, now=NOW), law=current()).as_answer()


def excises(answer):
    return [charge["amount"] for charge in answer["charges"] if charge["kind"] == "excise"]


def test_wine_pays_by_its_pure_alcohol_cut_down_to_the_penny_and_vat_on_top():
    answer = shipped("220421", volume_ml="750", abv_percent="12.5")
    # 6 x 0.75 l x 12.5 % = 0.5625 l of pure alcohol; x 30.62 = 17.22375, cut down. VAT: 20 % of 180.00 + 17.22.
    assert excises(answer) == ["17.22"]
    assert (answer["totals"]["excise"], answer["totals"]["import_tax"]) == ("17.22", "39.44")
    assert answer["totals"]["landed_cost"] == "236.66"
    assert answer["charges"][1]["rate"] == "30.62 GBP / lpa on 4.5 l at 12.5% vol"


@pytest.mark.parametrize(
    ("code", "abv", "due"),
    [  # ten litres: a tenth of the strength in litres of pure alcohol
        ("2203", "1.2", "0.00"),
        ("2203", "1.3", "1.29"),
        ("2203", "3.4", "3.38"),
        ("2203", "3.5", "7.90"),
        ("2203", "8.4", "18.96"),
        ("2203", "8.5", "26.02"),
        ("2208", "8.4", "22.35"),
        ("2208", "22", "67.36"),
        ("2208", "22.1", "75.11"),
        ("2208", "40", "135.96"),
    ],
)
def test_each_band_of_strength_has_its_rate(code, abv, due):
    answer = shipped(f"{code}00", quantity=10, volume_ml="1000", abv_percent=abv)
    assert excises(answer) == [due]


def test_the_rates_change_at_midnight_on_the_first_of_february():
    before = shipped("220830", at="2026-01-31T23:59:59+00:00", quantity=1, volume_ml="700", abv_percent="40")
    after = shipped("220830", at="2026-02-01T00:00:00+00:00", quantity=1, volume_ml="700", abv_percent="40")
    assert (excises(before), excises(after)) == (["9.18"], ["9.51"])  # 0.28 l x 32.79 and x 33.99


def test_alcohol_without_strength_or_volume_is_not_computed_and_says_what_to_give():
    answer = shipped("220421")
    assert answer["totals"]["landed_cost"] is None
    assert [(entry["code"], entry["line"]) for entry in answer["not_computable"]] == [("quantity_missing", "1")]
    assert "abv_percent and volume_ml" in answer["not_computable"][0]["message"]


def test_before_the_first_known_rate_an_excise_is_not_guessed():
    answer = shipped("220421", at="2024-06-01T12:00:00+00:00", volume_ml="750", abv_percent="12.5")
    assert [entry["code"] for entry in answer["not_computable"]] == ["excise_not_computable"]


@pytest.mark.parametrize(
    "bands",
    [
        '[{ up_to = 5, duty = "1 GBP / l" }]',
        '[{ up_to = 5, duty = "0%" }, { below = 4, duty = "1 GBP / l" }, { duty = "2 GBP / l" }]',
        '[{ duty = "0%" }, { duty = "1 GBP / l" }]',
        '[{ over = 5, duty = "0%" }, { duty = "1 GBP / l" }]',
    ],
)
def test_bands_that_leave_a_gap_do_not_load(bands):
    rule = read_rule(
        'title = "T"\nkind = "excise"\nchecked = 2026-11-22\nsource = "https://example.org/a"\nsource_title = "S"\n'
        'confidence = "estimate"\nstatus = "enacted"\n'
        '[[values]]\neffective = 2026-01-01T00:00:00+00:00\nhs = ["2203"]\n'
        f"bands = {bands}\n",
        "gb/excise_test",
    )
    with pytest.raises(BadRule):
        excise(rule, rule.entries[0])
