"""Turkey: the common tariff of its customs union, and an additional duty on goods of countries without an agreement."""

from datetime import UTC, datetime

import pytest

from shipsmart.rules.book import current

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def plan(code: str, origin: str):
    return current().regime("TR", region=None, at=AT).plan(code, origin, None)


def test_industrial_goods_bear_the_duty_of_the_european_union():
    union = current().regime("DE", region=None, at=AT)
    for code in ("610910", "640399", "420222", "851830", "950300"):
        assert plan(code, "CN").base.text == union.plan(code, "CN", None).base.text


@pytest.mark.parametrize(
    ("code", "origin", "total"),
    [("610910", "CN", "30%"), ("640399", "VN", "30%"), ("940360", "CN", "25%"), ("610910", "DE", ""),
     ("490199", "CN", "")],
)  # fmt: skip
def test_turkey_adds_a_duty_on_goods_of_countries_without_an_agreement(code, origin, total):
    added = [rule for rule in plan(code, origin).additional if not rule.notice]
    assert "".join(rule.text for rule in added) == total


def test_turkey_warns_where_the_additional_duty_was_not_read():
    assert [bool(rule.notice) for rule in plan("330499", "CN").additional] == [True]
