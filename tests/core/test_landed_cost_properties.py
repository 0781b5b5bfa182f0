"""What must hold for any cart: sums, order, parts and the whole, and that more goods do not cost less."""

import json
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CODES = ["610910", "640411", "420221", "910211", "490199", "950300", "851713", "611120", None]
PLACES = [{"country": c} for c in ("DE", "FR", "GB", "US", "AU", "NO", "CH", "JP", "KR", "IN", "MX", "CL", "UA")]
PLACES += [{"country": "CA", "region": "QC"}, {"country": "BR", "region": "MG"}, {"country": "CZ"}]
SCHEMES = ["EU_IOSS", "GB_VAT", "AU_GST", "NO_VOEC", "BR_REMESSA_CONFORME", "CL_VAT", "MX_TMEC_COURIER"]
prices = st.decimals(min_value=0, max_value=900, places=2).map(str)
lines = st.lists(
    st.fixed_dictionaries(
        {
            "quantity": st.integers(1, 5),
            "unit_price": prices,
            "hs_code": st.sampled_from(CODES),
            "origin": st.sampled_from(["CN", "GB", "JP", "BR", None]),
            "unit_weight_g": st.sampled_from(["100", "2500"]),
        }
    ),
    min_size=1,
    max_size=6,
)
carts = st.fixed_dictionaries(
    {
        "ship_from": st.sampled_from([{"country": "CN"}, {"country": "TR"}]),
        "ship_to": st.sampled_from(PLACES),
        "currency": st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
        "lines": lines,
        "freight": prices,
        "insurance": st.sampled_from(["0", "3.33"]),
        "schemes": st.lists(st.sampled_from(SCHEMES), unique=True),
        "buyer": st.sampled_from(["consumer", "business"]),
        "exchange_rates": st.just(
            [{"from": "EUR", "to": "KWD", "rate": "0.355"}, {"from": "USD", "to": "KWD", "rate": "0.31"}]
        ),
    }
)
quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def answer_to(cart):
    lines = [
        {"id": f"L{i}", **{k: v for k, v in line.items() if v is not None}} for i, line in enumerate(cart["lines"])
    ]
    data = {**cart, "at": "2026-11-10T12:00:00+00:00", "lines": lines}
    return compute(parse_request(data, now=NOW), law=current()).as_answer()


def sums(totals):
    return {k: Decimal(v) for k, v in totals.items() if k != "currency" and v is not None}


@quick
@given(cart=carts)
def test_totals_are_the_sums_of_their_lines(cart):
    answer = answer_to(cart)
    if answer["totals"]["landed_cost"] is None:
        assert answer["not_computable"]
        return
    for side, amount in (("local_totals", "amount"), ("totals", "quote_amount")):
        total = sums(answer[side])
        for kind, key in (("duty", "duty"), ("import_tax", "import_tax"), ("fee", "fees"), ("additional_duty",) * 2):
            assert total[key] == sum((Decimal(c[amount]) for c in answer["charges"] if c["kind"] == kind), Decimal(0))
    total = sums(answer["totals"])
    names = ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")
    assert total["landed_cost"] == sum(total[name] for name in names)


@quick
@given(cart=carts, seed=st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_no_total(cart, seed):
    shuffled = {**cart, "lines": seed.sample(cart["lines"], len(cart["lines"]))}
    first, second = answer_to(cart), answer_to(shuffled)
    assert first["totals"] == second["totals"]
    assert first["local_totals"] == second["local_totals"]
    assert first["status"] == second["status"]


@quick
@given(cart=carts)
def test_the_same_request_gives_the_same_bytes(cart):
    assert json.dumps(answer_to(cart), sort_keys=True) == json.dumps(answer_to(cart), sort_keys=True)


@quick
@given(cart=carts)
def test_every_charge_names_base_rate_rule_and_law(cart):
    for charge in answer_to(cart)["charges"]:
        assert charge["rule"] and charge["name"] and charge["rate"]
        assert charge["source"]["title"]
        assert charge["confidence"] in ("verified", "estimate")
        assert Decimal(charge["base"]["amount"]) >= 0


@quick
@given(cart=carts)
def test_an_estimated_figure_makes_the_answer_an_estimate(cart):
    answer = answer_to(cart)
    if any(charge["confidence"] == "estimate" for charge in answer["charges"]):
        assert answer["status"] in ("estimate", "not_computable")


@pytest.mark.parametrize("country", ["DE", "GB", "US", "AU", "JP", "KR", "IN", "NO", "CH", "TR"])
def test_dearer_goods_never_cost_less_in_all(country):
    # Brazil is left out: its deduction of USD 30 and the steps of relief are meant to fall on purpose.
    previous = Decimal(0)
    for cents in range(0, 40_000, 1_313):
        cart = {
            "ship_from": {"country": "CN"},
            "ship_to": {"country": country},
            "currency": "USD",
            "lines": [
                {"quantity": 1, "unit_price": f"{Decimal(cents) / 100:.2f}", "hs_code": "610910", "origin": "CN"}
            ],
        }
        landed = Decimal(answer_to(cart)["totals"]["landed_cost"])
        assert landed >= previous
        previous = landed
