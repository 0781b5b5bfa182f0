from datetime import date
from pathlib import Path

import pytest

from integrations.feeds import canada
from integrations.feeds.operations import Wishes, import_tariff
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import Schedule
from shipsmart.quotes import rulebook
from shipsmart.rules.tariff import Tariff

HEAD = "Tariff Item,Description of Goods,Unit of Measure,MFN Tariff,Applicable Preferential Tariffs\n"
# Texts as printed in the departmental consolidation of 2025 (chapters 11, 50, 61, 63, 69).
ROWS = """
6109.10,Of cotton:,,,
6109.10.00,Of cotton,,18 %,"UST, MXT, CEUT, CPTPT, UKT: Free"
6109.10.00.11,For men,NMB,,
6307.90.92,Of silk,KGM,16 %,"CCCT, LDCT, UST, MXT: Free GPT: 8 %"
1104.19.12,Over access commitment,TNE,$106.50/tonne plus 7 %,"UST, MXT: Free CPTPT: $38.72/tonne plus 2.5 %"
0702.00.21,Cherry tomatoes,KGM,4.68¢/kg but not less than 12.5 %,"UST: Free"
2208.40.10,Rum,LPA,24.56¢/litre of absolute ethyl alcohol,"UST: Free"
5004.00.00,Silk yarn,KGM,Free,"UST: Free"
0105.11.22,Chicks,NMB,238 % but not less than 30.8¢ per chick,
9801.10.10,Conveyances,,Free,
,A note between the items,,,
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "canada.csv"
    path.write_text(text, encoding="utf-8-sig")
    return path


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    return canada.read(written(tmp_path, HEAD + ROWS.lstrip()))


@pytest.fixture
def tariff(schedule: Schedule) -> Tariff:
    return Tariff("ca", schedule.as_csv())


def test_every_row_is_taken_unread_or_set_aside(schedule):
    tally = schedule.tally
    assert (tally.read, tally.taken, len(tally.unread), sum(tally.aside.values())) == (11, 6, 1, 4)


@pytest.mark.parametrize(
    ("code", "duty"),
    [
        ("6109100011", "18%"),
        ("11041912", "106.5 CAD / t + 7%"),
        ("07020021", "0.0468 CAD / kg MIN 12.5%"),
        ("22084010", "0.2456 CAD / lpa"),
        ("50040000", "Free"),
        ("01051122", "?"),
    ],
)
def test_printed_rates_become_our_grammar(tariff, code, duty):
    assert tariff.find(code).text == duty


def test_a_rate_nobody_can_compute_is_listed_with_its_text(schedule):
    cell = schedule.tally.unread[0]
    assert (cell.code, cell.text) == ("01051122", "238 % but not less than 30.8¢ per chick")


def test_preferences_are_free_or_carry_their_rate(tariff):
    assert tariff.free_under("61091000", "CEUT")
    assert tariff.under("63079092", "GPT") == "8%"
    assert tariff.under("11041912", "CPTPT") == "38.72 CAD / t + 2.5%"
    assert tariff.under("61091000", "GPT") is None


@pytest.mark.parametrize(
    ("cell", "left"), [("UST: Free XX: a third", "XX: a third"), ("see note", "see note"), ("", ""), ("UST: Free", "")]
)
def test_what_is_left_of_the_preferences_is_shown(cell, left):
    assert canada.preferences(cell)[1] == left


def test_two_rates_for_one_item_are_none(tmp_path):
    rows = '6109.10.00,Of cotton,,18 %,"UST: Free"\n6109.10.00,Of cotton,,17 %,"UST: Free"\n'
    schedule = canada.read(written(tmp_path, HEAD + rows))
    assert [row.general for row in schedule.rows] == ["?"]
    assert schedule.tally.unread[0].reason == "a second rate for the same item"


def test_a_file_without_the_column_is_refused_by_its_name(tmp_path):
    with pytest.raises(BadFeed, match="column 'MFN Tariff' is missing"):
        canada.read(written(tmp_path, "Tariff Item,Rate\n6109.10.00,18 %\n"))


def test_an_import_answers_from_its_day_on(root, tmp_path):
    path = written(tmp_path, HEAD + ROWS.lstrip())
    done = import_tariff(
        "canada", path, wishes=Wishes(effective=date(2026, 11, 1), merge=True), today=date(2026, 11, 22)
    )
    assert done.generation == 1
    book = rulebook.current()
    assert any("11041912" in tariff.duties for tariff in book.compiler.tariffs.values())
