"""The reasoning in words: what a merchant reads and can check with a pocket calculator."""

from datetime import UTC, datetime

import pytest

from shipsmart.core.explain import explain
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def words(country, currency, *lines, **changes):
    """Return the explanation lines; a line is (quantity, unit price, HS code)."""
    data = {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "CN"},
        "ship_to": {"country": country},
        "currency": currency,
        "lines": [{"quantity": q, "unit_price": p, "hs_code": c, "origin": "CN"} for q, p, c in lines],
        **changes,
    }
    return explain(compute(parse_request(data, now=NOW), law=current()).as_answer()).splitlines()


def test_a_duty_per_class_claims_no_base_and_says_when_it_is_shared():
    alone = words("DE", "EUR", (1, "20.00", "610910"), schemes=["EU_IOSS"])
    assert "Duty on line 1: 3 EUR per tariff class, whatever the value = 3.00 EUR" in alone
    shared = words("DE", "EUR", (1, "20.00", "610910"), (1, "10.00", "610910"), schemes=["EU_IOSS"])
    assert "Duty on line 1: 3 EUR per tariff class, whatever the value, this line bears its share = 2.00 EUR" in shared


def test_a_tax_names_the_parts_of_its_base():
    found = words("GB", "GBP", (1, "100.00", "610910"), schemes=["GB_VAT"], freight="10.00")
    assert "Import tax on line 1: 20% of 110.00 GBP (goods 100.00 + freight 10.00) = 22.00 GBP" in found
    assert found[0] == "Landed cost in GB under the law of 2026-11-10 12:00 UTC (duties and taxes prepaid, DDP)."
    assert "in force from 2011-01-04)" in "\n".join(found)


def test_rounding_in_other_steps_than_the_smallest_coin_is_said():
    # Switzerland rounds to five rappen: 2.6 % of 300.50 is 7.813, of 325.00 it is 8.45 as it stands.
    found = "\n".join(words("CH", "CHF", (1, "300.50", "490199")))
    assert "= 7.80 CHF (rounded as the law there says)\n" in found
    assert "= 8.45 CHF\n" in "\n".join(words("CH", "CHF", (1, "325.00", "490199")))


def test_where_a_part_is_unknown_no_landed_cost_is_claimed():
    found = words("DE", "EUR", (1, "20.00", "220421"))
    assert found[1] == "No landed cost can be given, for a part of it is unknown: see below."
    assert not any(line.startswith("Landed cost:") for line in found)


def test_within_one_customs_territory_nothing_is_said_to_rest_on_rules():
    found = words("FR", "EUR", (1, "20.00", "490199"), ship_from={"country": "DE"})
    assert "Every figure" not in "\n".join(found)
    assert "  - goods from DE to FR cross no customs border; sales tax is not included" in found


@pytest.mark.parametrize(("text", "shown"), [("DAP", "paid on delivery, DAP"), ("DDP", "prepaid, DDP")])
def test_the_terms_are_said_in_words(text, shown):
    assert shown in words("GB", "GBP", (1, "100.00", "610910"), incoterm=text)[0]


def test_a_free_part_is_taken_off_in_words():
    place = {"country": "US", "region": "MA"}
    found = words("US", "USD", (1, "200.00", "610910"), ship_to=place, schemes=["US_SALES_TAX:MA"])
    said = "6.25% of 25.00 USD (goods 200.00 - the free part of each piece 175.00) = 1.56 USD [estimate]"
    assert f"Import tax on line 1: {said}" in found


def test_a_top_up_says_what_it_fills_up():
    post = {"transport": "post", "at": "2025-12-01T12:00:00-05:00", "ship_from": {"country": "JP"}}
    line = {"id": "1", "quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "JP"}
    found = "\n".join(words("US", "USD", lines=[line], **post))
    assert "what the basic duty lacks to 15% of customs value 100.00 USD = 15.00 USD" in found


def test_a_fee_in_per_cent_reads_like_any_per_cent():
    found = "\n".join(words("MX", "MXN", (1, "100000.00", "490199"), buyer="business"))
    assert "Fee on the consignment: 0.8% of customs value 100000.00 MXN = 800.00 MXN" in found
