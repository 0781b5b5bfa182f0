"""More goods never cost less, but where a simplified regime ends: every such place is written down here."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.core.codes import EU
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
COUNTRIES = sorted(set(current().countries) - {"XI"})
# Books, free of duty in the tariff, lose a flat duty or a flat rate when the parcel grows over the limit of the simple
# regime: EUR 150 in the EU (EUR 3), USD 3,000 in Brazil, USD 2,500 in Mexico, USD 2,000 in Colombia and Peru,
# USD 200 in Uruguay, ZAR 500 in South Africa, the end of the flat rate in Serbia.
FALLS = {*EU, "MC", "BR", "MX", "CO", "PE", "UY", "ZA", "RS"}
CENTS = [*range(0, 30_000, 1_311), *range(30_000, 400_000, 20_011)]


def landed(country, cents, code):
    data = {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "CN" if country != "CN" else "US"},
        "ship_to": {"country": country},
        "currency": "USD",
        "freight": "9",
        "lines": [
            {
                "quantity": 1,
                "unit_price": str(Decimal(cents) / 100),
                "hs_code": code,
                "origin": "CN",
                "unit_weight_g": "300",
            }
        ],
    }
    answer = compute(parse_request(data, now=NOW), law=current()).as_answer()
    total = answer["totals"]["landed_cost"]
    rules = frozenset(charge["rule"] for charge in answer["charges"])
    return None if total is None else (Decimal(total), rules)


@pytest.mark.parametrize("code", ["490199", "610910"])
def test_dearer_goods_cost_less_only_where_a_simple_regime_ends(code):
    fell = set()
    for country in COUNTRIES:
        previous = None
        for cents in CENTS:
            found = landed(country, cents, code)
            if found is None:
                continue
            # A cent or two may go when amounts in two currencies are rounded one by one.
            if previous is not None and found[0] < previous[0] - Decimal("0.03"):
                assert found[1] != previous[1], (country, cents, "the same rules gave less for dearer goods")
                fell.add(country)
            previous = found
    assert fell <= FALLS


def test_the_flat_duty_of_the_eu_ends_one_cent_over_150_euros():
    def total(price):
        data = {
            "at": "2026-11-10T12:00:00+00:00",
            "ship_from": {"country": "US"},
            "ship_to": {"country": "DE"},
            "currency": "EUR",
            "lines": [{"quantity": 1, "unit_price": price, "hs_code": "490199", "origin": "US"}],
        }
        return compute(parse_request(data, now=NOW), law=current()).as_answer()["totals"]["landed_cost"]

    # 7 % on 153.00 is 10.71; a cent more is free of duty, 7 % on 150.01 is 10.50.
    assert (total("150.00"), total("150.01")) == ("163.71", "160.51")
