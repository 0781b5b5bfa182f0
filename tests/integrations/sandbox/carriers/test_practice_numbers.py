import pytest

from integrations.sandbox.carriers.numbers import (
    NumberRange,
    is_dhl_waybill,
    is_ups_tracking_number,
    ups_check_digit,
)


@pytest.mark.parametrize(
    ("body", "digit"),
    [("999AA1012345678", 4), ("12345E660527223", 4), ("12345E151234567", 6), ("5R8939035756712", 7)],
)
def test_ups_check_digit_is_that_of_published_numbers(body: str, digit: int) -> None:
    assert ups_check_digit(body) == digit


def test_a_changed_digit_is_noticed() -> None:
    assert is_ups_tracking_number("1Z999AA10123456784")
    assert not is_ups_tracking_number("1Z999AA10123457784")


def test_waybill_of_the_last_digit_is_the_rest_modulo_seven() -> None:
    assert is_dhl_waybill("1234567891")  # 123456789 = 7 x 17636684 + 1
    assert not is_dhl_waybill("1234567895")
    assert not is_dhl_waybill("123456789")


def test_fresh_numbers_are_valid_and_differ() -> None:
    numbers = NumberRange()
    waybills = {numbers.dhl_waybill() for _ in range(50)}
    parcels = {numbers.ups(account="A1B2C3", service_code="65") for _ in range(50)}
    assert len(waybills) == len(parcels) == 50
    assert all(map(is_dhl_waybill, waybills))
    assert all(map(is_ups_tracking_number, parcels))
    assert all(number.startswith("1ZA1B2C365") for number in parcels)
