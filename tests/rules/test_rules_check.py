"""What `rules check` finds and how it says it: old checks, announcements gone by, estimates."""

from datetime import date, timedelta

import pytest

from shipsmart.rules import current
from shipsmart.rules.check import Finding, check, problems, report

CHECKED = date(2026, 11, 22)
YEAR = timedelta(days=365)


@pytest.fixture(scope="module")
def today_findings():
    return check(current(), today=CHECKED)


def codes(findings):
    return {finding.code for finding in findings}


def test_the_packaged_law_has_nothing_wrong_and_nothing_stale(today_findings):
    assert problems(today_findings) == []
    assert "stale" not in codes(today_findings)


def test_a_rule_is_stale_from_the_first_day_after_a_year():
    vat = current().rule("gb/vat")
    assert vat.checked == CHECKED
    on_the_day = [f for f in check(current(), today=CHECKED + YEAR) if f.rule == vat.id]
    the_day_after = [f for f in check(current(), today=CHECKED + YEAR + timedelta(days=1)) if f.rule == vat.id]
    assert "stale" not in codes(on_the_day)
    assert "stale" in codes(the_day_after)


def test_an_announcement_whose_day_is_long_past_is_wrong():
    findings = check(current(), today=date(2027, 1, 31))
    assert [f.rule for f in problems(findings)] == ["eu/handling_fee"]


def test_the_report_puts_what_is_wrong_first_and_counts_the_rest():
    findings = [
        Finding("estimate", "br/ipi", "not verified at the source"),
        Finding("estimate", "br/pis", "not verified at the source"),
        Finding("estimate", "ch/vat", "not verified at the source"),
        Finding("stale", "gb/vat", "last checked on 2026-11-22"),
        Finding("broken", "xx/jurisdiction", "no base duty"),
    ]
    assert report(findings).splitlines() == [
        "broken: xx/jurisdiction: no base duty",
        "stale: gb/vat: last checked on 2026-11-22",
        "not verified at the source, by place: br 2, ch 1",
        "5 findings: 1 wrong, 1 stale, 3 not verified at the source",
    ]


def test_a_report_of_nothing_is_one_line():
    assert report([]) == "0 findings: 0 wrong, 0 stale, 0 not verified at the source\n"


def test_every_value_of_the_law_names_an_address(today_findings):
    assert "unsourced" not in codes(today_findings)
    assert "broken" not in codes(today_findings)
