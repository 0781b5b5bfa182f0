"""The lines of nomenclatures: each official shape, in small; the whole US schedule where it is at hand."""

from datetime import date
from pathlib import Path

import pytest
from django.test import override_settings

from integrations.feeds import nomenclatures
from integrations.feeds.operations import Wishes, import_nomenclature
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import CHAPTERS
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.classify.national import settle, told_by

TODAY = date(2026, 11, 22)
HTS = Path(__file__).parents[4] / "shared" / "data" / "us" / "hts_2026_revision_4.csv"
OTHERS = sorted(CHAPTERS - {"61"})
SHAPES = {
    "hts": (
        "HTS Number,Indent,Description",
        ["6109.10.00,1,Of cotton", ',2,"Men\'s or boys\':"', "6109.10.00.12,3,T-shirts", "6109.10.00.27,3,Other",
         ',2,"Women\'s or girls\':"', "6109.10.00.40,3,T-shirts", "6109.90.10,1,Of silk"],
        "{}01.10.00,1,All",
        {"6109100012": "Men's or boys' > T-shirts", "6109100027": "Men's or boys' > Other",
         "6109100040": "Women's or girls' > T-shirts", "6109901000": ""},
    ),
    "taric": (
        "Goods code,Start date,End date,Indent,Description",
        ["6109000000 80,2022-01-01,,,T-shirts", "6109100000 80,2022-01-01,,-,Of cotton",
         "6109100005 80,2010-01-01,2020-12-31,- -,Ended", "6109100010 80,2022-01-01,,- -,T-shirts",
         "6109100090 80,2022-01-01,,- -,Other", "6109900000 80,2022-01-01,,-,Of other"],
        "{}01000000 80,2022-01-01,,,All",
        {"6109100010": "T-shirts", "6109100090": "Other", "6109900000": ""},
    ),
    "uk": (
        "id,commodity__sid,commodity__code,commodity__suffix,commodity__description,commodity__validity_start,"
        "commodity__validity_end,parent__sid,parent__code,parent__suffix",
        ["1,1,6109000000,80,T-shirts,1972-01-01,#NA,#NA,#NA,#NA", "2,2,6109100000,80,Of cotton,1972-01-01,#NA,1,61,80",
         "3,3,6109100010,80,Vests,2021-01-01,#NA,2,6109100000,80",
         "4,4,6109100090,80,Other,2021-01-01,2999-12-31,2,61,80",
         "5,5,6109100095,80,Ended,2001-01-01,2021-01-01,2,61,80"],
        "{0},9{0},{0}01000000,80,All,1972-01-01,,,,",
        {"6109100010": "Vests", "6109100090": "Other"},
    ),
    "canada": (
        "Tariff Item,SS,Description of Goods",
        ["61.09,,T-shirts", "6109.10.00,,-Of cotton", '6109.10.00,10,"- - -Men\'s"', '6109.10.00,20,"- - -Women\'s"'],
        "{}01.10.00,,All",
        {"6109100010": "Men's", "6109100020": "Women's"},
    ),
    "australia": (
        "Reference Number,Statistical Code,Goods",
        ["6109.10.00,,Of cotton", "6109.10.00,18,Mens", "6109.10.00,19,Womens"],
        "{}01.10.00,,All",
        {"6109100018": "Mens", "6109100019": "Womens"},
    ),
}  # fmt: skip


def write(tmp_path: Path, kind: str, *, leave_out: str = "") -> Path:
    header, rows, filler, _ = SHAPES[kind]
    file = tmp_path / f"{kind}.csv"
    others = [filler.format(chapter) for chapter in OTHERS if chapter != leave_out]
    file.write_text("\n".join([header, *rows, *others]) + "\n")
    return file


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_each_shape_gives_its_declarable_lines(kind: str, tmp_path: Path) -> None:
    found = dict(nomenclatures.read(kind, write(tmp_path, kind)).rows)
    assert {code: levels for code, levels in found.items() if code.startswith("61")} == SHAPES[kind][3]
    assert len(found) == len(SHAPES[kind][3]) + len(OTHERS)


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_half_a_nomenclature_is_refused(kind: str, tmp_path: Path) -> None:
    with pytest.raises(BadFeed, match="no lines for chapters 42"):
        nomenclatures.read(kind, write(tmp_path, kind, leave_out="42"))


def test_a_depth_that_is_none_is_counted_not_guessed(tmp_path: Path) -> None:
    file = write(tmp_path, "hts")
    file.write_text(file.read_text() + "6110.10.00,deep,Sweaters\n")
    found = nomenclatures.read("hts", file)
    assert [cell.text for cell in found.tally.unread] == ["deep"]


def test_an_import_serves_from_then_on(tmp_path: Path) -> None:
    with override_settings(VAR_DIR=tmp_path / "var"):
        assert table_for("CA") is None
        import_nomenclature("canada", write(tmp_path, "canada"), wishes=Wishes(effective=date(2026, 1, 1)), today=TODAY)
        table = table_for("CA")
        assert table is not None
        assert settle(table, "610910", told=told_by(["women"], [], {})).code == "6109100020"


def test_an_import_goes_before_what_ships_inside(tmp_path: Path) -> None:
    with override_settings(VAR_DIR=tmp_path / "var"):
        before = table_for("DE")
        import_nomenclature("taric", write(tmp_path, "taric"), wishes=Wishes(effective=date(2026, 1, 1)), today=TODAY)
        after = table_for("DE")
        assert before is not None
        assert after is not None
        assert before.source == "packaged"
        assert after.codes >= {"6109100010", "6109100090"}
        assert "6109100005" not in after.codes


def test_a_trial_run_changes_nothing(tmp_path: Path) -> None:
    with override_settings(VAR_DIR=tmp_path / "var"):
        import_nomenclature("canada", write(tmp_path, "canada"), wishes=Wishes(dry_run=True), today=TODAY)
        assert table_for("CA") is None


@pytest.mark.skipif(not HTS.exists(), reason="the US schedule is not at hand")
def test_the_whole_us_schedule_gives_its_ten_digit_lines() -> None:
    found = nomenclatures.read("hts", HTS)
    assert len(found.rows) > 18_000
    assert {len(code) for code, _ in found.rows} == {10}
    assert not found.tally.unread
