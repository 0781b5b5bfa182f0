"""What a shopper is told of a charge: amounts as they are paid, no more decimals than money has."""

import pytest

from shipsmart.quotes.breakdown import breakdown

TOTALS = dict.fromkeys(
    ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees", "landed_cost"), "0.00"
)


@pytest.mark.parametrize(
    ("rate", "amount", "currency", "base", "why"),
    [
        ("5%", "6042.093684", "CAD", "6042.09 CAD", "5% of 6042.09 CAD"),
        ("10%", "10079.5", "JPY", "10080 JPY", "10% of 10080 JPY"),
        ("191.40 NOK", "704.97", "EUR", "704.97 EUR", "191.40 NOK"),  # a fixed fee is a share of nothing
    ],
)
def test_a_charge_says_its_rate_and_base_in_money(rate: str, amount: str, currency: str, base: str, why: str) -> None:
    charge = {
        "kind": "duty", "name": "Duty", "quote_amount": "189.00", "rate": rate, "confidence": "verified", "line": "1",
        "base": {"amount": amount, "currency": currency}, "source": {"title": "", "url": ""},
    }  # fmt: skip
    answer = {
        "totals": TOTALS | {"currency": "EUR"}, "charges": [charge], "scheme": "", "status": "ok",
        "warnings": [], "not_computable": [],
    }  # fmt: skip
    (line,) = breakdown(answer, quote_id="q", incoterm="DDP")["lines"]
    assert (line["base"], line["why"]) == (base, why)
