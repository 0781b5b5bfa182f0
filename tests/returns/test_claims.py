"""Which claims a return gives rise to, how much and until when."""

from datetime import date
from decimal import Decimal

import pytest

from shipsmart.returns.claims import possible, rules
from shipsmart.returns.split import Parts

COLLECTED = Parts(Decimal("40.00"), Decimal("9.90"), Decimal("4.80"), Decimal("8.96"), Decimal("5.00"))
DAY = date(2026, 3, 15)


def claims(country: str, reason: str, scheme: str = "", day: date = DAY) -> list[tuple[str, Decimal, date]]:
    found = possible(country=country, scheme=scheme, imported=day, by_reason={reason: COLLECTED}, currency="EUR")
    return [(claim.scheme, claim.amount, claim.deadline) for claim in found]


def test_rejected_goods_from_britain_are_claimed_within_a_year() -> None:
    assert claims("GB", "defective") == [("gb_rejected_imports", Decimal("13.76"), date(2027, 3, 15))]


def test_change_of_mind_gives_nothing_back_in_britain() -> None:
    assert claims("GB", "changed_mind") == []


def test_american_drawback_is_99_percent_of_duty_within_five_years() -> None:
    # 4.80 x 0.99 = 4.752
    assert claims("US", "size") == [("us_unused_merchandise_drawback", Decimal("4.75"), date(2031, 3, 15))]


def test_european_withdrawal_has_ninety_days() -> None:
    assert claims("DE", "changed_mind") == [("eu_distance_sale_withdrawal", Decimal("13.76"), date(2026, 6, 13))]


def test_european_rejected_goods_have_a_year() -> None:
    assert claims("FR", "defective") == [("eu_rejected_goods", Decimal("13.76"), date(2027, 3, 15))]


def test_ioss_sale_is_mended_in_the_ioss_return_only() -> None:
    assert claims("DE", "changed_mind", "EU_IOSS") == [("eu_ioss_correction", Decimal("8.96"), date(2029, 3, 15))]


def test_leap_day_ends_on_the_28th() -> None:
    assert claims("GB", "defective", day=date(2028, 2, 29))[0][2] == date(2029, 2, 28)


def test_country_without_a_rule_promises_nothing() -> None:
    assert claims("BR", "defective") == []


def test_only_the_units_with_a_fitting_reason_count() -> None:
    by_reason = {"defective": COLLECTED, "changed_mind": COLLECTED}
    [found] = possible(country="GB", scheme="", imported=DAY, by_reason=by_reason, currency="EUR")
    assert found.amount == Decimal("13.76")


def test_nothing_collected_nothing_claimed() -> None:
    assert possible(country="GB", scheme="", imported=DAY, by_reason={"defective": Parts()}, currency="EUR") == []


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule["scheme"])
def test_each_rule_names_its_source_and_how_sure_it_is(rule: dict) -> None:
    assert rule["source"].startswith("https://")
    assert rule["confidence"] in ("read", "estimate")
    assert set(rule["parts"]) <= {"duty", "import_tax", "fees"}
