"""Several accounts with one carrier: a service is shown once, and its label is billed to whose price was shown."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from shipsmart.merchants.models import Connection, Market
from shipsmart.orders.operations import take_in
from shipsmart.ports import StoreOrder
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db


@pytest.fixture
def second(connection: Connection, carriers: Any) -> CarrierAccount:
    first = CarrierAccount.objects.get()
    return CarrierAccount.objects.create(
        merchant=connection.merchant, carrier=first.carrier, number="969999999", label="Second",
        credentials=first.credentials, settings=first.settings,
    )  # fmt: skip


def test_the_label_is_bought_from_the_account_whose_price_was_shown(
    connection: Connection,
    second: CarrierAccount,
    cart: CheckoutCart,
    store_order: Callable[..., StoreOrder],
    drained: Callable[[], None],
) -> None:
    CarrierAccount.objects.exclude(pk=second.pk).update(services=["N"])  # one that no parcel abroad goes by
    connection.merchant.touch()
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = next(option for option in answer.options if option.service_code.startswith("dhl_express:"))
    assert Quote.objects.get(quote_id=option.quote_id).account_number == second.number
    CarrierAccount.objects.update(services=[])
    paid = {"shipping_code": option.service_code, "shipping_paid": option.price, "quote_id": option.quote_id}
    take_in(connection=connection, order=store_order(**paid))
    drained()
    assert Shipment.objects.get().account == second


def test_a_service_of_two_accounts_is_offered_once(
    connection: Connection, second: CarrierAccount, cart: CheckoutCart
) -> None:
    codes = Counter(option.service_code for option in quote_checkout(connection, cart).options)
    assert {code.split(":")[0] for code in codes} >= {"dhl_express"}
    assert set(codes.values()) == {1}


def test_duties_nobody_can_compute_make_one_option_of_two_terms(
    connection: Connection, cart: CheckoutCart, carriers: Any
) -> None:
    Market.objects.create(merchant=connection.merchant, country="", incoterm="DDP", offer_both=True)
    connection.merchant.touch()
    nowhere = replace(cart, ship_to=replace(cart.ship_to, country="KE", city="Nairobi", postcode="00100", region=""))
    options = quote_checkout(connection, nowhere).options
    assert {option.incoterm for option in options} == {"DAP"}
    assert len({option.service_code for option in options}) == len(options) > 0
