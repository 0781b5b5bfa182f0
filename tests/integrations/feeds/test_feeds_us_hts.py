import json
import os
import time
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.feeds import us_hts
from integrations.feeds.report import BadFeed
from integrations.feeds.schedule import Schedule
from shipsmart.core.expression import Measured, parse
from shipsmart.rules.hts import TariffRow
from shipsmart.rules.tariff import Tariff

SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[4] / "shared"))
HEAD = "HTS Number,Indent,Description,Unit of Quantity,General Rate of Duty,Special Rate of Duty,Column 2 Rate of Duty"
ROWS = """
6109,0,Shirts of knitted fabric:,,,,
,1,Of cotton:,,,,
6109.10.00,1,Of cotton,,16.5%,"Free (AU,BH,S)",90%
6109.10.00.04,2,For men,,,,
6109.90.10,1,Of man-made fibres,,32%,"Free (AU,S) 4% (JP)",90%
0409.00.00,0,Honey,,1.9¢/kg,Free (AU),6.6¢/kg
9101.11.40,0,Watches,,51¢ each + 6.25% on the case and strap,Free (AU),$4 each
0104.20.00.00,0,Goats,,68¢/head,Free (AU),$3/head
9903.05.01,0,Something on top,,25%,,
"""


def written(tmp_path: Path, text: str, name: str = "hts.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8-sig")
    return path


@pytest.fixture
def schedule(tmp_path: Path) -> Schedule:
    return us_hts.read(written(tmp_path, HEAD + ROWS))


@pytest.fixture
def tariff(schedule: Schedule) -> Tariff:
    return Tariff("us", schedule.as_csv())


def test_every_row_is_taken_unread_or_set_aside(schedule):
    tally = schedule.tally
    assert (tally.read, tally.taken, len(tally.unread), sum(tally.aside.values())) == (9, 4, 1, 4)


def test_a_statistical_line_takes_the_rate_of_the_line_above(tariff):
    assert tariff.find("6109100004").text == "16.5%"


def test_specific_rates_become_dollars_per_kilogram(tariff):
    assert tariff.find("04090000").text == "0.019 USD / kg"


def test_rates_on_parts_are_an_upper_bound(tariff):
    found = tariff.find("91011140")
    assert (found.text, found.bound) == ("0.51 USD / each + 6.25%", True)


def test_a_rate_nobody_can_compute_is_listed_and_not_guessed(schedule, tariff):
    assert tariff.find("0104200000").text == "?"
    cell = schedule.tally.unread[0]
    assert (cell.row, cell.code, cell.text) == ("9", "0104200000", "68¢/head")


def test_programmes_free_the_lines_they_name(tariff):
    assert tariff.free_under("61091000", "BH")
    assert not tariff.free_under("61099010", "BH")


def test_a_reduced_preference_carries_its_rate(schedule, tariff):
    assert tariff.programmes["61099010"] == "AU S; JP=4%"
    assert tariff.under("61099010", "JP") == "4%"
    assert tariff.under("61099010", "AU") == "Free"
    assert tariff.under("61099010", "KR") is None
    assert [c.column for c in schedule.tally.partly] == ["Column 2 Rate of Duty"]


def test_a_preference_by_another_line_is_reported_with_row_and_text(tmp_path):
    line = '\n0201.10.50,0,a,,26.4%,"Free (CL,KR) See 9822.04.01-9822.04.03 (AU) 2.5¢/kg + 3% (JO)",31.1%\n'
    found = us_hts.read(written(tmp_path, HEAD + line))
    assert found.rows == [TariffRow("02011050", "26.4%", "31.1%", "CL KR; JO=0.025 USD / kg + 3%")]
    (cell,) = found.tally.partly
    assert (cell.row, cell.text) == ("2", "See 9822.04.01-9822.04.03 (AU)")
    assert cell.reason == "a preference by a quota, a safeguard or another line: the general rate is charged"


def test_a_rate_with_a_fraction_is_read(tmp_path):
    found = us_hts.read(written(tmp_path, HEAD + "\n0101.30.00,0,Asses,,6.8%,,33 1/3%\n0101.90.00,0,a,,12 1/2%,,\n"))
    assert [(row.general, row.other) for row in found.rows] == [("6.8%", "33.3333333333%"), ("12.5%", "?")]


def test_json_gives_the_same_table_as_csv(tmp_path, schedule):
    items = [
        {"htsno": "", "indent": "1", "general": "", "special": "", "other": ""},
        {"htsno": "6109.10.00", "indent": "1", "general": "16.5%", "special": "Free (AU,BH,S)", "other": "90%"},
        {"htsno": "6109.10.00.04", "indent": "2", "general": "", "special": "", "other": None},
        {"htsno": "6109.90.10", "general": "32%", "special": "Free (AU,S) 4% (JP)", "other": "90%", "footnotes": [{}]},
    ]
    path = written(tmp_path, json.dumps(items), "hts.json")
    found = us_hts.read(path)
    assert found.rows == [row for row in schedule.rows if row.hs.startswith("6109")]
    assert found.tally.read == 4


def test_json_larger_than_a_piece_is_read_whole(tmp_path):
    items = [
        {"htsno": f"{n // 100:04d}.{n % 100:02d}.00", "description": "x" * 90, "general": f"{n % 40}%",
         "special": "", "other": "Free"}
        for n in range(1000, 9000)
    ]  # fmt: skip
    found = us_hts.read(written(tmp_path, json.dumps(items, indent=2), "hts.json"))
    assert found.tally.taken == 8000


def test_two_rates_for_one_code_are_not_decided_by_chance(tmp_path):
    rows = "\n6109.10.00,1,a,,16.5%,,90%\n6109.10.00,1,b,,17%,,90%\n"
    found = us_hts.read(written(tmp_path, HEAD + rows))
    assert found.rows == [TariffRow("61091000", "?", "?", "")]
    assert found.tally.unread[0].reason == "a second rate for the same code"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("HTS Number,Indent\n", "row 1: column 'General Rate of Duty' is missing"),
        ("", "row 1: column 'HTS Number' is missing; found nothing"),
        (HEAD + "\n6109.10.00,1,a,,16.5%\n", "row 2: 5 cells where 7 belong (at 'Special Rate of Duty')"),
        (HEAD + '\n6109.10.00,1,a,,16.5%,"Free (AU', "row 2: unexpected end of data"),
    ],
)
def test_a_broken_csv_names_row_and_column(tmp_path, text, said):
    with pytest.raises(BadFeed) as error:
        us_hts.read(written(tmp_path, text))
    assert said in error.value.message


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1}', "no JSON array at the start"),
        ('[{"htsno": "0101", "general": "Free"}, {"htsno": ', "item 2: not JSON"),
        ("[1]", "item 1: int where an object belongs"),
        ('[{"general": "Free"}]', "item 1: 'htsno' is NoneType, not text"),
        ('[{"htsno": "0101", "general": {}}]', "item 1: 'general' is dict, not text"),
        ("[" * 100_000, "item 1: not JSON"),
    ],
)
def test_a_broken_json_names_the_item(tmp_path, text, said):
    with pytest.raises(BadFeed) as error:
        us_hts.read(written(tmp_path, text, "hts.json"))
    assert said in error.value.message


def test_bytes_that_are_no_text_are_refused(tmp_path):
    path = tmp_path / "hts.csv"
    path.write_bytes(HEAD.encode() + b"\n\xff\xfe\x00\n")
    with pytest.raises(BadFeed, match="not utf-8-sig text"):
        us_hts.read(path)


def test_a_number_too_long_for_a_rate_is_not_taken(tmp_path):
    found = us_hts.read(written(tmp_path, HEAD + f"\n6109.10.00,1,a,,{'9' * 400}%,,\n"))
    assert found.rows[0].general == "?"
    assert found.tally.unread[0].reason == "a number too long to be a rate"


CENTS = st.decimals("0.01", "99", places=2)
PERCENTS = st.decimals("0.1", "99", places=1)


@given(percent=PERCENTS, cents=CENTS, value=st.integers(1, 10**6), grams=st.integers(1, 10**6))
def test_what_is_written_the_engine_reads_back_with_the_same_duty(tmp_path_factory, percent, cents, value, grams):
    path = tmp_path_factory.mktemp("hts") / "hts.csv"
    path.write_text(HEAD + f"\n6109.10.00,1,a,,{cents}¢/kg + {percent}%,,\n", encoding="utf-8")
    duty = parse(Tariff("us", us_hts.read(path).as_csv()).find("6109100004").text)
    line = Measured(Decimal(value), Decimal(1), lambda amount, _currency: amount, weight_g=Decimal(grams))
    by_hand = Decimal(value) * percent / 100 + cents / 100 * Decimal(grams) / 1000
    assert abs(duty.amount(line) - by_hand) < Decimal("1e-15") * max(by_hand, 1)


def test_the_published_schedule_in_seconds_with_all_but_125_lines():
    path = SHARED / "data/us/hts_2026_revision_4.csv"
    if not path.is_file():
        pytest.skip("the published schedule is not here (set SHIPSMART_SHARED)")
    started = time.process_time()
    found = us_hts.read(path)
    found.check_whole()
    tariff = Tariff("us", found.as_csv())
    assert time.process_time() - started < 100
    tally = found.tally
    assert (tally.read, tally.taken, len(tally.unread)) == (35733, 11289, 125)
    assert tally.read == tally.taken + len(tally.unread) + sum(tally.aside.values())
    # By hand from the file: rows 6109.10.00, 8518.30.20 and 0409.00.00.
    assert tariff.find("6109100012").text == "16.5%"
    assert tariff.find("8518302000").text == "Free"
    assert tariff.find("0409000000").text == "0.019 USD / kg"


def test_a_part_of_the_schedule_is_no_whole(schedule):
    with pytest.raises(BadFeed, match="no lines for chapters 02, 03, 05"):
        schedule.check_whole()
