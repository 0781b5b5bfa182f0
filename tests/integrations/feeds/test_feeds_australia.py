from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from integrations.feeds import australia
from integrations.feeds.operations import Wishes, import_tariff
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import CHAPTERS
from shipsmart.quotes import rulebook
from shipsmart.rules.tariff import Tariff

HEAD = "Reference Number,Statistical Code,Unit,Goods,Rate\n"
# Rates as printed in the working tariff of 2026 (chapters 70 and 71) and in its older pages.
ROWS = """7019.65.00,65,sm,"-- Open woven fabrics, narrow",5%
7019.80.00,80,..,- Glass wool,5% DCS4% DCT5%
7020.00.90,28,..,--- Other,Free
7101.10.00,31,..,- Natural pearls,\u200bFree
0406.90.90,19,kg,--- Other,$1.22/kg
2203.00.61,46,L,---- Beer,$59.97/L of alcohol
6109,,,"T-SHIRTS, SINGLETS AND OTHER VESTS",
,12,No,--- Men's,
6109.10.00,10,No,- Of cotton,5% DC:Free
"""


def written(tmp_path: Path, rows: str) -> Path:
    path = tmp_path / "schedule3.csv"
    path.write_text(HEAD + rows, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("code", "duty"),
    [("70196500", "5%"), ("70198000", "5%"), ("70200090", "Free"), ("71011000", "Free"), ("04069090", "1.22 AUD / kg"),
     ("22030061", "?"), ("61091000", "5%")],
)  # fmt: skip
def test_printed_rates_become_our_grammar(tmp_path, code, duty):
    schedule = australia.read(written(tmp_path, ROWS))
    assert Tariff("au", schedule.as_csv()).find(code).text == duty


def test_rates_for_developing_countries_are_programmes(tmp_path):
    tariff = Tariff("au", australia.read(written(tmp_path, ROWS)).as_csv())
    assert (tariff.under("70198000", "DCS"), tariff.under("70198000", "DCT")) == ("4%", "5%")
    assert tariff.free_under("61091000", "DC")
    assert tariff.under("70196500", "DCS") is None


def test_every_row_is_taken_unread_or_set_aside(tmp_path):
    tally = australia.read(written(tmp_path, ROWS + "see note,,,,5%\n6109.10.00,11,No,- Of cotton,4%\n")).tally
    assert (tally.read, tally.taken, sum(tally.aside.values())) == (11, 6, 2)
    assert [(cell.code, cell.reason) for cell in tally.unread] == [
        ("22030061", "a rate or unit that no cart tells"),
        ("see note", "not a code of the tariff"),
        ("61091000", "a second rate for the same item"),
    ]


def test_a_file_without_the_column_is_refused_by_its_name(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("Reference Number,Duty\n6109.10.00,5%\n")
    with pytest.raises(BadFeed, match="column 'Rate' is missing"):
        australia.read(path)


def test_a_whole_file_is_in_force_and_its_second_import_changes_nothing(root, tmp_path):
    path = written(tmp_path, "".join(f"{chapter}01.00.00,01,kg,goods,4%\n" for chapter in sorted(CHAPTERS)))
    wishes, today = Wishes(effective=date(2026, 11, 1)), date(2026, 11, 22)
    done = import_tariff("australia", path, wishes=wishes, today=today)
    at = datetime(2026, 11, 22, 12, tzinfo=UTC)
    found = rulebook.current().regime("AU", region=None, at=at).plan("61010000", "CN", None).base
    assert (found.text, found.stamp.confidence) == ("4%", "verified")
    assert import_tariff("australia", path, wishes=wishes, today=today).generation == done.generation
