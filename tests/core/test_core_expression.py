from decimal import Decimal

import pytest

from shipsmart.core.errors import BadExpression, MissingQuantity
from shipsmart.core.expression import Measured, parse

D = Decimal


def line(**given):
    rates = {("GBP", "EUR"): D("1.2"), ("USD", "EUR"): D("0.9")}
    base = {
        "value": D(100),
        "pieces": D(2),
        "convert": lambda amount, currency: amount * rates.get((currency, "EUR"), 1),
    }
    return Measured(**{**base, **given})


@pytest.mark.parametrize(
    ("text", "given", "amount"),
    [
        ("4%", {}, "4.00"),
        ("Free", {}, "0"),
        ("35.10 EUR / 100 kg", {"weight_g": D(100_000)}, "35.10"),
        ("10 GBP / 100 kg", {"weight_g": D(50_000)}, "6.00"),
        ("2 EUR / item", {}, "4"),
        ("4% + 2 EUR / item", {}, "8.00"),
        ("60% - 30 EUR", {}, "30.00"),
        ("10% - 30 EUR", {}, "0"),
        ("4.5% MIN 0.30 EUR / item MAX 0.80 EUR / item", {}, "1.60"),
        ("4.5% MIN 3 EUR / item MAX 8 EUR / item", {}, "6"),
        ("4.5% MIN 0.30 EUR / item MAX 8 EUR / item", {}, "4.500"),
        ("2.5 cents/kg", {"weight_g": D(100_000)}, "2.25"),
        ("$1.50/kg", {"weight_g": D(2000)}, "2.70"),
        ("TOP UP TO 12.5%", {"base_duty": D(5)}, "7.500"),
        ("TOP UP TO 12.5%", {"base_duty": D(20)}, "0"),
        ("10 EUR / lpa", {"volume_ml": D(1000), "abv_percent": D(40)}, "4.0"),
        ("10 EUR / hl", {"volume_ml": D(50_000)}, "5"),
    ],
)
def test_an_expression_gives_the_amount_worked_out_by_hand(text, given, amount):
    assert parse(text).amount(line(**given)) == D(amount)


@pytest.mark.parametrize("text", ["", "a lot", "5", "-5%", "5 % of", "4% MIN", "NaN%", "1e5%", "4% + "])
def test_what_is_no_duty_is_refused_with_its_text(text):
    with pytest.raises(BadExpression) as caught:
        parse(text)
    assert caught.value.details["text"] == text


def test_a_duty_by_weight_needs_the_weight():
    with pytest.raises(MissingQuantity) as caught:
        parse("1 EUR / kg").amount(line())
    assert caught.value.details["field"] == "unit_weight_g"
