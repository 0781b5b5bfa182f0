"""Whatever is sent: an answer, or an error that names a field and the remedy, and soon."""

import copy
import json
import time
from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipsmart.core.errors import InvalidRequest
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FULL = {
    "id": "x",
    "at": "2026-11-10T12:00:00+00:00",
    "ship_from": {"country": "CN"},
    "ship_to": {"country": "DE", "region": "BY", "postcode": "80331"},
    "currency": "EUR",
    "freight": "24.90",
    "insurance": "1",
    "freight_in_price": False,
    "transport": "courier",
    "buyer": "consumer",
    "gift": False,
    "incoterm": "DDP",
    "schemes": ["EU_IOSS"],
    "exchange_rates": [{"from": "EUR", "to": "USD", "rate": "1.1"}],
    "rate_overrides": [{"hs_code": "610910", "duty": "4%"}],
    "lines": [
        {
            "id": "1",
            "quantity": 3,
            "unit_price": "490.00",
            "discount": "1",
            "hs_code": "610910",
            "origin": "BD",
            "sku": "s",
            "unit_weight_g": "100",
            "volume_ml": "750",
            "abv_percent": "12.5",
            "preference": "EU-GB",
        }
    ],
}
DEEP: list[object] = []
for _ in range(700):
    DEEP = [DEEP]
NASTY = [
    None, True, 0, -1, 10**5000, -(10**5000), 1.5, float("nan"), float("inf"), "", "-1", "NaN", "Infinity", "1e999999",
    " 1", "1_000", "١٢", "9" * 13, "9" * 10_000, "999999999999.9999999999", "a" * 100_000, "\x00", "\ud800", "🎁", "XX",
    "KWD", "0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", [], {}, [None], DEEP, [{}] * 5, {"country": "US"},
    {1: 2}, b"x", "61091000999", ["EU_IOSS"] * 300, [{"hs_code": "61", "duty": "0.1 EUR / 0 kg"}],
    [{"hs_code": "61", "duty": "9" * 150 + "%"}], [{"from": "EUR", "to": "USD", "rate": "0.000000001"}],
]  # fmt: skip


def paths(value, path=()):
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in inner:
        yield from paths(child, (*path, key))


PATHS = [path for path in paths(FULL) if path]


def changed(changes, country):
    data = copy.deepcopy(FULL)
    data["ship_to"]["country"] = country
    for path, value in changes:
        target = data
        try:
            for step in path[:-1]:
                target = target[step]
            target[path[-1]] = value
        except (TypeError, KeyError, IndexError):
            continue  # an earlier change has taken this place away
    return data


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=True)
@given(
    changes=st.lists(st.tuples(st.sampled_from(PATHS), st.sampled_from(NASTY)), min_size=1, max_size=3),
    country=st.sampled_from(["DE", "US", "BR", "CH", "JP", "GB", "CA", "KR", "XK"]),
)
def test_nasty_values_anywhere_are_answered_or_refused_by_name(changes, country):
    data = changed(changes, country)
    try:
        answer = compute(parse_request(data, now=NOW), law=current()).as_answer()
    except InvalidRequest as refused:
        assert refused.details["field"]
        assert len(refused.message) < 700
        json.dumps(refused.as_dict())
    else:
        assert json.dumps(answer, ensure_ascii=False).encode()
        assert (answer["totals"]["landed_cost"] is None) == (answer["status"] == "not_computable")


@pytest.mark.parametrize(
    "duty", ["9" * 150 + "%", "0.1 EUR / 0 kg", "1 XYZ / kg", "1 USD / 0.0000000000001 kg", "9999999999999 EUR / kg"]
)
def test_a_ruling_that_no_arithmetic_can_hold_is_refused(duty):
    with pytest.raises(InvalidRequest) as caught:
        parse_request({**FULL, "rate_overrides": [{"hs_code": "610910", "duty": duty}]}, now=NOW)
    assert caught.value.details["field"] == "rate_overrides[0].duty"


def test_a_duty_by_weight_out_of_all_proportion_is_not_computed():
    line = {**FULL["lines"][0], "unit_weight_g": "999999999999", "quantity": 1_000_000, "unit_price": "1"}
    duty = [{"hs_code": "610910", "duty": "999999999999 EUR / 0.0000000001 kg"}]
    request = parse_request({**FULL, "schemes": [], "lines": [line], "rate_overrides": duty}, now=NOW)
    answer = compute(request, law=current()).as_answer()
    assert [entry["code"] for entry in answer["not_computable"]] == ["out_of_range"]


def test_half_a_character_is_refused_by_name():
    line = {**FULL["lines"][0], "id": "\ud800"}
    with pytest.raises(InvalidRequest) as caught:
        parse_request({**FULL, "lines": [line]}, now=NOW)
    assert caught.value.details["field"] == "lines[0].id"


def test_a_thousand_lines_are_answered_and_more_are_refused_unread():
    lines = [{**FULL["lines"][0], "id": str(i), "unit_price": f"1.{i % 10}0"} for i in range(1000)]
    started = time.thread_time()
    for country in ("DE", "JP"):
        data = {**FULL, "lines": lines, "ship_to": {"country": country}}
        assert len(compute(parse_request(data, now=NOW), law=current()).as_answer()["charges"]) >= 1000
    assert time.thread_time() - started < 30  # a quadratic step would take minutes
    started = time.thread_time()
    with pytest.raises(InvalidRequest, match="at most 1000"):
        parse_request({**FULL, "lines": lines * 100}, now=NOW)
    assert time.thread_time() - started < 10
