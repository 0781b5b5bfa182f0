"""Bad data smuggled into a good folder: `rules check` names the file and the word."""

import shutil
from datetime import date

import pytest

from shipsmart.rules.book import DATA, load_rulebook
from shipsmart.rules.check import check, problems

TODAY = date(2026, 11, 22)
SMUGGLED = {
    "a transport that does not exist": (
        "nz/low_value_sale",
        'duty = "none"',
        'transports = ["pigeon"]\nduty = "none"',
        "transports names 'pigeon'",
    ),
    "a buyer that does not exist": (
        "nz/standard",
        'duty = "tariff"',
        'buyers = ["robot"]\nduty = "tariff"',
        "buyers names 'robot'",
    ),
    "a country that does not exist": (
        "nz/standard",
        'duty = "tariff"',
        'ship_from = ["ZZ"]\nduty = "tariff"',
        "ship_from names 'ZZ'",
    ),
    "a code with a letter": ("nz/low_value_sale", '"2203"', '"22O3"', "not_hs names '22O3'"),
    "a currency that does not exist": ("nz/low_value_sale", "1000 NZD", "1000 XXX", "limit names 'XXX'"),
    "a basis that does not exist": (
        "nz/low_value_sale",
        'limit_basis = "goods"',
        'limit_basis = "mood"',
        "limit_basis names 'mood'",
    ),
    "a part of a base that does not exist": ("nz/gst", '"customs_value"', '"magic"', "base names 'magic'"),
    "a tax in a base that does not exist": ("nz/gst", '"customs_value"', '"tax:vat"', "base names 'tax:vat'"),
    "a fee on a route that does not exist": ("nz/entry_fee", '["standard"]', '["nowhere"]', "routes names 'nowhere'"),
    "a fee per thing that does not exist": ("nz/entry_fee", 'per = "entry"', 'per = "smile"', "per names 'smile'"),
    "a scheme that no request may name": (
        "nz/low_value_sale",
        'scheme = "NZ_GST"',
        'scheme = "NZ_GTS"',
        "scheme names 'NZ_GTS'",
    ),
    "a rate in per cent": ("nz/gst", "rate = 0.15", "rate = 15", "a rate is a ratio"),
}


@pytest.fixture
def folder(tmp_path):
    for name in ("nz", "tariff", "exchange"):
        shutil.copytree(DATA / name, tmp_path / name)
    for table in (tmp_path / "tariff").glob("us*.csv"):
        table.unlink()
    return tmp_path


def wrong(folder):
    return [(finding.rule, finding.message) for finding in problems(check(load_rulebook(folder), today=TODAY))]


def test_the_good_folder_has_nothing_wrong(folder):
    assert wrong(folder) == []


@pytest.mark.parametrize("name", SMUGGLED)
def test_the_check_names_what_was_smuggled_in(folder, name):
    rule, good, bad, message = SMUGGLED[name]
    path = folder / f"{rule}.toml"
    assert good in path.read_text()
    path.write_text(path.read_text().replace(good, bad, 1))
    assert any(message in text for _, text in wrong(folder))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("61O9,1%,verified", "'61O9' is no code"),
        ("610999,ten per cent,estimate", "610999: cannot read the duty"),
        ("610999,1%,sure", "610999: confidence names 'sure'"),
        ("610999", "610999: "),
    ],
)
def test_the_check_names_a_bad_row_of_a_table(folder, row, message):
    path = folder / "tariff" / "nz.csv"
    path.write_text(path.read_text() + row + "\n")
    assert [rule for rule, text in wrong(folder) if message in text] == ["tariff/nz"]


def test_a_check_dated_ahead_of_today_is_named(folder):
    path = folder / "nz" / "gst.toml"
    path.write_text(path.read_text().replace("checked = 2026-11-22", "checked = 2026-11-24"))
    stale = [finding for finding in check(load_rulebook(folder), today=TODAY) if finding.code == "stale"]
    assert [(finding.rule, "a day still to come" in finding.message) for finding in stale] == [("nz/gst", True)]
