"""An order is held or cancelled while its label call has no answer: the carrier is asked all the same."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, release, take_in
from shipsmart.ports import StoreOrder
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart
from shipsmart.shipments.models import LabelAttempt, Shipment

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def unanswered(
    connection: Connection,
    cart: CheckoutCart,
    carriers: dict[str, str],
    store_order: Callable[..., StoreOrder],
    drained: Callable[[], None],
    settings: Any,
) -> Callable[[str], Order]:
    """Buy a label that the practice carrier answers with a fault, hold the order, and let due work run."""

    def run(fault: str) -> Order:
        settings.LABEL_TIMEOUT_S = 0.5
        answer = quote_checkout(connection, cart)
        answer.keep()
        option = answer.options[0]
        body = {"carrier": "*", "operation": "ship", "kind": fault, "count": 1}
        requests.post(f"{carriers['url']}/_practice/faults", json=body, timeout=10).raise_for_status()
        order = store_order(quote_id=option.quote_id, shipping_code=option.service_code, shipping_paid=option.price)
        taken = take_in(connection=connection, order=order)
        drained()
        assert Shipment.objects.get().state == Shipment.State.UNKNOWN
        settings.LABEL_TIMEOUT_S = 10
        hold(taken, "owner")
        _work_on(drained)
        return taken

    return run


def _work_on(drained: Callable[[], None], rounds: int = 4) -> None:
    for _ in range(rounds):
        OutboundMessage.objects.filter(state="new").update(due=timezone.now())
        drained()


def test_a_held_orders_booked_label_is_found(unanswered: Callable[[str], Order], drained: Callable[[], None]) -> None:
    order = unanswered("accept_then_hang")
    waybill = Shipment.objects.get().waybill
    assert waybill
    order.refresh_from_db()
    assert (order.state, waybill in order.reason) == (Order.State.ON_HOLD, True)
    release(order, "owner")
    _work_on(drained)
    order.refresh_from_db()
    # DHL prints no label twice: the order must say so again, not wait in silence.
    assert (order.state, waybill in order.reason) == (Order.State.ON_HOLD, True)


def test_a_released_order_buys_the_label_that_was_never_booked(
    unanswered: Callable[[str], Order], drained: Callable[[], None]
) -> None:
    order = unanswered("hang")
    # Long past two time-outs: only then is "not found" sure.
    LabelAttempt.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    release(order, "owner")
    _work_on(drained)
    order.refresh_from_db()
    shipment = Shipment.objects.get()
    assert (order.state, shipment.state) == (Order.State.LABELLED, Shipment.State.BOUGHT)
    assert sorted(attempt.outcome for attempt in shipment.attempts.all()) == ["bought", "not_booked"]
