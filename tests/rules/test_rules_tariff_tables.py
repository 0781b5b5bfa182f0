"""The tables that ship inside: every row can be read, and a code finds the row that the law means."""

import csv
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shipsmart.core.expression import parse
from shipsmart.rules.book import DATA, Rulebook, current
from shipsmart.rules.tariff import Tariff

TABLES = sorted(path for path in (DATA / "tariff").glob("*.csv") if not path.stem.endswith("_lists"))
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_every_row_has_a_code_of_its_own_a_duty_and_its_confidence(path: Path) -> None:
    rows = list(csv.DictReader(path.read_text().splitlines()))
    codes = [row["hs"] for row in rows]
    assert len(codes) == len(set(codes))
    assert all(code.isdigit() and 2 <= len(code) <= 10 for code in codes)
    assert {row.get("confidence") or "" for row in rows} <= {"", "estimate", "verified"}
    for duty in {row["duty"] for row in rows} - {"?"}:
        parse(duty.removeprefix("~"))


def test_a_code_above_several_rows_takes_the_dearest_and_says_so() -> None:
    table = Tariff("t", "hs,duty\n65,2.7%\n65050010,5.7%\n65050030,2.7%\n6506,2%\n65069910,9%\n")
    found = table.find("650500")
    assert found is not None
    assert (found.text, found.exact, found.spread) == ("5.7%", False, "2.7% to 5.7%")
    assert table.find("65050030").text == "2.7%"  # type: ignore[union-attr]
    assert table.find("650400").text == "2.7%"  # type: ignore[union-attr]


def test_a_heading_speaks_for_the_codes_that_its_own_rows_leave_out() -> None:
    table = Tariff("t", "hs,duty\n6403,8%\n64039998,7%\n")
    found = table.find("640399")
    assert found is not None
    assert (found.text, found.spread) == ("8%", "7% to 8%")


def test_a_programme_gives_its_reduced_duty_and_the_dearest_of_several_lines() -> None:
    table = Tariff("t", "hs,duty,programmes\n61091000,16.5%,AU; KR=4%\n61099010,32%,AU; KR=2%\n61099090,Free,\n")
    assert table.under("610910", "KR") == "4%"
    assert table.under("6109", "KR") == "4%"
    assert table.under("6109", "AU") == "Free"
    assert table.under("610990", "JP") is None
    assert table.free_under("6109", "AU")
    assert not table.free_under("6109", "KR")


def test_an_agreement_charges_the_reduced_duty_of_its_programme() -> None:
    book: Rulebook = current().with_tariff("us", "hs,duty,programmes\n61091000,16.5%,AU; KR=4%\n")
    plan = book.regime("US", region=None, at=AT).plan("6109100004", "KR", "korus")
    assert (plan.base.text, plan.agreement) == ("4%", "KORUS")
    assert book.regime("US", region=None, at=AT).plan("6109100004", "KR", None).base.text == "16.5%"


@pytest.mark.parametrize(
    ("name", "code", "duty"),
    [
        # UK Global Tariff data set of the Department for International Trade, both columns, read line by line.
        ("eu", "91021100", "4.5% MIN 0.30 EUR / item MAX 0.80 EUR / item"),
        ("gb", "91021100", "0.2 GBP / item"),
        ("eu", "621040", "12%"),
        ("eu", "64059090", "4%"),
        ("gb", "830140", "0%"),
        ("gb", "841821", "0%"),
        ("eu", "851830", "0%"),
        ("gb", "95030035", "4%"),
        ("gb", "95030061", "0%"),
        ("eu", "852872", "14%"),
        ("eu", "330300", "0%"),
        ("gb", "871200", "14%"),
        ("jp", "640399", "30% MIN 4300 JPY / pr"),
    ],
)
def test_goods_of_web_shops_bear_the_duty_of_their_line(name: str, code: str, duty: str) -> None:
    found = current().compiler.tariffs[name].find(code)
    assert found is not None
    assert found.text == duty
