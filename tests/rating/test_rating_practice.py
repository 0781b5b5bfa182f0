"""Gathering from the practice carriers: DHL and UPS at once, one of them hanging."""

import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from shipsmart.rating import quoting
from shipsmart.rating.quoting import AccountSnapshot, TableRow, choose, gather
from tests.fresh import fresh_cache
from tests.integrations.carriers.carrier_cases import enquiry, practice_carriers

ACCOUNTS = (
    AccountSnapshot(1, "dhl_express", "123456789", "DHL", {"username": "u", "password": "p"}),
    AccountSnapshot(2, "ups", "A1B2C3", "UPS", {"client_id": "c", "client_secret": "s"}),
)
ROWS = (
    TableRow("dhl", "DHL", 5000, Decimal(29), "EUR", stands_for="dhl_express:P"),
    TableRow("ups", "UPS", 5000, Decimal(27), "EUR", stands_for="ups:65"),
)


@pytest.fixture
def practice(settings):
    quoting.forget()
    with practice_carriers() as running:
        settings.DHL_EXPRESS_BASE_URL = running.dhl_express
        settings.UPS_BASE_URL = running.ups
        yield running
        running.calm()
    quoting.forget()


def test_both_answer_and_one_that_hangs_is_replaced_by_its_row(practice, settings):
    asked = enquiry(ship_on=datetime.now(UTC).date() + timedelta(days=1))
    found = gather(ACCOUNTS, asked, deadline_s=5, table_rates=ROWS)
    assert {quote.carrier for quote in found.quotes} == {"dhl_express", "ups"}
    assert {quote.source for quote in found.quotes} == {"live"}
    assert choose(found.quotes, wanted="ups:65").carrier == "ups"

    quoting.forget()
    fresh_cache(settings)
    practice.fault("hang", carrier="ups", operation="rates")
    started = time.monotonic()
    found = gather(ACCOUNTS, asked, deadline_s=1.0, table_rates=ROWS)
    assert time.monotonic() - started < 10  # of the 60 that the carrier hangs
    assert {(quote.carrier, quote.source) for quote in found.quotes} == {("dhl_express", "live"), ("ups", "fallback")}
    assert found.messages == ("UPS: no answer within the deadline",)
