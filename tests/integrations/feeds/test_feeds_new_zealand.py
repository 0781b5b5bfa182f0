from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from integrations.feeds import new_zealand
from integrations.feeds.operations import Wishes, import_tariff
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import CHAPTERS
from shipsmart.quotes import rulebook
from shipsmart.rules.tariff import Tariff

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
RATE_HEAD = [
    *(f"Tdrc Tariff Level {n}" for n in range(1, 6)), "Tdrc Rate Group", "Tdrc Start Date", "Tdrc Expiry Date",
    "Tdrc Excise Factor", "Tdrc Rate Formula", *(f"Tdrc Factor {letter}" for letter in "ABCDEF"),
]  # fmt: skip
DETAIL_HEAD = [
    *(f"Tic Tariff Level {n}" for n in range(1, 6)), "Tic Tariff Letter", "Tic Tariff Section", "Tic Statistical Unit",
    "Tic Supplementary Unit", "Tic Alternate Tariff Item", "Tic Alternate Ind", "Tic Gst Exempt Ind", "Tic Start Date",
    "Tic Expiry Date", "Tic Tariff Description",
]  # fmt: skip
Rows = Sequence[Sequence[str]]


def levels(code: str) -> list[str]:
    return [code[at : at + 2] for at in range(0, 10, 2)]


def rate(code: str, group: str, formula: str, *factors: str, start: str = "", end: str = "") -> list[str]:
    a, b = (*factors, "", "")[:2]
    return [*levels(code), group, start, end, "", formula, a, b, "", "", "", ""]


def detail(code: str, unit: str = "NMB", end: str = "") -> list[str]:
    return [*levels(code), "A", "11", unit, "", "", "", "", "Jan  1 2022 12:00AM", end, "café ware"]


@pytest.fixture
def folder(tmp_path: Path) -> Callable[[Rows, Rows], Path]:
    def make(rates: Rows, details: Rows) -> Path:
        path = tmp_path / "tariff"
        path.mkdir(exist_ok=True)
        for name, head, rows in (("Tariff_Rates.csv", RATE_HEAD, rates), ("Tariff_Details.csv", DETAIL_HEAD, details)):
            text = "\r\n".join("~".join(row) for row in [head, *rows])
            (path / name).write_bytes(text.encode("cp1252"))
        return path

    return make


RATES = [
    rate("61091000", "NML", "03", "10"),
    rate("61091000", "AU", "01"),
    rate("61091000", "CHN", "3", "2.5"),
    rate("85171300", "NML", "1"),
    rate("85171300", "AU", "1"),
    rate("2204210011", "NML", "4", "0.25"),
    rate("2204210011", "AU", "1"),
    rate("63090000", "NML", "5", "5", "1.87"),
    rate("63090000", "AU", "1"),
    rate("87030000", "NML", "2"),
    rate("87030000", "AU", "1"),
    rate("64010000", "NML", "3", "19", end="Jun 30 2005 11:59PM"),
    rate("64010000", "NML", "3", "10", start="2009-07-01"),
    rate("64010000", "AU", "1"),
    rate("99990000", "NML", "1"),
    rate("71010000", "AU", "1"),
]
DETAILS = [
    detail("61091000"), detail("85171300"), detail("2204210011", "LTR"), detail("63090000", "KGM"), detail("87030000"),
    detail("64010000", "PRS"), detail("71010000"), detail("99990000", end="2020-12-31"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "duty"),
    [("61091000", "10%"), ("85171300", "Free"), ("2204210011", "0.25 NZD / l"), ("63090000", "5% + 1.87 NZD / kg"),
     ("87030000", "?"), ("64010000", "10%"), ("71010000", "?")],
)  # fmt: skip
def test_formulas_become_our_grammar(folder, code, duty):
    schedule = new_zealand.read(folder(RATES, DETAILS), day=DAY)
    assert Tariff("nz", schedule.as_csv()).find(code).text == duty


def test_the_normal_group_is_the_dearest_that_all_codes_have_and_the_others_are_programmes(folder):
    tariff = Tariff("nz", new_zealand.read(folder(RATES, DETAILS), day=DAY).as_csv())
    assert tariff.under("61091000", "AU") == "Free"
    assert tariff.under("61091000", "CHN") == "2.5%"
    assert "85171300" not in tariff.programmes


def test_every_line_is_taken_unread_or_set_aside(folder):
    tally = new_zealand.read(folder(RATES, DETAILS), day=DAY).tally
    assert tally.read == len(RATES) == tally.taken + len(tally.unread) + sum(tally.aside.values())
    assert tally.aside == {"not in force on the day": 1, "a rate of a code that the details no longer have": 1}
    assert [(cell.code, cell.text, cell.reason) for cell in tally.unread] == [
        ("87030000", "formula 2, A -, B -, unit NMB", "a rate or unit that no cart tells"),
        ("71010000", "AU", "no rate of the normal group NML"),
    ]


@pytest.mark.parametrize(
    ("rates", "says"),
    [
        ([rate("6109100", "NML", "1")], "'6109100' is no code"),
        ([rate("61091000", "NML", "1", start="soon")], "'soon' in 'Tdrc Start Date' is no day"),
        ([rate("61091000", "NML", "1", end="2020-01-01")], "no rate is in force"),
        ([rate("61091000", "NML", "1"), rate("61091000", "NML", "3", "5")], "a second rate of 61091000"),
        ([rate("61091000", "A", "1"), rate("85171300", "B", "1")], "no rate group has all codes; found A, B"),
    ],
)
def test_a_damaged_folder_is_refused_with_row_and_column(folder, rates, says):
    with pytest.raises(BadFeed, match=says):
        new_zealand.read(folder(rates, DETAILS), day=DAY)


def test_what_is_not_the_unpacked_archive_is_refused(tmp_path):
    with pytest.raises(BadFeed, match="Tariff_Details.csv is missing"):
        new_zealand.read(tmp_path, day=DAY)
    single = tmp_path / "Tariff_Rates.csv"
    single.write_text("x")
    with pytest.raises(BadFeed, match="give the folder"):
        new_zealand.read(single, day=DAY)


def test_a_whole_folder_is_in_force_from_its_day_and_its_second_import_changes_nothing(root, folder):
    codes = [f"{chapter}010000" for chapter in sorted(CHAPTERS)]
    path = folder([rate(code, "NML", "3", "5") for code in codes], [detail(code) for code in codes])
    wishes = Wishes(effective=date(2026, 11, 1))
    done = import_tariff("newzealand", path, wishes=wishes, today=DAY)
    found = rulebook.current().regime("NZ", region=None, at=AT).plan("61010000", "CN", None).base
    assert (found.text, found.stamp.confidence) == ("5%", "verified")
    assert import_tariff("newzealand", path, wishes=wishes, today=DAY).generation == done.generation
