"""What of a refund is goods, freight, duty, tax and fees: every expected sum is worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shipsmart.returns.split import Bill, Parts, Sold, TooMuch, bill, by_line, for_units, of_delivery

# Three shirts at 20.00 and a mug at 15.00; the quote laid duty on the shirts (line 1) and tax on both, and one fee.
SHIRTS, MUG = Sold("s", 3, Decimal("60.00")), Sold("m", 1, Decimal("15.00"))
ANSWER = {
    "charges": [
        {"kind": "duty", "line": "1", "quote_amount": "7.20"},
        {"kind": "import_tax", "line": "1", "quote_amount": "13.45"},
        {"kind": "import_tax", "line": "2", "quote_amount": "3.00"},
        {"kind": "fee", "line": None, "quote_amount": "5.00"},
    ]
}


LAID = by_line([(1, SHIRTS), (2, MUG)], ANSWER, "EUR")


@pytest.fixture
def sold() -> Bill:
    # Delivery of 38.55: 28.65 of charges and 9.90 of freight.
    return bill(
        lines=[SHIRTS, MUG],
        delivery=Decimal("38.55"),
        currency="EUR",
        laid=by_line([(1, SHIRTS), (2, MUG)], ANSWER, "EUR"),
    )


def test_bill_is_the_quotes_charges_and_freight_is_the_rest(sold: Bill) -> None:
    assert sold.whole == Parts(Decimal("75.00"), Decimal("9.90"), Decimal("7.20"), Decimal("16.45"), Decimal("5.00"))
    assert sold.whole.total == Decimal("113.55")


def test_charge_of_no_line_is_shared_by_value(sold: Bill) -> None:
    assert (sold.charges["s"].fees, sold.charges["m"].fees) == (Decimal("4.00"), Decimal("1.00"))


def test_order_that_collected_nothing_has_freight_only() -> None:
    found = bill(lines=[MUG], delivery=Decimal("9.90"), currency="EUR", laid={})
    assert found.whole == Parts(Decimal("15.00"), Decimal("9.90"))


def test_one_of_three_shirts_takes_a_third_of_its_duty_and_tax(sold: Bill) -> None:
    # 13.45 / 3 = 4.4833
    assert for_units(sold, {"s": 1}, before={}) == Parts(
        Decimal("20.00"), Decimal(0), Decimal("2.40"), Decimal("4.48"), Decimal("1.33")
    )


def test_units_one_after_the_other_add_up_to_the_whole_line(sold: Bill) -> None:
    found = [for_units(sold, {"s": 1}, before={"s": n}) for n in range(3)]
    # Of the running total: 4.48, 8.97, 13.45.
    assert [part.import_tax for part in found] == [Decimal("4.48"), Decimal("4.49"), Decimal("4.48")]
    assert sum(found, Parts()) == Parts(
        Decimal("60.00"), Decimal(0), Decimal("7.20"), Decimal("13.45"), Decimal("4.00")
    )


def test_more_units_than_were_sold_are_refused(sold: Bill) -> None:
    with pytest.raises(TooMuch, match="4 units of line s come back, 3 were sold"):
        for_units(sold, {"s": 2}, before={"s": 2})


@pytest.mark.parametrize(
    ("amount", "units", "expected"),
    [
        (
            "38.55",
            {},
            Parts(Decimal(0), Decimal("9.90"), Decimal("7.20"), Decimal("16.45"), Decimal("5.00")),
        ),  # all of it
        ("23.65", {}, Parts(duty=Decimal("7.20"), import_tax=Decimal("16.45"))),  # exactly all duty and tax
        ("28.65", {}, Parts(duty=Decimal("7.20"), import_tax=Decimal("16.45"), fees=Decimal("5.00"))),
        ("9.90", {}, Parts(freight=Decimal("9.90"))),  # exactly the freight
        ("6.88", {"s": 1}, Parts(duty=Decimal("2.40"), import_tax=Decimal("4.48"))),  # exactly that of one shirt
        (
            "16.78",
            {"s": 1},
            Parts(freight=Decimal("9.90"), duty=Decimal("2.40"), import_tax=Decimal("4.48")),
        ),  # and the freight
        ("4.00", {}, Parts(freight=Decimal("4.00"))),  # a gesture
        ("3.44", {"s": 1}, Parts(duty=Decimal("1.20"), import_tax=Decimal("2.24"))),  # half of that of one shirt
        (
            "40.00",
            {},
            Parts(Decimal(0), Decimal("11.35"), Decimal("7.20"), Decimal("16.45"), Decimal("5.00")),
        ),  # more than there was
    ],
)
def test_refund_of_the_delivery_price_is_split(sold: Bill, amount: str, units: dict[str, int], expected: Parts) -> None:
    laid = for_units(sold, units, before={})
    found, why = of_delivery(Decimal(amount), left=sold.whole, units=laid, currency="EUR")
    assert found == expected
    assert found.delivery == Decimal(amount)
    assert why


def test_duty_that_went_back_already_is_not_given_twice(sold: Bill) -> None:
    left = sold.whole - Parts(duty=Decimal("7.20"), import_tax=Decimal("16.45"))
    found, _ = of_delivery(Decimal("6.88"), left=left, units=for_units(sold, {"s": 1}, before={}), currency="EUR")
    assert found == Parts(freight=Decimal("6.88"))


def test_yen_are_split_in_whole_yen() -> None:
    answer = {"charges": [{"kind": "duty", "line": "1", "quote_amount": "100"}]}
    sold = Sold("s", 3, Decimal("3000"))
    charges = by_line([(1, sold)], answer, "JPY")
    found = bill(lines=[sold], delivery=Decimal("600"), currency="JPY", laid=charges)
    assert [for_units(found, {"s": 1}, before={"s": n}).duty for n in range(3)] == [
        Decimal(33),
        Decimal(34),
        Decimal(33),
    ]


@given(st.lists(st.integers(0, 40), min_size=1, max_size=6), st.integers(0, 6000))
def test_parts_of_any_refund_add_up_to_it(steps: list[int], cents: int) -> None:
    whole = bill(
        lines=[SHIRTS, MUG],
        delivery=Decimal("38.55"),
        currency="EUR",
        laid=by_line([(1, SHIRTS), (2, MUG)], ANSWER, "EUR"),
    )
    left = whole.whole
    for step in [*steps, cents]:
        amount = min(Decimal(step) / 100, left.delivery)
        part, _ = of_delivery(amount, left=left, units=Parts(), currency="EUR")
        assert part.delivery == amount
        left -= part
        assert min(left.freight, left.duty, left.import_tax, left.fees) >= 0


def test_units_of_one_quote_line_on_two_order_lines_share_its_charges_by_value() -> None:
    one, two = Sold("a", 1, Decimal("10.00")), Sold("b", 2, Decimal("20.00"))
    found = by_line([(1, one), (1, two)], {"charges": ANSWER["charges"][:1]}, "EUR")
    assert (found["a"].duty, found["b"].duty) == (Decimal("2.40"), Decimal("4.80"))


def test_shopper_who_paid_less_than_the_charges_gets_no_more_back() -> None:
    """14.32 paid of 28.65: half of each, to the cent by largest remainder."""
    found = bill(lines=[SHIRTS, MUG], delivery=Decimal("14.32"), currency="EUR", laid=LAID)
    assert found.whole.freight == 0
    assert found.whole.charges == Decimal("14.32")
    assert found.whole.duty == Decimal("3.60")
