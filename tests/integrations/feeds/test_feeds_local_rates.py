"""Local sales taxes from a merchant's own CSV, into the rulebook and out again in a quote."""

from dataclasses import replace
from datetime import UTC, date, datetime
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from integrations.feeds import local_plain, operations, store
from integrations.feeds.local_rates import merged, midnight
from integrations.feeds.operations import Wishes
from integrations.feeds.report import BadFeed
from shipsmart import rules
from shipsmart.core.codes import US_STATES
from shipsmart.quotes import landed, rulebook

HEAD = "state,zip,zip_to,rate,valid_from,valid_to,county,city,clothing,state_rate,source\n"
JUNE = datetime(2026, 6, 10, 18, tzinfo=UTC)


def own(folder, *rows, head=HEAD, name="own.csv"):
    path = folder / name
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return path


def bring(path, **wishes):
    return operations.import_local_rates("manual", path, wishes=Wishes(**wishes))


def quote(postcode, state="TX", at=JUNE, law=None):
    line = {"id": "1", "quantity": 1, "unit_price": "100.00", "hs_code": "847130", "origin": "GB"}
    place = {"country": "US", "region": state, "postcode": postcode}
    data = {"at": at.isoformat(), "ship_from": {"country": "GB"}, "ship_to": place, "currency": "USD", "lines": [line]}
    return landed.answer({**data, "schemes": [f"US_SALES_TAX:{state}"]}, now=JUNE, law=law)


def local(answer):
    return [(row["rate"], row["amount"]) for row in answer["charges"] if "local_sales_tax" in row["rule"]]


def test_a_row_becomes_a_charge_that_names_its_source(root, tmp_path):
    row = "TX,75001,75009,0.02,2026-01-01,,Dallas County,Addison,,0.0625,https://comptroller.texas.gov/taxes/sales/city.php"
    bring(own(tmp_path, row), title="Our table")
    [charge] = [row for row in quote("75009-1234")["charges"] if "local_sales_tax" in row["rule"]]
    assert (charge["rate"], charge["amount"]) == ("2%", "2.00")
    assert charge["name"].endswith("local sales tax at ZIP 75009 (Dallas County, Addison)")
    assert charge["source"] == {"title": "Our table, TX", "url": "https://comptroller.texas.gov/taxes/sales/city.php"}
    assert charge["in_force"] == {"from": "2026-01-01T00:00:00-06:00", "until": None}


def test_all_states_of_a_file_come_into_force_together(root, tmp_path):
    done = bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,", "WA,98101,,0.0385,2026-02-01,,,,,,"))
    assert (done.generation, done.report.effective) == (1, "2026-01-01T00:00:00-06:00")
    assert [one.about["name"] for one in rulebook.releases(root, 1)] == ["us-tx", "us-wa"]
    assert (local(quote("75001")), local(quote("98101", "WA"))) == ([("2%", "2.00")], [("3.85%", "3.85")])


def test_an_import_that_breaks_between_two_states_changes_nothing(root, tmp_path):
    bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,"))
    [good] = rulebook.releases(root, 1)
    effective = midnight("TX", date(2026, 1, 1))
    report = bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,"), dry_run=True).report
    new = store.NewRelease("sales_tax", "us-tx", effective, good.content().replace("0.02", "0.01"), report)
    with pytest.raises(UnicodeEncodeError):
        store.publish(root, new, replace(new, name="us-wa", content="\ud800"))
    rulebook.forget()
    assert (rulebook.in_force(root), local(quote("75001"))) == (1, [("2%", "2.00")])


def test_a_later_file_speaks_from_its_first_day_and_the_older_before(root, tmp_path):
    bring(own(tmp_path, "TX,75001,,0.0150,2026-01-01,,,,,,"))
    bring(own(tmp_path, "TX,75001,,0.02,2026-06-01,,,,,,"))
    assert [local(quote("75001", at=datetime(2026, month, 10, tzinfo=UTC)))[0][0] for month in (5, 6)] == ["1.5%", "2%"]


def test_the_last_day_is_the_last_to_its_midnight(root, tmp_path):
    bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,2026-06-10,,,,,"))
    instants = (datetime(2026, 6, 11, 4, 59, 59, tzinfo=UTC), datetime(2026, 6, 11, 5, tzinfo=UTC))
    assert [local(quote("75001", at=at)) for at in instants] == [[("2%", "2.00")], []]


def test_an_old_quote_is_replayed_under_the_table_of_its_day(root, tmp_path):
    bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,"))
    then = quote("75001")
    bring(own(tmp_path, "TX,75001,,0.01,2026-01-01,,,,,,"))
    now, again = quote("75001"), quote("75001", law=rulebook.find(then["rulebook"]["sha256"]))
    assert (local(now), again) == ([("1%", "1.00")], then)
    assert now["rulebook"] != then["rulebook"]


def test_the_order_of_the_rows_makes_no_new_rulebook(root, tmp_path):
    rows = ("TX,75001,,0.02,2026-01-01,,,,,,", "TX,75002,,0.0125,2026-01-01,,,,,,", "WA,98101,,0.0385,2026-02-01,,,,,,")
    tables = [local_plain.read(own(tmp_path, *some)).tables for some in (rows, rows[::-1])]
    assert [{state: table.as_text() for state, table in some.items()} for some in tables][0] == {
        state: table.as_text() for state, table in tables[1].items()
    }


def test_undo_takes_the_table_away_again(root, tmp_path):
    bring(own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,"))
    store.undo(root)
    rulebook.forget()
    assert rulebook.current() is rules.current()
    assert local(quote("75001")) == []


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        ("XX,75001,,0.02,2026-01-01,,,,,,", "state", "not a state"),
        ("CT,06001,,0.02,2026-01-01,,,,,,", "state", "knows no local sales tax there"),
        ("OR,97201,,0.02,2026-01-01,,,,,,", "state", "knows no local sales tax there"),
        ("TX,7500,,0.02,2026-01-01,,,,,,", "zip", "leading zeros"),
        ("TX,75001,75000,0.02,2026-01-01,,,,,,", "zip_to", "at or after it"),
        ("TX,75001,75002-0001,0.02,2026-01-01,,,,,,", "zip_to", "as many digits"),
        ("TX,75001,,2%,2026-01-01,,,,,,", "rate", "write 0.0125"),
        ("TX,75001,,2.0,2026-01-01,,,,,,", "rate", "write 0.0125"),
        ("TX,75001,,-0.01,2026-01-01,,,,,,", "rate", "write 0.0125"),
        ("TX,75001,,NaN,2026-01-01,,,,,,", "rate", "write 0.0125"),
        ("TX,75001,,,2026-01-01,,,,,,", "rate", "write 0.0125"),
        ("TX,75001,,0.02,07/01/2026,,,,,,", "valid_from", "year first"),
        ("TX,75001,,0.02,2026-02-30,,,,,,", "valid_from", "no such day"),
        ("TX,75001,,0.02,2026-01-01,2025-12-31,,,,,", "valid_to", "before valid_from"),
        ("TX,75001,,0.02,2026-01-01,,,,maybe,,", "clothing", "write free, taxed or nothing"),
        ("TX,75001,,0.02,2026-01-01,,,,,0.06,", "state_rate", "than an earlier row names"),
    ],
)
def test_rubbish_is_listed_by_row_and_field_and_the_rest_is_taken(root, tmp_path, row, column, said):
    good = [f"TX,7500{n},,0.0{n},2025-01-01,,,,,0.0625," for n in range(4, 9)]
    done = bring(own(tmp_path, *good, row))
    [cell] = done.report.tally.unread
    assert (cell.row, cell.column) == ("7", column)
    assert said in cell.reason
    assert done.report.tally.taken == 5
    assert local(quote("75001")) == []


@pytest.mark.parametrize(
    ("head", "rows", "said"),
    [
        ("state,zip,rate\n", ["TX,75001,0.02"], "column 'valid_from' is missing"),
        ("state,zip,rate,valid_from,clothng\n", ["TX,75001,0.02,2026-01-01,free"], "column 'clothng' is none of state"),
        ("state;zip;rate;valid_from\n", ["TX;75001;0.02;2026-01-01"], "split by semicolons"),
        (HEAD, ["TX,75001,,2,2026-01-01,,,,,,"], "not one rate could be taken"),
        (HEAD, ["TX,75001,,0.02,2026-01-01,,,,,,", "TX,75002,,2,2026-01-01,,,,,,"], "1 of 2 rates cannot be read"),
        (HEAD, ["TX,75001,,0.02"], "4 cells where 11 belong"),
        (HEAD, [], "not one rate could be taken"),
    ],
)
def test_a_file_of_another_shape_is_refused_and_leaves_no_trace(root, tmp_path, head, rows, said):
    with pytest.raises(BadFeed, match=said):
        bring(own(tmp_path, *rows, head=head))
    assert not root.exists()


def test_a_state_of_which_every_row_is_wrong_is_left_out(root, tmp_path):
    good = [f"TX,7500{n},,0.0{n},2025-01-01,,,,,," for n in range(4, 9)]
    bring(own(tmp_path, *good, "WA,98101,,0.03,2025-01-01,,,,,6.5,"))
    assert [one.about["name"] for one in rulebook.releases(root, 1)] == ["us-tx"]


def test_a_note_over_two_lines_stays_one_fact(root, tmp_path):
    bring(own(tmp_path, 'TX,75001,,0.02,2026-01-01,,"Dallas\nCounty",,,,'))
    assert local(quote("75001")) == [("2%", "2.00")]


def test_ranges_that_touch_and_agree_become_one():
    days = (date(2026, 1, 1), None)
    rows = [(10, 19, 0, days), (20, 29, 0, days), (30, 39, 1, days), (25, 27, 0, days), (41, 49, 1, days)]
    assert sorted(merged(rows)) == [(10, 29, 0, days), (30, 39, 1, days), (41, 49, 1, days)]


def test_every_state_has_a_midnight():
    offsets = {midnight(state, date(2026, 7, 1)).utcoffset() for state in US_STATES}
    assert {offset.total_seconds() / 3600 for offset in offsets} == {-4, -5, -6, -7, -8, -10}


def test_the_command_imports_reports_and_lists(root, tmp_path):
    path, out = own(tmp_path, "TX,75001,,0.02,2026-01-01,,,,,,"), StringIO()
    call_command("feeds", "salestax", "manual", str(path), "--title", "Our table", stdout=out)
    call_command("feeds", "list", stdout=out)
    said = out.getvalue()
    assert "1 rows read: 1 taken, 0 not parsed, 0 set aside" in said
    assert "sales_tax us-tx from 2026-01-01T00:00:00-06:00: Our table, TX" in said
    with pytest.raises(CommandError, match="'zip' is missing"):
        call_command("feeds", "salestax", "manual", str(own(tmp_path, head="state,rate,valid_from\n", name="no.csv")))
