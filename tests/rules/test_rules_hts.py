import pytest

from shipsmart.rules.hts import TariffRow, duty_text, folded, rated_lines
from shipsmart.rules.tariff import Tariff


@pytest.mark.parametrize(
    ("published", "text", "bound"),
    [
        ("Free", "Free", False),
        ("16.5%", "16.5%", False),
        ("1.5¢/kg", "0.015 USD / kg", False),
        ("$1.53/kg + 8.5%", "1.53 USD / kg + 8.5%", False),
        ("2¢ each + 5%", "0.02 USD / each + 5%", False),
        ("44¢ each + 6% on the case + 14% on the strap, band or bracelet", "0.44 USD / each + 14%", True),
        ("9.6¢/kg on drained weight", "0.096 USD / kg", True),
    ],
)
def test_published_rates_become_our_grammar(published, text, bound):
    found = duty_text(published)
    assert (found.text, found.bound) == (text, bound)


@pytest.mark.parametrize("published", ["See additional U.S. note 3", "68¢/head", "", "The rate applicable to the set"])
def test_what_no_expression_can_carry_is_reported_and_not_guessed(published):
    assert duty_text(published) is None


def test_unread_lines_are_listed_with_their_text():
    row = {"HTS Number": "0104.20.00.00", "General Rate of Duty": "68¢/head", "Special Rate of Duty": ""}
    lines, unread = rated_lines([{**row, "Column 2 Rate of Duty": "$3/head"}])
    assert unread == [("0104.20.00.00", "68¢/head")]
    assert lines[0].general == "?"


def test_equal_children_fold_into_their_parent():
    rows = [TariffRow("61091000", "16.5%", "90%", "AU"), TariffRow("61099010", "32%", "90%", "")]
    assert [row.hs for row in folded(rows)] == ["6109" + "10", "6109" + "90"]


TABLE = "hs,duty,confidence\n6109,12%,\n610910,10%,\n62,?,\n640411,5%,\n640419,20%,\n"


def test_the_longest_prefix_wins():
    tariff = Tariff("t", TABLE)
    assert tariff.find("6109100010").text == "10%"
    assert tariff.find("610990").matched == "6109"


def test_a_code_shorter_than_the_lines_takes_the_dearest():
    found = Tariff("t", TABLE).find("6404")
    assert (found.text, found.exact, found.spread) == ("20%", False, "5% to 20%")


def test_an_unknown_code_is_none_and_not_zero():
    assert Tariff("t", TABLE).find("990000") is None
