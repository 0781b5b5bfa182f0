"""Which stored exchange rates serve: by purpose, by age, by whose currency it is."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from shipsmart.core.convert import Converter
from shipsmart.core.errors import ExchangeRateMissing
from shipsmart.core.law import RateSet

AT = datetime(2026, 11, 22, 12, tzinfo=UTC)


def rate_set(day: str, dollar: str, purpose: str, *, base: str = "EUR") -> RateSet:
    rates = {"USD": Decimal(dollar), "GBP" if base == "EUR" else "EUR": Decimal("0.5")}
    return RateSet(
        base=base, day=date.fromisoformat(day), source=f"{purpose} {day} {base}", url="", rates=rates, purpose=purpose
    )


def used(sets: list[RateSet], purpose: str, *, target: str = "EUR") -> str:
    converter = Converter((), tuple(sets), AT)
    converter.ratio("USD", target, purpose=purpose)
    return converter.used["USD", target].origin


MONTH = rate_set("2026-11-01", "1.10", "customs")
DAILY = rate_set("2026-11-20", "1.20", "threshold")
SHOWN = rate_set("2026-11-21", "1.30", "display")
OLD = rate_set("2026-09-01", "1.40", "customs")


def test_customs_takes_the_monthly_rate_and_a_threshold_the_daily_one() -> None:
    sets = [SHOWN, DAILY, MONTH, OLD]
    assert used(sets, "customs") == "customs 2026-11-01 EUR"
    assert used(sets, "threshold") == "threshold 2026-11-20 EUR"
    assert used(sets, "display") == "display 2026-11-21 EUR"


def test_a_fresh_rate_of_another_purpose_goes_before_a_stale_one_of_the_right() -> None:
    assert used([DAILY, OLD], "customs") == "threshold 2026-11-20 EUR"


def test_a_rate_for_display_serves_only_where_nothing_else_is_fresh() -> None:
    assert used([SHOWN, DAILY], "customs") == "threshold 2026-11-20 EUR"
    assert used([SHOWN, OLD], "customs") == "display 2026-11-21 EUR"


def test_of_one_day_the_office_of_the_currency_is_asked() -> None:
    sterling = rate_set("2026-11-01", "1.30", "customs", base="GBP")
    assert used([sterling, MONTH], "customs") == "customs 2026-11-01 EUR"
    assert used([MONTH, sterling], "customs", target="GBP") == "customs 2026-11-01 GBP"


def test_a_rate_younger_than_the_sale_is_the_last_to_serve() -> None:
    later = rate_set("2026-11-23", "1.50", "customs")
    assert used([OLD, later], "customs") == "customs 2026-09-01 EUR"
    assert used([later], "customs") == "customs 2026-11-23 EUR"


def test_two_purposes_by_two_sets_are_both_named_and_one_set_is_named_once() -> None:
    converter = Converter((), (DAILY, MONTH), AT)
    assert converter.ratio("USD", "EUR") == (Decimal(1), Decimal("1.10"))
    assert converter.ratio("USD", "EUR", purpose="threshold") == (Decimal(1), Decimal("1.20"))
    assert [one.day for one in converter.used.values()] == ["2026-11-01", "2026-11-20"]
    alone = Converter((), (DAILY,), AT)
    alone.ratio("USD", "EUR")
    alone.ratio("USD", "EUR", purpose="threshold")
    assert len(alone.used) == 1


def test_a_pair_that_no_set_knows_is_an_error_with_the_remedy() -> None:
    with pytest.raises(ExchangeRateMissing, match="no exchange rate from USD to JPY"):
        Converter((), (DAILY,), AT).ratio("USD", "JPY")
