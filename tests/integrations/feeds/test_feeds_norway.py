import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from integrations.feeds import norway
from integrations.feeds.operations import Wishes, import_tariff
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import CHAPTERS, Schedule
from shipsmart.quotes import rulebook
from shipsmart.rules.tariff import Tariff

DAY = date(2026, 11, 22)
AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rate(value: str, unit: str = "P", first: str = "2026-01-01", last: str = "") -> dict[str, str]:
    return {"satsVerdi": value, "satsEnhet": unit, "satsEnhetBeskrivelse": "", "fomdato": first, "tomdato": last}


def ware(code: str, **groups: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "id": code, "enhet": "N", "enhetBeskrivelse": "", "annenEnhet": None, "annenEnhetBeskrivelse": None,
        "avtalesatser": [{"landgruppe": group, "sats": rates} for group, rates in groups.items()],
    }  # fmt: skip


WARES = [
    ware("61091000", TALL=[rate("10,70")], TEU=[rate("0,00")], TGSP=[rate("5,00")]),
    ware("64039900", TALL=[rate("0,00")], TEU=[rate("0,00")]),
    ware("02012000", TALL=[rate("24,64", "K", "2025-01-01", "2025-12-31"), rate("25,00", "K")], TX=[rate("1,00", "Z")]),
    ware("01012100", TALL=[rate("5000,00", "S")]),
    ware("04061000", TALL=[rate("277,00"), rate("27,15", "K")]),
    ware("19011000", TALL=[rate("999999,99", "K")]),
    ware("22030000", TALL=[rate("3,00", "L")]),
    ware("97011000", TALL=[rate("3,00", first="2027-01-01")]),
]


def written(tmp_path: Path, wares: list[Any], **change: Any) -> Path:
    path = tmp_path / "tollavgiftssats.json"
    path.write_text(json.dumps({"versjon": "1.2", "varer": wares} | change), encoding="utf-8")
    return path


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    return norway.read(written(tmp_path, WARES), day=DAY)


@pytest.mark.parametrize(
    ("code", "duty"),
    [("61091000", "10.7%"), ("64039900", "Free"), ("02012000", "25 NOK / kg"), ("01012100", "5000 NOK / item"),
     ("04061000", "?"), ("19011000", "?"), ("22030000", "?"), ("97011000", "?")],
)  # fmt: skip
def test_ordinary_rates_become_our_grammar(schedule, code, duty):
    assert Tariff("no", schedule.as_csv()).find(code).text == duty


def test_agreements_stand_under_their_groups_where_the_ordinary_rate_is_not_free(schedule):
    tariff = Tariff("no", schedule.as_csv())
    assert tariff.under("61091000", "TEU") == "Free"
    assert tariff.under("61091000", "TGSP") == "5%"
    assert "64039900" not in tariff.programmes


def test_every_code_is_taken_or_listed_with_its_reason(schedule):
    tally = schedule.tally
    assert (tally.read, tally.taken) == (8, 4)
    assert {cell.code: cell.reason for cell in tally.unread} == {
        "04061000": "more than one ordinary rate at once",
        "19011000": "a rate or unit that no cart tells",
        "22030000": "a rate or unit that no cart tells",
        "97011000": "no ordinary rate",
    }
    assert [(cell.code, cell.column, cell.text) for cell in tally.partly] == [
        ("02012000", "TX", "1,00 Z"),
        ("97011000", "fomdato", "3,00 P"),
    ]
    assert tally.partly[1].reason == "a later rate: import again from 2027-01-01 on"


@pytest.mark.parametrize(
    ("wares", "says"),
    [
        ([{"id": "6109", "avtalesatser": []}], "'id' must be a code of 8 digits"),
        ([{"id": "61091000"}], "'avtalesatser' must be a list"),
        ([{"id": "61091000", "avtalesatser": [{"landgruppe": "TALL"}]}], "without 'landgruppe' or 'sats'"),
        ([ware("61091000", TALL=[{"satsEnhet": "P"}])], "a rate without 'satsVerdi'"),
        ([ware("61091000", TALL=[rate("1,00", first="01.01.2026")])], "'fomdato' must be a day"),
        ([ware("61091000", TALL=[]), ware("61091000", TALL=[])], "stands twice"),
        (["61091000"], "where an object belongs"),
    ],
)
def test_a_damaged_file_is_refused_with_item_and_field(tmp_path, wares, says):
    with pytest.raises(BadFeed, match=says):
        norway.read(written(tmp_path, wares), day=DAY)


def test_a_file_of_another_kind_is_refused(tmp_path):
    path = tmp_path / "x.json"
    path.write_text('{"avsnitt": []}')
    with pytest.raises(BadFeed, match="below 'varer'"):
        norway.read(path, day=DAY)


def test_a_whole_file_is_in_force_from_its_day_and_its_second_import_changes_nothing(root, tmp_path):
    wares = [ware(f"{chapter}010000", TALL=[rate("0,00")]) for chapter in CHAPTERS if chapter != "61"]
    path = written(tmp_path, [*wares, WARES[0]])
    done = import_tariff("norway", path, wishes=Wishes(effective=date(2026, 11, 1)), today=DAY)
    plan = rulebook.current().regime("NO", region=None, at=AT).plan("61091000", "CN", None)
    assert (plan.base.text, plan.base.stamp.confidence) == ("10.7%", "verified")
    again = import_tariff("norway", path, wishes=Wishes(effective=date(2026, 11, 1)), today=DAY)
    assert again.generation == done.generation
    with pytest.raises(BadFeed, match="no lines for chapters"):
        import_tariff("norway", written(tmp_path, [WARES[0]]), wishes=Wishes(), today=DAY)
    assert rulebook.current().regime("NO", region=None, at=AT).plan("64010000", "CN", None).base.text == "Free"
