import copy
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.core.errors import InvalidRequest
from shipsmart.core.request import parse_request

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = {
    "ship_from": {"country": "CN"},
    "ship_to": {"country": "DE"},
    "currency": "EUR",
    "lines": [{"quantity": 1, "unit_price": "10.00", "hs_code": "610910", "origin": "CN"}],
}


def changed(path, value):
    data = copy.deepcopy(GOOD)
    *parents, last = path
    target = data
    for step in parents:
        target = target[step]
    target[last] = value
    return data


def test_defaults_are_those_of_the_contract():
    request = parse_request(GOOD, now=NOW)
    assert (request.at, request.transport, request.buyer, request.incoterm) == (NOW, "courier", "consumer", "DDP")
    assert request.lines[0].id == "1"
    assert request.freight == Decimal(0)


def rate(source, target, amount):
    return {"from": source, "to": target, "rate": amount}


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("lines", 0, "unit_price"), "-1.00", "lines[0].unit_price"),
        (("lines", 0, "unit_price"), "NaN", "lines[0].unit_price"),
        (("lines", 0, "unit_price"), "Infinity", "lines[0].unit_price"),
        (("lines", 0, "unit_price"), "1e999999", "lines[0].unit_price"),
        (("lines", 0, "unit_price"), 9.99, "lines[0].unit_price"),
        (("lines", 0, "unit_price"), True, "lines[0].unit_price"),
        (("lines", 0, "unit_price"), "١٢", "lines[0].unit_price"),
        (("lines", 0, "unit_price"), None, "lines[0].unit_price"),
        (("lines", 0, "quantity"), 0, "lines[0].quantity"),
        (("lines", 0, "quantity"), "1.5", "lines[0].quantity"),
        (("lines", 0, "quantity"), 10_000_000, "lines[0].quantity"),
        (("lines", 0, "discount"), "10.01", "lines[0].discount"),
        (("lines", 0, "hs_code"), "61091000123", "lines[0].hs_code"),
        (("lines", 0, "hs_code"), "6109.10", "lines[0].hs_code"),
        (("lines", 0, "hs_code"), 610910, "lines[0].hs_code"),
        (("lines", 0, "origin"), "XX", "lines[0].origin"),
        (("lines", 0, "colour"), "red", "lines[0].colour"),
        (("lines", 0, "abv_percent"), "101", "lines[0].abv_percent"),
        (("lines",), [], "lines"),
        (("lines",), "no list", "lines"),
        (("ship_to", "country"), "ZZ", "ship_to.country"),
        (("ship_to",), None, "ship_to"),
        (("currency",), "EURO", "currency"),
        (("freight",), "-0.01", "freight"),
        (("gift",), "yes", "gift"),
        (("transport",), "pigeon", "transport"),
        (("at",), "2026-11-10T12:00:00", "at"),
        (("at",), "yesterday", "at"),
        (("at",), 1700000000, "at"),
        (("schemes",), "EU_IOSS", "schemes"),
        (("schemes",), [7], "schemes[0]"),
        (("schemes",), ["EU_IOSS", "EU_IOS"], "schemes[1]"),
        (("schemes",), ["eu_ioss"], "schemes[0]"),
        (("schemes",), ["US_SALES_TAX"], "schemes[0]"),
        (("schemes",), ["US_SALES_TAX:NY", "US_SALES_TAX:XX"], "schemes[1]"),
        (("schemes",), [["EU_IOSS"]], "schemes[0]"),
        (("exchange_rates",), [{"from": "EUR", "to": "CAD", "rate": "0"}], "exchange_rates[0].rate"),
        (("exchange_rates",), [rate("EUR", "CAD", "1.5"), rate("EUR", "CAD", "1.6")], "exchange_rates[1].rate"),
        (("exchange_rates",), [rate("EUR", "CAD", "1.5"), rate("CAD", "EUR", "1.5")], "exchange_rates[1].rate"),
        (("exchange_rates",), [rate("EUR", "EUR", "2")], "exchange_rates[0].rate"),
        (("rate_overrides",), [{"hs_code": "610910", "duty": "a lot"}], "rate_overrides[0].duty"),
        (("rate_overrides",), [{"hs_code": "61", "duty": d} for d in ("4%", "5%")], "rate_overrides[1].hs_code"),
        (("surprise",), 1, "surprise"),
    ],
)
def test_a_wrong_field_is_refused_by_name(path, value, field):
    with pytest.raises(InvalidRequest) as caught:
        parse_request(changed(path, value), now=NOW)
    assert caught.value.details["field"] == field
    assert field in caught.value.message


def test_a_rate_may_be_given_there_and_back_as_banks_round_it():
    rates = [rate("EUR", "CAD", "1.62"), rate("CAD", "EUR", "0.617")]
    assert len(parse_request({**GOOD, "exchange_rates": rates}, now=NOW).exchange_rates) == 2


def test_an_unknown_scheme_is_answered_with_those_that_exist():
    with pytest.raises(InvalidRequest, match=r"BR_REMESSA_CONFORME, .*EU_IOSS, .*US_SALES_TAX:<state of the US>"):
        parse_request({**GOOD, "schemes": ["IOSS"]}, now=NOW)


def test_ten_thousand_lines_are_refused():
    lines = [{"quantity": 1, "unit_price": "1"} for _ in range(10_000)]
    with pytest.raises(InvalidRequest) as caught:
        parse_request({**GOOD, "lines": lines}, now=NOW)
    assert caught.value.details["field"] == "lines"


def test_two_lines_cannot_share_an_id():
    line = {"id": "a", "quantity": 1, "unit_price": "1"}
    with pytest.raises(InvalidRequest) as caught:
        parse_request({**GOOD, "lines": [line, dict(line)]}, now=NOW)
    assert caught.value.details["field"] == "lines[1].id"


def test_belfast_is_northern_ireland_by_region_or_postcode():
    for place in ({"country": "GB", "region": "NIR"}, {"country": "GB", "postcode": "BT1 5GS"}):
        assert parse_request({**GOOD, "ship_to": place}, now=NOW).ship_to.jurisdiction == "XI"
    assert parse_request({**GOOD, "ship_to": {"country": "GB"}}, now=NOW).ship_to.jurisdiction == "GB"
