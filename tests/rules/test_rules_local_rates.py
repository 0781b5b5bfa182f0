"""Local sales taxes by postcode: which rate of a table a postcode gets, what is said where none is certain."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.core.explain import explain
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.core.revision import revise
from shipsmart.rules import BadRule, current
from shipsmart.rules.local_rates import LocalTable

FIRST = "2025-01-01T00:00:00-06:00"
AUTUMN = "2026-10-01T00:00:00-05:00"
# Two areas; the second rises in October 2026. 66101 lies in both, 66103 is known by its addresses only.
KANSAS = f"""\
state,{FIRST},,0.065
area,0,{FIRST},,0.01,,county 209 1%,
area,1,{FIRST},{AUTUMN},0.02625,,"county 209 1%, place 36000 1.625%",
area,1,{AUTUMN},,0.0275,,"county 209 1%, place 36000 1.75%",https://www.ksrevenue.gov/salesanduse.html
zip,66010,66019,0,{FIRST},
zip,66012,66012,1,{FIRST},{AUTUMN}
zip,66101,66101,0,{FIRST},
zip,661010001,661010999,0,{FIRST},
zip,661011000,661019999,1,{FIRST},
part,66103,66103,1,{FIRST},
"""
NOW = datetime(2026, 11, 10, 18, tzinfo=UTC)


def table(text=KANSAS, effective=FIRST, title="Kansas, 2026 Q4"):
    return LocalTable(text, effective=datetime.fromisoformat(effective), title=title, url="https://www.ksrevenue.gov/")


def cost(postcode, *tables, at=NOW, state="KS", schemes=("US_SALES_TAX:KS",), hs_code="847130", quantity=1):
    law = current().with_local_rates("us/sales_tax_ks", *(tables or (table(),)))
    place = {"country": "US", "region": state, "postcode": postcode}
    line = {"id": "1", "quantity": quantity, "unit_price": "100.00", "hs_code": hs_code, "origin": "GB"}
    data = {"at": at.isoformat(), "ship_from": {"country": "GB"}, "ship_to": place, "currency": "USD", "lines": [line]}
    return compute(parse_request({**data, "schemes": list(schemes)}, now=NOW), law=law)


def local(answer):
    return [row for row in answer["charges"] if row["rule"] == "us/local_sales_tax_ks"]


def codes(answer):
    return [note["code"] for note in answer["warnings"] if "local" in note["code"] or "postcode" in note["code"]]


@pytest.mark.parametrize(
    ("postcode", "rate", "said"),
    [
        ("66101-0500", "1%", []),
        ("661011000", "2.75%", []),
        ("66101 1000", "2.75%", []),
        ("66101", "1%", ["local_rates_vary"]),
        ("66101-0000", "1%", ["local_rates_vary"]),
        ("66103", "2.75%", []),
        ("66103-0001", "2.75%", []),
        ("66012", "1%", []),
        ("66019-0001", "1%", []),
    ],
)
def test_the_closest_postcode_decides_and_several_rates_give_the_lowest(postcode, rate, said):
    answer = cost(postcode).as_answer()
    assert [row["rate"] for row in local(answer)] == [rate]
    assert codes(answer) == said


@pytest.mark.parametrize(
    ("postcode", "said"),
    [
        ("66101", "in ZIP 66101; the one published for its five digits is used: give ZIP+4"),
        ("66101-0000", "in ZIP 66101; the one published for its five digits is used, for 66101-0000 is not among them"),
        ("66012", "in ZIP 66012; the lowest is used: give ZIP+4"),
    ],
)
def test_the_note_says_which_of_several_rates_was_used(postcode, said):
    summer = datetime(2026, 8, 1, tzinfo=UTC)
    [note] = [one for one in cost(postcode, at=summer).as_answer()["warnings"] if one["code"] == "local_rates_vary"]
    assert note["message"] == f"several local rates hold {said}"


@pytest.mark.parametrize(
    ("postcode", "code"),
    [
        ("66020", "local_rate_unknown"),
        ("99999-9999", "local_rate_unknown"),
        (None, "postcode_missing"),
        ("6610", "postcode_unreadable"),
        ("KS 66101", "postcode_unreadable"),
    ],
)
def test_without_a_rate_the_state_alone_is_charged_and_the_answer_says_what_is_missing(postcode, code):
    answer = cost(postcode).as_answer()
    assert (local(answer), codes(answer), answer["status"]) == ([], [code], "estimate")
    assert answer["totals"]["import_tax"] == "6.50"


def test_a_day_before_the_first_table_has_none():
    answer = cost("66101", table(effective=AUTUMN), at=datetime(2026, 9, 30, tzinfo=UTC)).as_answer()
    assert codes(answer) == ["local_rates_missing"]


def test_without_a_registration_nothing_is_asked_of_the_table():
    answer = cost("99999", schemes=()).as_answer()
    assert (local(answer), codes(answer)) == ([], [])


@pytest.mark.parametrize(("schemes", "said"), [(["US_SALES_TAX:KS"], ["region_missing"]), ([], []), (["EU_IOSS"], [])])
def test_a_registration_in_a_state_asks_for_the_state_of_the_buyer(schemes, said):
    answer = cost("66101", state=None, schemes=schemes).as_answer()
    assert [note["code"] for note in answer["warnings"] if note["code"] == "region_missing"] == said


def test_the_row_names_the_jurisdictions_their_source_and_their_days():
    [row] = local(cost("66101-1000").as_answer())
    assert row["name"] == "United States, KS: local sales tax at ZIP 66101-1000 (county 209 1%, place 36000 1.75%)"
    assert row["source"] == {"title": "Kansas, 2026 Q4", "url": "https://www.ksrevenue.gov/salesanduse.html"}
    assert row["in_force"] == {"from": AUTUMN, "until": None}
    assert row["confidence"] == "estimate"
    said = "Import tax on line 1: 2.75% of goods 100.00 USD = 2.75 USD [estimate]"
    assert said in explain(cost("66101-1000").as_answer())


def test_a_period_ends_with_the_rate_the_postcode_or_the_next_table():
    summer = datetime(2026, 8, 1, tzinfo=UTC)
    [row] = local(cost("66101-1000", at=summer).as_answer())
    assert (row["rate"], row["in_force"]["until"]) == ("2.625%", AUTUMN)
    later = table(effective="2026-09-01T00:00:00-05:00")
    [row] = local(cost("66101-1000", table(), later, at=summer).as_answer())
    assert row["in_force"]["until"] == "2026-09-01T00:00:00-05:00"


def test_a_newer_table_speaks_from_its_first_day_and_the_older_before():
    newer = table(KANSAS.replace("0.01,", "0.015,"), effective="2026-11-01T00:00:00-05:00")
    days = (datetime(2026, 11, 1, 4, 59, 59, tzinfo=UTC), datetime(2026, 11, 1, 5, tzinfo=UTC))
    assert [local(cost("66010", newer, table(), at=at).as_answer())[0]["rate"] for at in days] == ["1%", "1.5%"]


def test_a_range_that_began_far_before_is_still_found():
    rows = "".join(f"zip,{n},{n},1,{FIRST},\n" for n in range(66020, 66100))
    wide = KANSAS.replace("zip,66012", "zip,66011").replace("zip,66010,66019", "zip,66000,66999")
    wide = wide.replace("zip,66101,66101", rows + "zip,66101,66101")
    assert local(cost("66999", table(wide)).as_answer())[0]["rate"] == "1%"


def test_a_table_with_another_rate_of_the_state_brings_it_along():
    lowered = KANSAS.replace(f"state,{FIRST},,0.065", f"state,{FIRST},{AUTUMN},0.065\nstate,{AUTUMN},,0.06")
    rows = cost("66010", table(lowered)).as_answer()["charges"]
    [row] = [row for row in rows if row["rule"] == "us/sales_tax_ks"]
    assert (row["rate"], row["source"]["title"], row["in_force"]["from"]) == ("6%", "Kansas, 2026 Q4", AUTUMN)
    before = cost("66010", table(lowered), at=datetime(2026, 9, 30, tzinfo=UTC)).as_answer()["charges"]
    [row] = [row for row in before if row["rule"] == "us/sales_tax_ks"]
    assert (row["rate"], row["in_force"]["until"]) == ("6.5%", AUTUMN)
    assert row["source"]["title"].startswith("Tax Foundation")


def test_tables_that_agree_leave_the_rule_of_the_state_as_it_was():
    law = current().with_local_rates("us/sales_tax_ks", table())
    assert law.rule("us/sales_tax_ks") == current().rule("us/sales_tax_ks")


def test_the_table_is_part_of_the_identity_of_the_rulebook():
    books = [current().with_local_rates("us/sales_tax_ks", table(title=title)) for title in ("a", "b")]
    assert len({current().sha256, *(book.sha256 for book in books)}) == 3
    assert books[0].with_tariff("eu", "hs,duty\n61,7%\n").compiler.local_rates == books[0].compiler.local_rates


def test_a_local_tax_comes_back_with_its_pieces():
    cut = revise(cost("66010", quantity=3), kept={"1": 1}).charges
    [parts] = [row.quoted for row in cut if row.charge.stamp.rule == "us/local_sales_tax_ks"]
    # 1 % of 300.00 was 3.00; one piece of three stays.
    assert [str(part) for part in parts] == ["3.00", "1.00", "2.00"]


def test_a_table_out_of_order_is_refused():
    with pytest.raises(BadRule, match="out of order at postcode 66000"):
        table(KANSAS + f"zip,66000,66000,0,{FIRST},\n")
    with pytest.raises(BadRule, match="unknown kind 'town'"):
        table(KANSAS + "town,1\n")
    with pytest.raises(BadRule, match="no line for its area 7"):
        table(KANSAS + f"part,66104,66104,7,{FIRST},\n")


def test_a_state_says_that_its_clothing_is_a_matter_of_place():
    rules = current().rules
    assert rules["us/sales_tax_ny_clothing"].entries[-1].fields["local"] == "by_place"
    taxes = [rule for rule in rules.values() if rule.kind == "tax" and rule.id.startswith("us/sales_tax_")]
    levies = {rule.stem[-2:].upper(): rule.entries[-1].fields["local"] for rule in taxes}
    assert len(levies) == 47
    assert {state for state, own in levies.items() if not own} == {
        "CT", "DC", "IN", "KY", "MA", "MD", "ME", "MI", "NJ", "RI"
    }  # fmt: skip


def test_whether_a_place_frees_clothing_must_be_said():
    text = f"area,0,{FIRST},,0.04,,Albany,\nzip,12207,12207,0,{FIRST},\n"
    law = current().with_local_rates("us/sales_tax_ny", table(text))
    line = {"id": "1", "quantity": 1, "unit_price": "50.00", "hs_code": "610910", "origin": "GB"}
    place = {"country": "US", "region": "NY", "postcode": "12207"}
    data = {"ship_from": {"country": "GB"}, "ship_to": place, "currency": "USD", "lines": [line]}
    answer = compute(parse_request({**data, "schemes": ["US_SALES_TAX:NY"]}, now=NOW), law=law).as_answer()
    assert codes(answer) == ["local_exemption_unknown"]
    assert answer["totals"]["import_tax"] == "2.00"


def test_goods_free_of_every_sales_tax_ask_no_table():
    line = {"id": "1", "quantity": 1, "unit_price": "50.00", "hs_code": "610910", "origin": "GB"}
    place = {"country": "US", "region": "PA"}
    data = {"ship_from": {"country": "GB"}, "ship_to": place, "currency": "USD", "lines": [line]}
    answer = compute(parse_request({**data, "schemes": ["US_SALES_TAX:PA"]}, now=NOW), law=current()).as_answer()
    assert (codes(answer), Decimal(answer["totals"]["import_tax"])) == ([], 0)
