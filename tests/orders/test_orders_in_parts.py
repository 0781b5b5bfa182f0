"""Orders whose cart the store asked about in parts: one quote for each place the goods lie at."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import prepare_intake
from shipsmart.ports import StoreDelivery, StoreOrder, StoreOrderLine
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer
from shipsmart.quotes.values import CheckoutCart, CheckoutLine, CheckoutOption
from shipsmart.returns.queries import bill_of

pytestmark = pytest.mark.django_db
SHIRTS, TEA = CheckoutLine("1", 2, Decimal("29.00")), CheckoutLine("2", 1, Decimal("14.00"))
LINES = (
    StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 2, Decimal("29.00"), Decimal(0)),
    StoreOrderLine("l2", "2", "TEA", "Herbal tea", 1, Decimal("14.00"), Decimal(0)),
)


@pytest.fixture
def tea(connection: Connection) -> None:
    decide_code(Variant.objects.get(sku="TEA"), code="210120", actor="anna")


@pytest.fixture
def ask(connection: Connection, cart: CheckoutCart, tea: None) -> Callable[..., CheckoutOption]:
    """Ask about a part of a cart of 72.00 and keep the quotes, as the callback does; return the first option."""

    def asked(*lines: CheckoutLine, keep: bool = True) -> CheckoutOption:
        worth = sum((line.unit_price * line.quantity for line in lines), Decimal(0))
        answer = fallback_answer(connection, replace(cart, lines=lines, share=worth / 72))
        if keep:
            answer.keep()
        return answer.options[0]

    return asked


@pytest.fixture
def placed(store_order: Callable[..., StoreOrder]) -> Callable[..., StoreOrder]:
    def build(options: Sequence[CheckoutOption], **changes: Any) -> StoreOrder:
        paid = sum((option.price for option in options), Decimal(0))
        code = options[0].service_code
        return store_order(**({"lines": LINES, "shipping_code": code, "shipping_paid": paid} | changes))

    return build


def _in(connection: Connection, order: StoreOrder) -> Order:
    prepare_intake(connection=connection, order=order)()
    return Order.objects.get()


def test_order_points_to_both_its_quotes_and_collects_their_sum(connection: Connection, ask: Any, placed: Any) -> None:
    options = [ask(SHIRTS), ask(TEA)]
    order = _in(connection, placed(options))
    assert (order.state, order.incoterm) == (Order.State.READY, "DDP")
    assert {quote.quote_id for quote in order.quotes} == {option.quote_id for option in options}
    assert order.collected is not None
    collected = sum(Decimal(order.collected[key]) for key in ("duty", "import_tax", "fees"))
    assert collected == sum(option.charges for option in options)
    assert order.landed_cost is not None
    assert Decimal(order.landed_cost["totals"]["goods"]) == Decimal("72.00")
    assert sorted(list(part.units.items()) for part in order.consignments.all()) == [[("l1", 2)], [("l2", 1)]]


def test_units_of_one_line_from_two_places(connection: Connection, ask: Any, placed: Any) -> None:
    one = replace(SHIRTS, quantity=1)
    options = [ask(one, TEA), ask(one)]
    order = _in(connection, placed(options))
    assert order.state == Order.State.READY
    units = [part.units for part in order.consignments.all()]
    assert sorted(units, key=len) == [{"l1": 1}, {"l1": 1, "l2": 1}]


def test_quote_id_of_one_part_does_not_stand_for_all(connection: Connection, ask: Any, placed: Any) -> None:
    """The checkout extension notes the quote of one delivery group only."""
    one = replace(SHIRTS, quantity=1)
    options = [ask(one, TEA), ask(one)]
    order = _in(connection, placed(options, quote_id=options[0].quote_id))
    assert len(order.quotes) == 2


def test_several_deliveries_each_explain_their_own_quote(connection: Connection, ask: Any, placed: Any) -> None:
    options = [ask(SHIRTS), ask(TEA)]
    deliveries = tuple(StoreDelivery(o.service_code, o.service_name, o.price) for o in options)
    order = _in(connection, placed(options, shipping_code="", deliveries=deliveries))
    assert (order.state, len(order.quotes)) == (Order.State.READY, 2)


def test_older_questions_about_the_same_parts_do_not_confuse(connection: Connection, ask: Any, placed: Any) -> None:
    ask(SHIRTS), ask(TEA)
    ask(replace(SHIRTS, quantity=1)), ask(SHIRTS, TEA)
    Quote.objects.update(created_at=timezone.now() - timedelta(hours=1))
    options = [ask(SHIRTS), ask(TEA)]
    order = _in(connection, placed(options))
    assert {quote.quote_id for quote in order.quotes} == {option.quote_id for option in options}


def test_part_whose_quote_was_not_kept_is_computed_again(connection: Connection, ask: Any, placed: Any) -> None:
    options = [ask(SHIRTS), ask(TEA, keep=False)]
    order = _in(connection, placed(options))
    assert (order.state, len(order.quotes)) == (Order.State.READY, 2)
    assert sum(quote.price for quote in order.quotes) == order.shipping_paid


def test_missing_part_holds_the_order_and_is_named(connection: Connection, ask: Any, placed: Any) -> None:
    options = [ask(SHIRTS)]
    more = options[0].price + Decimal("3.33")
    order = _in(connection, placed(options, shipping_paid=more))
    assert order.state == Order.State.ON_HOLD
    assert "1 x Herbal tea" in order.reason
    assert "3.33 EUR" in order.reason
    assert options[0].quote_id in order.reason
    assert [bool(part.quote) for part in order.consignments.all()] == [True, False]


def test_each_part_refunds_what_its_own_quote_laid_on(connection: Connection, ask: Any, placed: Any) -> None:
    options = [ask(SHIRTS), ask(TEA)]
    bill = bill_of(_in(connection, placed(options)))
    assert bill.charges["l1"].charges == options[0].charges
    assert bill.charges["l2"].charges == options[1].charges
    assert bill.whole.freight == sum(option.freight for option in options)


def test_quotes_of_another_place_explain_nothing(
    connection: Connection, ask: Any, placed: Any, store_order: Callable[..., StoreOrder]
) -> None:
    options = [ask(SHIRTS), ask(TEA)]
    elsewhere = replace(store_order().ship_to, postcode="80331")
    order = _in(connection, placed(options, ship_to=elsewhere, shipping_paid=Decimal("99.99")))
    assert (order.state, order.quotes) == (Order.State.ON_HOLD, [])


def test_delivery_given_away_keeps_the_promise_and_refunds_nothing_unpaid(
    connection: Connection, ask: Any, placed: Any
) -> None:
    """ "Free shipping" at the checkout: the quote explains the price before it, the shopper paid none of the duty."""
    options = [ask(SHIRTS), ask(TEA)]
    price = sum(option.price for option in options)
    order = _in(connection, placed(options, shipping_paid=Decimal(0), shipping_price=price))
    assert (order.state, order.incoterm, len(order.quotes)) == (Order.State.READY, "DDP", 2)
    assert bill_of(order).whole.delivery == 0
