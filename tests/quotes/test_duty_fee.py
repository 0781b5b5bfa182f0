"""What a carrier charges for paying duties ahead reaches the shopper exactly once."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.merchants.models import Connection
from shipsmart.ports import CarrierQuote, Party
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout, recompute
from shipsmart.quotes.signature import canonical
from shipsmart.quotes.values import CheckoutCart, CheckoutOption
from shipsmart.rating.models import FeeRule
from shipsmart.rating.values import Gathered

NEW_YORK = Party(name="Ann", address1="Broadway 410", city="New York", postcode="10013", region="NY", country="US")
# As an adapter reads it: the itemised fee is no part of the price.
NAMED = CarrierQuote("dhl_express", "P", "Express", Decimal("40.00"), "EUR", duty_fee=Decimal("18.15"))


@pytest.fixture(autouse=True)
def _named_fee(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shipsmart.quotes.operations.gather", lambda *_, **__: Gathered((NAMED,)))


def quoted(connection: Connection, cart: CheckoutCart) -> CheckoutOption:
    connection.merchant.refresh_from_db()
    answer = quote_checkout(connection, cart)
    answer.keep()
    return answer.options[0]


def fees(option: CheckoutOption) -> list[tuple[str, str]]:
    """Return amount and source of the fees for the carrier's advance; the state's own fees for the entry are none."""
    lines: Any = option.breakdown["lines"]
    return [(line["amount"], line["source_title"]) for line in lines if line["source_title"].startswith("the ")]


def test_a_fee_the_carrier_named_is_charged_when_the_table_has_none(connection: Connection, cart: CheckoutCart) -> None:
    option = quoted(connection, replace(cart, ship_to=NEW_YORK))
    assert fees(option) == [("18.15", "the carrier's own price for this parcel")]
    assert option.freight == Decimal("40.00")
    assert option.price == option.freight + option.charges
    row = Quote.objects.get(quote_id=option.quote_id)
    assert canonical(recompute(row)) == row.answer_text


def test_a_row_of_the_merchants_table_stands_in_its_place(connection: Connection, cart: CheckoutCart) -> None:
    FeeRule.objects.create(
        merchant=connection.merchant, carrier="dhl_express", name="DHL DTP", flat=Decimal("20.00"), currency="EUR"
    )
    connection.merchant.touch()
    option = quoted(connection, replace(cart, ship_to=NEW_YORK))
    assert fees(option) == [("20.00", "the merchant's own fee table")]


def test_what_the_seller_collects_is_not_paid_ahead_by_the_carrier(connection: Connection, cart: CheckoutCart) -> None:
    option = quoted(connection, cart)
    assert option.breakdown["scheme"] == "EU_IOSS"
    assert fees(option) == []
