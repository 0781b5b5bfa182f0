import json
from datetime import UTC, datetime
from decimal import Decimal, localcontext

import pytest

from shipsmart.core.explain import explain
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def answer_to(to="DE", lines=None, **given):
    lines = lines or [{"quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "CN"}]
    data = {"ship_from": {"country": "CN"}, "ship_to": {"country": to}, "currency": "EUR", "lines": lines}
    return compute(
        parse_request({"at": "2026-11-10T12:00:00+01:00", **data, **given}, now=NOW), law=current()
    ).as_answer()


def codes(answer):
    return {warning["code"] for warning in answer["warnings"]}


def test_the_answer_has_the_keys_of_the_contract_and_plain_values():
    answer = answer_to(id="cart-7")
    assert answer["id"] == "cart-7"
    keys = {"status", "scheme", "rulebook", "charges", "local_totals", "totals", "alternatives", "warnings"}
    assert keys | {"not_computable"} <= answer.keys()
    assert json.loads(json.dumps(answer)) == answer


def test_goods_inside_one_customs_union_cross_no_border():
    answer = answer_to("FR", ship_from={"country": "DE"})
    assert (answer["status"], answer["charges"], codes(answer)) == ("complete", [], {"no_border"})
    assert answer["totals"]["landed_cost"] == "100.00"


def test_a_place_without_rules_is_not_computable_and_says_why():
    answer = answer_to("ZW")
    assert answer["status"] == "not_computable"
    assert "ZW" in answer["not_computable"][0]["message"]
    assert answer["totals"]["landed_cost"] is None


def test_a_line_without_code_is_an_estimate_that_names_the_line():
    answer = answer_to(lines=[{"id": "shirt", "quantity": 1, "unit_price": "200.00", "origin": "CN"}])
    assert answer["status"] == "estimate"
    assert {(w["code"], w["line"]) for w in answer["warnings"]} >= {("hs_code_missing", "shirt")}
    assert Decimal(answer["totals"]["duty"]) > 0


def test_a_line_without_origin_takes_the_sender_and_says_so():
    answer = answer_to("US", lines=[{"id": "a", "quantity": 1, "unit_price": "10.00", "hs_code": "610910"}])
    assert answer["status"] == "estimate"
    assert ("origin_missing", "a") in {(w["code"], w["line"]) for w in answer["warnings"]}


def test_a_duty_by_weight_without_weight_is_not_computable():
    ruling = [{"hs_code": "610910", "duty": "1 EUR / kg"}]
    answer = answer_to(
        lines=[{"id": "a", "quantity": 1, "unit_price": "200.00", "hs_code": "610910", "origin": "CN"}],
        rate_overrides=ruling,
    )
    assert answer["status"] == "not_computable"
    assert "unit_weight_g" in answer["not_computable"][0]["message"]
    assert answer["totals"]["landed_cost"] is None


def test_an_old_stored_exchange_rate_is_named_and_warned_about():
    answer = answer_to(currency="BRL")
    assert "exchange_rate_stale" in codes(answer)
    assert answer["status"] == "estimate"
    assert answer["exchange_rates"][0]["date"] == "2026-05-08"


def test_rates_of_the_request_win_and_work_in_both_directions():
    for rate in ({"from": "BRL", "to": "EUR", "rate": "0.2"}, {"from": "EUR", "to": "BRL", "rate": "5"}):
        answer = answer_to(currency="BRL", exchange_rates=[rate], schemes=["EU_IOSS"])
        assert answer["local_totals"]["goods"] == "20.00"
        assert answer["totals"]["duty"] == "15.00"
        assert answer["exchange_rates"][0]["source"] == "request"


def test_a_missing_exchange_rate_is_not_computable():
    answer = answer_to(currency="LAK")
    assert answer["not_computable"][0]["code"] == "exchange_rate_missing"


def test_the_other_lawful_route_is_shown_with_its_price():
    answer = answer_to(schemes=["EU_IOSS"])
    other = answer["alternatives"][0]
    assert (answer["totals"]["landed_cost"], other["rule"]) == ("122.00", "eu/low_value")
    assert other["totals"]["landed_cost"] == "122.57"


def test_dearer_and_cheaper_items_take_their_own_routes():
    lines = [
        {"id": "low", "quantity": 1, "unit_price": "300.00", "hs_code": "950300", "origin": "CN"},
        {"id": "high", "quantity": 1, "unit_price": "2000.00", "hs_code": "950300", "origin": "CN"},
    ]
    answer = answer_to("SG", lines=lines, currency="SGD", schemes=["SG_GST_OVR"])
    assert answer["scheme"] == "SG_GST_OVR"
    taxed = {c["line"]: c["amount"] for c in answer["charges"] if c["kind"] == "import_tax"}
    assert taxed == {"low": "27.00", "high": "180.00"}
    assert "mixed_routes" in codes(answer)


def test_the_callers_decimal_settings_change_nothing():
    expected = answer_to(freight="9.99")
    with localcontext() as context:
        context.prec = 6
        assert answer_to(freight="9.99") == expected


def test_the_explanation_names_base_rate_law_and_day():
    text = explain(answer_to("US", currency="USD"))
    assert "Duty on line 1: 16.5% of customs value 100.00 USD = 16.50 USD" in text
    assert "HTS 2026 revision 4" in text
    assert "in force from 2026-07-24 00:01 UTC-04:00" in text
    assert "Landed cost: goods 100.00" in text


def test_the_explanation_of_an_estimate_says_what_is_estimated():
    text = explain(answer_to(lines=[{"id": "a", "quantity": 1, "unit_price": "200.00", "origin": "CN"}]))
    assert "This is an estimate" in text
    assert "line a: hs_code is missing" in text
    assert "[estimate]" in text


def test_of_two_lines_worth_the_same_the_odd_cent_goes_by_the_goods_and_not_by_their_order():
    shirt = {"quantity": 1, "unit_price": "100.00", "hs_code": "610910", "origin": "CN"}
    bag = {**shirt, "hs_code": "420221"}

    def values(lines):
        charges = answer_to(lines=lines, freight="0.01")["charges"]
        return {c["name"]: c["base"]["made_of"]["customs_value"] for c in charges if c["kind"] == "duty"}

    assert values([shirt, bag]) == values([bag, shirt])
    assert sorted(values([shirt, bag]).values()) == ["100.00", "100.01"]


@pytest.mark.parametrize(
    ("rate", "shown"),
    [("1", "200.00"), ("1.1", "220.00"), ("1.11111", "222.222000"), ("1.111111111", "222.222222"), ("0.5", "100.00")],
)
def test_an_unrounded_base_is_shown_in_cents_or_with_six_decimals(rate, shown):
    answer = answer_to(
        lines=[{"quantity": 1, "unit_price": "200.00", "hs_code": "610910", "origin": "CN"}],
        currency="USD",
        exchange_rates=[{"from": "USD", "to": "EUR", "rate": rate}],
    )
    assert answer["charges"][0]["base"]["made_of"] == {"customs_value": shown}
