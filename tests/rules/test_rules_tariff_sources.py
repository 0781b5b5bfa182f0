"""A row of a tariff may name where it was read; rows that a law had before lie over the table in force."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from shipsmart.rules.book import current, load_rulebook
from shipsmart.rules.coverage import coverage
from shipsmart.rules.dated import BadRule
from shipsmart.rules.sources import read_sources
from shipsmart.rules.tariff import Tariff, laid_over, level

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)
GOOD = '[law]\ntitle = "Decreto 2598"\nurl = "https://example.org/law"\nchecked = 2026-11-22\n'


def test_a_line_of_eight_digits_is_called_one() -> None:
    assert level("61091000") == "tariff line 61091000"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("title = ", "titel = "), "give checked, title, url"),
        (('"Decreto 2598"', '" "'), "title"),
        (("https://example.org/law", "the gazette"), "url must be an address"),
        (("2026-11-22", "2026-11-22T00:00:00Z"), "checked must be a day"),
        (("[law]", "[law"), "sources.toml"),
    ],
)
def test_a_source_that_leads_nowhere_does_not_load(change: tuple[str, str], says: str) -> None:
    with pytest.raises(BadRule, match=re.escape(says)):
        read_sources(GOOD.replace(*change))


def test_a_row_that_names_an_unknown_source_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "tariff").mkdir()
    (tmp_path / "tariff" / "xx.csv").write_text("hs,duty,source\n61,40%,law\n")
    with pytest.raises(BadRule, match=r"no \[law\] in tariff/sources.toml"):
        load_rulebook(tmp_path)
    (tmp_path / "tariff" / "sources.toml").write_text(GOOD)
    assert load_rulebook(tmp_path).compiler.tariffs["xx"].source_of("61").checked == date(2026, 11, 22)  # type: ignore[union-attr]


def test_the_rows_a_law_had_before_lie_over_the_table_in_force() -> None:
    table = Tariff("mx", "hs,duty,confidence\n33,25%,\n3304,25%,\n330410,36%,verified\n61,35%,\n")
    older = laid_over(table, Tariff("mx.until_2026", "hs,duty\n3304,15%\n"))
    assert {code: older.find(code).text for code in ("330410", "330300", "610910")} == {  # type: ignore[union-attr]
        "330410": "15%", "330300": "25%", "610910": "35%",
    }  # fmt: skip
    assert older.confidence == {}


def test_older_rows_without_a_table_to_lie_over_do_not_load(tmp_path: Path) -> None:
    (tmp_path / "tariff").mkdir()
    (tmp_path / "tariff" / "xx.until_2026.csv").write_text("hs,duty\n61,40%\n")
    with pytest.raises(BadRule, match="no table 'xx' to lay it over"):
        load_rulebook(tmp_path)


def test_a_coverage_counts_fallback_unknown_and_chapters_apart() -> None:
    rule = replace(current().compiler.base_of("CO", AT), tariff=Tariff("t", "hs,duty\n61,40%\n6203,12%\n22,?\n"))
    book = replace(current(), compiler=_OneBase(rule))
    one = next(c for c in coverage(book, codes=["610910", "620342", "220421", "950300"], at=AT))
    assert (one.verified, one.estimate, one.fallback, one.unknown, one.by_chapter) == (0, 2, 1, 1, 1)


class _OneBase:
    """A compiler that knows one place."""

    def __init__(self, rule: object) -> None:
        self.rule = rule
        self.rules = {"co/jurisdiction": current().rule("co/jurisdiction")}

    def base_of(self, _country: str, _at: datetime) -> object:
        return self.rule


def test_a_table_without_its_columns_does_not_load(tmp_path: Path) -> None:
    (tmp_path / "tariff").mkdir()
    (tmp_path / "tariff" / "xx.csv").write_text("code,duty\n61,40%\n")
    with pytest.raises(BadRule, match="must name the columns hs and duty"):
        load_rulebook(tmp_path)
