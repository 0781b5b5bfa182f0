"""Rate and boundary files in the shape of the Streamlined agreement, made here after its published description."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.feeds import operations, streamlined
from integrations.feeds.operations import Wishes
from integrations.feeds.report import BadFeed
from tests.integrations.feeds.test_feeds_local_rates import local, quote

NO_END = "29991231"
RATES = (
    "20,45,20,.065,.065,.02,.02,20150701,29991231",
    "20,00,209,.01,.01,.01,.01,20100101,29991231",
    "20,01,36000,.0299,.01625,.01625,.01625,20180401,29991231",
    "20,01,36000,.0299,.0175,.01625,.01625,20261001,29991231",
    "20,63,WY001,.006,.006,.006,.006,20200101,29991231",
)


def boundary(kind, low, high="", *, county="", place="", districts=(), days=("20100101", NO_END), **more):
    """Return a record of 89 cells; postcodes are written 66101 or 66101-0001."""
    cells = [kind, *days, *[""] * 86]
    if kind == "A":
        cells[7], cells[15] = "MAIN", low
    else:
        (cells[17], _, cells[18]), (cells[19], _, cells[20]) = low.partition("-"), (high or low).partition("-")
    cells[21], cells[22], cells[23] = more.get("composite", ""), more.get("state", "20"), more.get("indicator", "20")
    cells[24], cells[25] = county, place
    for position, (code, type_) in enumerate(districts):
        cells[30 + 3 * position], cells[31 + 3 * position] = code, type_
    return ",".join(cells)


BOUNDARIES = (
    boundary("Z", "66101", county="209", place="36000"),
    boundary("4", "66101-0001", "66101-0999", county="209", place="36000"),
    boundary("4", "66101-1000", "66101-9999", county="209", place="36000", districts=[("WY001", "63")]),
    boundary("Z", "66012", "66013", county="209"),
    boundary("Z", "66014"),
    boundary("A", "66103", county="209", place="36000"),
    boundary("Z", "66104", county="209", days=("20100101", "20241231")),
)


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "kansas"
    made.mkdir()

    def fill(rates=RATES, boundaries=BOUNDARIES):
        (made / "KSR2026Q4.csv").write_text("".join(f"{row}\n" for row in rates))
        (made / "KSB2026Q4.txt").write_text("".join(f"{row}\n" for row in boundaries))
        return made

    return fill


def bring(path, **wishes):
    return operations.import_local_rates("sst", path, wishes=Wishes(**wishes))


@pytest.mark.parametrize(
    ("postcode", "day", "rates"),
    [
        ("66101-0500", (2026, 9, 30), ["2.625%"]),
        ("66101-0500", (2026, 10, 2), ["2.75%"]),
        ("66101-1000", (2026, 10, 2), ["3.35%"]),
        ("66101", (2026, 10, 2), ["2.75%"]),
        ("66013", (2026, 10, 2), ["1%"]),
        ("66014", (2026, 10, 2), ["0%"]),
        ("66103", (2026, 10, 2), ["2.75%"]),
        ("66104", (2026, 10, 2), []),
    ],
)
def test_the_interstate_rates_of_all_jurisdictions_are_added(root, folder, postcode, day, rates):
    bring(folder())
    assert [rate for rate, _ in local(quote(postcode, "KS", at=datetime(*day, 18, tzinfo=UTC)))] == rates


def test_the_report_counts_every_row_of_both_files(root, folder):
    report = bring(folder()).report
    assert (report.tally.read, report.tally.taken, report.rows_written) == (12, 11, 13)
    assert report.tally.aside == {"ended before the rulebook's sales taxes begin": 1}
    assert report.effective == "2025-01-01T00:00:00-06:00"


def test_a_row_names_what_each_jurisdiction_adds(root, folder):
    bring(folder())
    [row] = [row for row in quote("66101-1000", "KS")["charges"] if "local_sales_tax" in row["rule"]]
    assert row["name"].endswith("ZIP 66101-1000 (county 209 1%, district WY001 0.6%, place 36000 1.625%)")
    assert row["source"]["title"] == "Streamlined Sales Tax, rate and boundary files, KS"


def test_the_rate_that_the_state_publishes_of_itself_is_charged(root, folder):
    bring(folder((*RATES, "20,45,20,.06,.06,.0,.0,20260101,29991231")))
    [row] = [row for row in quote("66012", "KS")["charges"] if row["rule"] == "us/sales_tax_ks"]
    assert (row["rate"], row["in_force"]["from"]) == ("6%", "2026-01-01T00:00:00-06:00")


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (boundary("Z", "66105", county="209", place="99999"), "FIPS Place Code", "place 99999 has no rate"),
        (boundary("Z", "66105", districts=[("ZZ999", "63")]), "Special Tax District Code", "has no rate"),
        (boundary("Z", "6610X", county="209"), "Zip Code Low", "not a number of 5 digits"),
        (boundary("4", "66105-00ND", county="209"), "Zip Extension Low", "not a number of 4 digits"),
        (boundary("Z", "66105", "66104", county="209"), "Zip Code High", "before the first"),
        (boundary("Z", "66105", days=("20261301", NO_END)), "Beginning Effective Date", "not a day"),
        (boundary("Z", "66105", days=("20260101", "20251231")), "Ending Effective Date", "before the beginning"),
        (boundary("Z", "66105", indicator=""), "FIPS State Indicator", "the state's own tax is not due"),
        (boundary("Z", "66105", composite="12345"), "Composite SER Code", "only a composite code"),
    ],
)
def test_a_record_that_cannot_be_carried_is_listed_and_charges_nothing(root, folder, row, column, said):
    report = bring(folder(RATES, (*BOUNDARIES, row))).report
    [cell] = report.tally.unread
    assert (cell.row, cell.column) == ("KSB2026Q4.txt 8", column)
    assert said in cell.reason
    assert local(quote("66105", "KS")) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("20,00,001,1.0,1.0,.0,.0,20100101,29991231", "General Tax Rate Interstate"),
        ("20,00,209,.02,.02,.0,.0,20100101,29991231", "General Tax Rate Interstate"),
        ("20,00,001,.01,.01,.0,.0,2010-01-01,29991231", "Beginning Effective Date"),
    ],
)
def test_a_rate_that_cannot_be_read_is_listed(folder, row, column):
    [cell] = streamlined.read(folder((*RATES, row))).tally.unread
    assert (cell.row, cell.column) == ("KSR2026Q4.csv 6", column)


def test_a_level_that_levies_nowhere_in_the_state_is_no_fault(folder):
    counties_only = [row for row in RATES if ",01," not in row]
    found = streamlined.read(folder(counties_only, [boundary("Z", "66101", county="209", place="36000")]))
    assert not found.tally.unread
    [(pieces, _)] = found.tables["KS"].areas.items()
    assert [piece[1] for piece in pieces] == [Decimal("0.01")]


def test_days_on_which_a_jurisdiction_has_no_rate_are_left_open(root, folder):
    late = ("20,00,001,.01,.01,.0,.0,20260701,29991231",)
    bring(folder((*RATES, *late), (*BOUNDARIES, boundary("Z", "66105", county="001"))))
    days = (datetime(2026, 6, 30, tzinfo=UTC), datetime(2026, 7, 2, tzinfo=UTC))
    assert [local(quote("66105", "KS", at=at)) for at in days] == [[], [("1%", "1.00")]]


def test_a_record_of_nine_digits_that_names_five_speaks_for_all_of_them(folder):
    found = streamlined.read(folder(RATES, [boundary("4", "66016", county="209")]))
    [(low, high, _, _)] = found.tables["KS"].five
    assert (low, high, found.tables["KS"].nine) == (66016, 66016, set())


def test_a_younger_rate_ends_an_older_one_that_was_left_open():
    first, second = date(2020, 1, 1), date(2024, 4, 1)
    found = streamlined.in_turn([((second, None), Decimal("0.02")), ((first, None), Decimal("0.01"))])
    assert found == [((first, second), Decimal("0.01")), ((second, None), Decimal("0.02"))]


def test_a_state_without_local_rates_brings_its_own_rate_alone(root, tmp_path):
    (tmp_path / "michigan").mkdir()
    (tmp_path / "michigan" / "MIR2026Q4.csv").write_text("26,45,26,.055,.055,.0,.0,20260101,29991231\n")
    bring(tmp_path / "michigan")
    [row] = [row for row in quote("48201", "MI")["charges"] if row["rule"] == "us/sales_tax_mi"]
    assert row["rate"] == "5.5%"


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "holds no rate file"),
        ({"KSR.csv": RATES[0] + "\n" + RATES[1] + "\n"}, "no boundary of KS could be read"),
        ({"KSB.csv": BOUNDARIES[0] + "\n"}, "has no rate file in the folder"),
        ({"KSR.csv": RATES[0] + "\n", "KSR2.csv": RATES[0] + "\n"}, "a second rate file of KS"),
        ({"KSR.csv": "20,45,20,.065\n"}, "4 cells where 9 or more belong"),
        ({"KSR.csv": "State,Type,Code\n"}, "begins neither a rate file"),
        ({"KSR.csv": RATES[0] + "\n" + RATES[1].replace("20,", "31,", 1) + "\n"}, "State '31' in the file of 20"),
        ({"KSR.csv": ""}, "is empty"),
        ({"KSR.csv": "PK\x03\x04"}, "a zip archive"),
    ],
)
def test_a_folder_of_another_shape_is_refused_and_leaves_no_trace(root, tmp_path, files, said):
    made = tmp_path / "folder"
    made.mkdir()
    for name, text in files.items():
        (made / name).write_text(text)
    with pytest.raises(BadFeed, match=said):
        bring(made)
    assert not root.exists()


def test_a_single_file_is_refused_with_the_remedy(root, folder):
    with pytest.raises(BadFeed, match="give the folder"):
        bring(folder() / "KSR2026Q4.csv")
