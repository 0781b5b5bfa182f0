"""The same cart again gets the answer that was stored, and another one as soon as anything that decides it changes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.merchants.models import Connection, Market
from shipsmart.quotes import remembered, rulebook
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutAnswer, CheckoutCart
from shipsmart.rating.models import CarrierAccount, TableRate


@pytest.fixture(autouse=True)
def _price_list_alone(connection: Connection) -> Iterator[None]:
    remembered._kept.clear()
    CarrierAccount.objects.all().delete()
    yield
    remembered._kept.clear()


def shown(connection: Connection, cart: CheckoutCart) -> CheckoutAnswer:
    connection.merchant.refresh_from_db()
    answer = quote_checkout(connection, cart)
    answer.keep()
    return answer


def test_the_same_cart_gets_the_stored_answer(connection: Connection, cart: CheckoutCart) -> None:
    first = shown(connection, cart)
    again = shown(connection, replace(cart, ship_to=replace(cart.ship_to, name="Another", phone="+4930111")))
    assert again.options is first.options
    assert Quote.objects.count() == len(first.options)


def test_an_answer_that_was_not_stored_is_not_given_again(connection: Connection, cart: CheckoutCart) -> None:
    first = quote_checkout(connection, cart)
    assert quote_checkout(connection, cart).checkout != first.checkout


CHANGES = {
    "another quantity": lambda cart: replace(cart, lines=(replace(cart.lines[0], quantity=9),)),
    "another place": lambda cart: replace(cart, ship_to=replace(cart.ship_to, postcode="80331")),
    "a company": lambda cart: replace(cart, ship_to=replace(cart.ship_to, company="Vogel GmbH")),
    "a discount": lambda cart: replace(cart, discount=Decimal("1.00")),
    "a language": lambda cart: replace(cart, locale="fr"),
    "the next quarter of an hour": lambda cart: replace(cart, at=cart.at + timedelta(minutes=15)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_another_question_gets_an_answer_of_its_own(connection: Connection, cart: CheckoutCart, change: str) -> None:
    first = shown(connection, cart)
    assert shown(connection, CHANGES[change](cart)).checkout != first.checkout


def test_what_the_merchant_changed_shows_at_once(connection: Connection, cart: CheckoutCart) -> None:
    first = shown(connection, cart)
    Market.objects.create(merchant=connection.merchant, country=cart.ship_to.country, incoterm="DAP")
    connection.merchant.touch()
    assert {option.incoterm for option in shown(connection, cart).options} == {"DAP"}
    TableRate.objects.update(price=Decimal("31.00"))
    connection.merchant.touch()
    assert [option.freight for option in shown(connection, cart).options] == [Decimal("31.00")]
    assert first.options[0].freight == Decimal("25.00")


def test_another_rulebook_computes_anew(
    connection: Connection, cart: CheckoutCart, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shown(connection, cart)
    other = replace(rulebook.current())
    monkeypatch.setattr(rulebook, "current", lambda: other)
    assert shown(connection, cart).checkout != first.checkout


def test_another_price_of_the_carriers_computes_anew(
    connection: Connection, cart: CheckoutCart, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = shown(connection, cart)
    monkeypatch.setattr("shipsmart.quotes.operations.gather", lambda *_, **__: _dearer())
    answer = shown(connection, cart)
    assert answer.checkout != first.checkout
    assert answer.options[0].freight == Decimal("40.00")


def _dearer() -> Any:
    (known,) = remembered._kept.values()
    quotes = tuple(replace(quote, price=Decimal("40.00")) for quote in known.gathered.quotes)
    return replace(known.gathered, quotes=quotes)


def test_only_so_many_carts_are_remembered(
    connection: Connection, cart: CheckoutCart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remembered, "MOST", 2)
    for number in range(5):
        shown(connection, replace(cart, discount=Decimal(number)))
    assert len(remembered._kept) == 2
