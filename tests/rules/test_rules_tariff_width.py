"""The tables that ship inside: where rows were read, how close a match was, since when they hold, how wide they are."""

import re
from datetime import UTC, date, datetime

import pytest

from shipsmart.classify.thesaurus import read_kinds
from shipsmart.rules.book import DATA, current
from shipsmart.rules.check import check
from shipsmart.rules.coverage import coverage
from shipsmart.rules.sources import read_sources

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def known_codes() -> set[str]:
    codes = {choice.hs_code for _, kind in read_kinds() for choice in kind.choices}
    return {code for code in codes if len(code) == 6}


def base(country: str, code: str, at: datetime = AT):
    return current().regime(country, region=None, at=at).plan(code, "CN", None).base


def test_a_row_names_the_law_it_was_read_in() -> None:
    found = base("CO", "610910")
    assert (found.text, found.stamp.confidence) == ("40%", "verified")
    assert found.stamp.source["title"].startswith("Colombia, Decreto 2598 de 2022")  # type: ignore[union-attr]


def test_a_row_without_a_source_of_its_own_rests_on_the_rule_of_its_table() -> None:
    assert base("CO", "630260").stamp.source["title"] == "Decreto 1881 de 2021"


@pytest.mark.parametrize(
    ("country", "code", "words"),
    [("CO", "610910", "chapter 61"), ("JP", "420310", "heading 4203"), ("MX", "330410", "subheading 330410"),
     ("US", "6109100004", "subheading 610910")],
)  # fmt: skip
def test_the_answer_says_how_close_the_match_was(country: str, code: str, words: str) -> None:
    assert base(country, code).stamp.name.endswith(f", {words}")


@pytest.mark.parametrize(
    ("country", "code", "before", "change", "after"),
    [
        ("MX", "330410", "15%", "2026-01-01T00:00:00-06:00", "36%"),
        ("AR", "610910", "35%", "2025-03-18T00:00:00-03:00", "20%"),
        ("AR", "950450", "35%", "2025-05-21T00:00:00-03:00", "20%"),
        ("AR", "851713", "8%", "2026-01-15T00:00:00-03:00", "0%"),
        ("AU", "960321", "5%", "2024-07-01T00:00:00+10:00", "0%"),
    ],
)
def test_a_tariff_of_today_begins_at_its_instant(country: str, code: str, before: str, change: str, after: str) -> None:
    at = datetime.fromisoformat(change)
    assert base(country, code, datetime.fromtimestamp(at.timestamp() - 1, UTC)).text == before
    assert base(country, code, at).text == after


def test_every_source_is_used_and_every_verified_row_of_a_guessed_table_names_one() -> None:
    tables = current().compiler.tariffs.values()
    used = {key for table in tables for key in table.sources}
    assert used == set(read_sources((DATA / "tariff" / "sources.toml").read_text()))
    silent = {
        (table.name, code)
        for table in tables
        for code, sure in table.confidence.items()
        if sure == "verified" and code not in table.cited and table.name not in ("us", "eu")
    }
    assert silent == set()


def test_sources_that_nobody_read_for_a_year_are_named() -> None:
    stale = [found.message for found in check(current(), today=date(2028, 1, 1)) if found.rule == "tariff/sources"]
    assert len(stale) == len({key for table in current().compiler.tariffs.values() for key in table.sources})
    assert any(message.startswith("[co_2598] last checked on 2026-11-22") for message in stale)


def test_every_place_knows_a_duty_for_nearly_all_goods_of_web_shops() -> None:
    codes = known_codes()
    found = coverage(current(), codes=codes, at=AT)
    assert len(codes) > 2000
    assert {one.country: one.fallback for one in found if one.fallback > 0.01 * len(codes)} == {}
    for one in found:
        assert one.verified + one.estimate + one.fallback + one.unknown == len(codes)


def test_the_page_on_coverage_tells_the_truth_about_every_place() -> None:
    page = (DATA.parent / "README.md").read_text().partition("## How wide each place is")[2].partition("##")[0]
    told = {
        place: [int(cell) for cell in cells.split("|") if cell.strip()]
        for places, cells in re.findall(r"^\| `([A-Z ]+)` \|(.*)\|$", page, re.M)
        for place in places.split()
    }
    codes = known_codes()
    assert set(told) == set(current().countries)
    for one in coverage(current(), codes=codes, at=AT):
        counted = [one.verified, one.estimate, one.fallback + one.unknown, one.by_chapter]
        for said, count in zip(told[one.country], counted, strict=True):
            assert abs(said - 100 * count / len(codes)) < 3, one
