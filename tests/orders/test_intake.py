"""Orders come in once, in whatever order the store's messages come."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.operations import decide_code
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import QuoteUnderWay, hold, prepare_intake, release, take_in
from shipsmart.ports import StoreOrder
from shipsmart.quotes.operations import fallback_answer
from shipsmart.quotes.values import CheckoutCart

pytestmark = pytest.mark.django_db
Build = Callable[..., StoreOrder]


@pytest.fixture
def paid_ddp(connection: Connection, cart: CheckoutCart, store_order: Build) -> StoreOrder:
    """An order placed on a DDP quote of ours."""
    answer = fallback_answer(connection, cart)
    answer.keep()
    option = answer.options[0]
    return store_order(shipping_code=option.service_code, shipping_paid=option.price)


def test_the_same_order_three_times_is_one(connection: Connection, paid_ddp: StoreOrder) -> None:
    for _ in range(3):
        prepare_intake(connection=connection, order=paid_ddp)()
    order = Order.objects.get()
    assert (order.state, order.incoterm, order.lines.get().quantity) == ("ready", "DDP", 2)
    assert OutboundMessage.objects.filter(kind="shipments.plan").count() == 1


def test_customs_data_are_copied_at_intake(connection: Connection, paid_ddp: StoreOrder) -> None:
    line = take_in(connection=connection, order=paid_ddp).lines.get()
    assert (line.hs_code, line.origin, line.weight_g) == ("610910", "PT", 180)
    decide_code(line.variant, code="610990", actor="x")
    line.refresh_from_db()
    assert line.hs_code == "610910"


def test_an_older_state_changes_nothing(connection: Connection, store_order: Build) -> None:
    now = timezone.now()
    take_in(connection=connection, order=store_order(updated_at=now, paid=True))
    take_in(connection=connection, order=store_order(updated_at=now - timedelta(minutes=1), paid=False, number="#old"))
    order = Order.objects.get()
    assert (order.paid, order.number) == (True, "#1001")


def test_an_unpaid_order_waits_until_it_is_paid(connection: Connection, store_order: Build) -> None:
    take_in(connection=connection, order=store_order(paid=False))
    assert (Order.objects.get().state, OutboundMessage.objects.count()) == ("received", 0)
    take_in(connection=connection, order=store_order(paid=True, updated_at=timezone.now()))
    assert (Order.objects.get().state, OutboundMessage.objects.count()) == ("ready", 1)


def test_what_is_collected_decides_the_incoterm(connection: Connection, paid_ddp: StoreOrder) -> None:
    order = take_in(connection=connection, order=paid_ddp)
    assert order.collected is not None
    assert order.collected["scheme"] == "EU_IOSS"
    unmatched = replace(paid_ddp, external_id="2", shipping_code="standard", shipping_paid=Decimal("5.00"))
    other = take_in(connection=connection, order=unmatched)
    assert (other.incoterm, other.collected) == ("DAP", None)


def test_unexplained_ddp_money_holds_the_order(connection: Connection, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order(shipping_code="dhl_express:P:DDP"))
    assert order.state == Order.State.ON_HOLD
    assert "12.00 EUR" in order.reason


def test_a_cancelled_order_is_not_shipped(connection: Connection, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order(cancelled_at=timezone.now()))
    assert (order.state, OutboundMessage.objects.count()) == ("cancelled", 0)


def test_a_cancellation_after_the_label_asks_a_person(connection: Connection, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order())
    Order.objects.update(state=Order.State.LABELLED)
    take_in(connection=connection, order=store_order(cancelled_at=timezone.now(), updated_at=timezone.now()))
    order.refresh_from_db()
    assert order.state == Order.State.ON_HOLD
    assert "void the label" in order.reason


def test_goods_changed_after_duties_were_collected_stop_the_order(connection: Connection, paid_ddp: StoreOrder) -> None:
    take_in(connection=connection, order=paid_ddp)
    line = replace(paid_ddp.lines[0], quantity=5)
    take_in(connection=connection, order=replace(paid_ddp, lines=(line,), updated_at=timezone.now()))
    order = Order.objects.get()
    assert order.state == Order.State.ON_HOLD
    assert order.lines.get().quantity == 5


def test_an_order_without_goods_to_ship_says_so(connection: Connection, store_order: Build) -> None:
    line = replace(store_order().lines[0], requires_shipping=False)
    order = take_in(connection=connection, order=store_order(lines=(line,)))
    assert (order.state, order.reason) == ("on_hold", "nothing in this order needs shipping")


def test_hold_and_release(connection: Connection, paid_ddp: StoreOrder) -> None:
    order = take_in(connection=connection, order=paid_ddp)
    hold(order, "anna")
    order.refresh_from_db()
    assert order.state == Order.State.ON_HOLD
    release(order, "anna")
    order.refresh_from_db()
    assert order.state == Order.State.READY
    assert set(AuditEntry.objects.values_list("action", "actor")) == {("hold", "anna"), ("release", "anna")}


def test_a_shipped_order_cannot_be_held(connection: Connection, paid_ddp: StoreOrder) -> None:
    order = take_in(connection=connection, order=paid_ddp)
    Order.objects.update(state=Order.State.SHIPPED)
    hold(order, "anna")
    order.refresh_from_db()
    assert order.state == Order.State.SHIPPED


def test_release_fills_what_was_missing_and_keeps_what_was_sold(
    connection: Connection, store_order: Build, cart: Any
) -> None:
    line = replace(store_order().lines[0], variant_id="2", title="Herbal tea")
    order = take_in(connection=connection, order=store_order(lines=(line,)))
    assert order.lines.get().hs_code == ""
    decide_code(order.lines.get().variant, code="210690", actor="anna")
    hold(order, "anna")
    release(order, "anna")
    assert order.lines.get().hs_code == "210690"


def test_a_cancellation_in_the_same_second_is_not_lost(connection: Connection, store_order: Build) -> None:
    moment = timezone.now()
    take_in(connection=connection, order=store_order(updated_at=moment))
    take_in(connection=connection, order=store_order(updated_at=moment, cancelled_at=moment))
    assert Order.objects.get().state == Order.State.CANCELLED


def test_an_address_mended_in_the_store_lets_a_blocked_order_go_on(connection: Connection, store_order: Build) -> None:
    order = take_in(connection=connection, order=store_order())
    Order.objects.update(state=Order.State.NEEDS_DATA)
    mended = replace(store_order().ship_to, phone="+49301111111")
    take_in(connection=connection, order=store_order(ship_to=mended, updated_at=timezone.now()))
    order.refresh_from_db()
    assert (order.state, order.ship_to["phone"]) == ("ready", "+49301111111")


def test_another_country_after_duties_were_collected_stops_the_order(
    connection: Connection, paid_ddp: StoreOrder
) -> None:
    take_in(connection=connection, order=paid_ddp)
    elsewhere = replace(paid_ddp.ship_to, country="FR")
    take_in(connection=connection, order=replace(paid_ddp, ship_to=elsewhere, updated_at=timezone.now()))
    assert Order.objects.get().state == Order.State.ON_HOLD


def test_an_order_ahead_of_its_quote_waits_a_moment(
    connection: Connection, paid_ddp: StoreOrder, settings: Any
) -> None:
    settings.QUOTES_KEPT_BEHIND = True
    unexplained = replace(paid_ddp, shipping_paid=paid_ddp.shipping_paid + 1)
    with pytest.raises(QuoteUnderWay):
        prepare_intake(connection=connection, order=unexplained)
    prepare_intake(connection=connection, order=replace(unexplained, placed_at=timezone.now() - timedelta(minutes=1)))()
    assert Order.objects.get().state == "on_hold"
