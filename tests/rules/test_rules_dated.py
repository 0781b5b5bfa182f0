from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shipsmart.rules.dated import BadRule, NoRuleInForce, read_rule

HEAD = """title = "A rate"
kind = "tax"
checked = 2026-11-22
source = "https://law"
source_title = "Law"
status = "enacted"
confidence = "verified"
"""
OLD = "[[values]]\neffective = 2020-01-01T00:00:00+01:00\nrate = 0.19\n"
NEW = "[[values]]\neffective = 2026-07-01T00:00:00+02:00\nrate = 0.21\n"


def rate_at(text, instant):
    return read_rule(text, "xx/vat").on(datetime.fromisoformat(instant)).fields["rate"]


def test_a_value_holds_to_the_second_before_the_next():
    assert rate_at(HEAD + OLD + NEW, "2026-06-30T23:59:59+02:00") == Decimal("0.19")
    assert rate_at(HEAD + OLD + NEW, "2026-07-01T00:00:00+02:00") == Decimal("0.21")
    assert rate_at(HEAD + OLD + NEW, "2026-06-30T22:00:00+00:00") == Decimal("0.21")


def test_before_the_first_value_there_is_no_rule():
    with pytest.raises(NoRuleInForce):
        rate_at(HEAD + OLD, "2019-12-31T12:00:00+00:00")


def test_after_a_repeal_there_is_no_rule():
    ended = "[[values]]\neffective = 2026-01-01T00:00:00+01:00\nrepealed = true\n"
    with pytest.raises(NoRuleInForce):
        rate_at(HEAD + OLD + ended, "2026-02-01T00:00:00+00:00")


def test_what_is_only_announced_is_not_in_force():
    # The value's own word wins over the one at the head of the file.
    announced = NEW + 'status = "announced"\n'
    assert rate_at(HEAD + OLD + announced, "2026-08-01T00:00:00+00:00") == Decimal("0.19")


def test_what_is_suspended_is_not_in_force():
    suspended = NEW + 'status = "suspended"\n'
    with pytest.raises(NoRuleInForce):
        rate_at(HEAD + OLD + suspended, "2026-08-01T00:00:00+00:00")


@pytest.mark.parametrize(
    "text",
    [
        HEAD + NEW + OLD,
        HEAD + OLD + OLD,
        HEAD + "[[values]]\neffective = 2026-01-01\nrate = 0.1\n",
        HEAD + "[[values]]\nrate = 0.1\n",
        HEAD.replace('source = "https://law"\n', "") + OLD,
        HEAD.replace("checked = 2026-11-22\n", "") + OLD,
        HEAD.replace('confidence = "verified"', 'confidence = "sure"') + OLD,
        HEAD.replace('status = "enacted"\n', "") + OLD,
        HEAD.replace('status = "enacted"', 'status = "rumoured"') + OLD,
        HEAD + 'flavour = "sweet"\n' + OLD,
        "not toml",
    ],
)
def test_undated_unsourced_and_overlapping_values_are_refused(text):
    with pytest.raises(BadRule):
        read_rule(text, "xx/vat")


def test_the_day_of_the_check_is_kept():
    assert read_rule(HEAD + OLD, "xx/vat").checked == date(2026, 11, 22)
    assert read_rule(HEAD + OLD, "xx/vat").on(datetime(2026, 1, 1, tzinfo=UTC)).until is None
