from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipsmart.core.errors import CurrencyMismatch
from shipsmart.core.money import Money, allocate, minor_unit, round_to

D = Decimal


def test_money_of_two_currencies_does_not_mix():
    with pytest.raises(CurrencyMismatch) as caught:
        Money(D(1), "EUR") + Money(D(1), "USD")
    assert caught.value.details == {"left": "EUR", "right": "USD"}


def test_money_adds_compares_and_rounds_half_up():
    assert Money(D("1.005"), "EUR").rounded() == Money(D("1.01"), "EUR")
    assert Money(D("100.5"), "JPY").rounded().amount == D(101)
    assert Money(D("1.0005"), "KWD").rounded().amount == D("1.001")
    assert Money(D(2), "EUR") * 3 - Money(D(1), "EUR") == Money(D(5), "EUR")
    assert Money(D(1), "EUR") < Money(D(2), "EUR")


def test_minor_units_are_none_two_and_three_digits():
    assert [minor_unit(c) for c in ("EUR", "JPY", "KWD", "CLP")] == [D("0.01"), D(1), D("0.001"), D(1)]


def test_a_step_of_five_centimes_rounds_to_the_nearest():
    assert round_to(D("8.08"), D("0.05")) == D("8.10")
    assert round_to(D("8.07"), D("0.05")) == D("8.05")


def test_allocate_gives_the_odd_cent_to_the_largest_remainder():
    assert allocate(D("10.00"), [D(1), D(1), D(1)], step=D("0.01")) == [D("3.34"), D("3.33"), D("3.33")]
    assert allocate(D("1.00"), [D(0), D(0)], step=D("0.01")) == [D("0.50"), D("0.50")]
    assert allocate(D("-1.00"), [D(2), D(1)], step=D("0.01")) == [D("-0.67"), D("-0.33")]


def test_allocate_refuses_no_weights_and_negative_ones():
    for weights in ([], [D(-1), D(2)]):
        with pytest.raises(ValueError):
            allocate(D(1), weights, step=D("0.01"))


amounts = st.decimals(min_value=-100000, max_value=100000, places=3)
weights = st.lists(st.decimals(min_value=0, max_value=1000, places=2), min_size=1, max_size=12)


@given(total=amounts, weights=weights)
def test_allocated_parts_add_up_exactly(total, weights):
    assert sum(allocate(total, weights, step=D("0.01"))) == total
