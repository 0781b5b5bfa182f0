"""A merchant's price rules as rows: read into memory once, applied at the checkout, never able to break it."""

from decimal import Decimal
from typing import Any

import pytest

from shipsmart.merchants.models import Connection, Merchant
from shipsmart.quotes.operations import NothingToOffer, fallback_answer, quote_checkout
from shipsmart.quotes.values import CheckoutCart
from shipsmart.rating.models import CarrierAccount
from shipsmart.rating.queries import rules_of
from shipsmart.rating.rule_models import PriceRule

pytestmark = pytest.mark.django_db
FREE_OVER_50 = {"name": "free over 50", "effect": "free", "goods_from": Decimal("50.00"), "currency": "EUR"}


@pytest.fixture
def table_only(connection: Connection) -> Connection:
    """No live carrier: the price list alone answers, DHL Express at EUR 25.00."""
    CarrierAccount.objects.filter(merchant=connection.merchant).delete()
    return connection


def add(merchant: Merchant, **values: Any) -> PriceRule:
    row = PriceRule.objects.create(merchant=merchant, **{"position": merchant.price_rules.count() + 1, **values})
    merchant.touch()
    merchant.refresh_from_db()
    return row


def freights(connection: Connection, cart: CheckoutCart) -> list[Decimal]:
    return [option.freight for option in quote_checkout(connection, cart).options]


def test_a_rule_changes_the_checkout_and_its_landed_cost(table_only: Connection, cart: CheckoutCart) -> None:
    assert freights(table_only, cart) == [Decimal("25.00")]
    before = quote_checkout(table_only, cart).options[0]
    add(table_only.merchant, **FREE_OVER_50)
    after = quote_checkout(table_only, cart).options[0]
    assert after.freight == Decimal("0.00")
    # 19 % VAT under IOSS stands on goods and freight: 25.00 less of the base.
    assert before.charges - after.charges == Decimal("4.75")


def test_the_price_list_alone_obeys_the_rules_too(table_only: Connection, cart: CheckoutCart) -> None:
    add(table_only.merchant, name="renamed", effect="rename", text="Priority")
    assert fallback_answer(table_only, cart).options[0].service_name.startswith("Priority")


def test_rules_run_by_position_and_only_active_ones(table_only: Connection, cart: CheckoutCart) -> None:
    merchant = table_only.merchant
    add(merchant, name="10 %", effect="percent", value=Decimal("0.10"))
    add(merchant, name="packing", effect="add", value=Decimal("2.00"), currency="EUR")
    add(merchant, name="asleep", effect="hide", active=False)
    assert freights(table_only, cart) == [Decimal("29.50")]
    assert merchant.price_rules.get(name="packing").move(up=True)
    merchant.touch()
    merchant.refresh_from_db()
    assert freights(table_only, cart) == [Decimal("29.70")]
    assert not merchant.price_rules.get(name="packing").move(up=True)


def test_a_warm_checkout_asks_the_database_nothing_for_its_rules(
    table_only: Connection, cart: CheckoutCart, django_assert_num_queries: Any
) -> None:
    add(table_only.merchant, **FREE_OVER_50)
    quote_checkout(table_only, cart)
    with django_assert_num_queries(0):
        quote_checkout(table_only, cart)


def test_a_checkout_emptied_by_rules_says_which(table_only: Connection, cart: CheckoutCart) -> None:
    add(table_only.merchant, name="not to Germany", effect="hide", countries=["DE"])
    with pytest.raises(NothingToOffer) as caught:
        quote_checkout(table_only, cart)
    assert caught.value.details["messages"] == ["every service is hidden by not to Germany"]


def test_a_row_that_makes_no_sense_is_left_out(merchant: Merchant, caplog: pytest.LogCaptureFixture) -> None:
    add(merchant, name="no currency", effect="add", value=Decimal(3))
    add(merchant, name="fine", effect="free")
    assert [rule.name for rule in rules_of(merchant)] == ["fine"]
    assert "no currency" in caplog.text


def test_a_stranger_has_no_rules_of_ours(merchant: Merchant) -> None:
    add(merchant, **FREE_OVER_50)
    stranger = Merchant.objects.create(name="B", company="B", address1="x", city="x", country="NO", currency="EUR")
    assert rules_of(stranger) == ()
