"""Two people press "buy label" in the same moment, and two workers take the same purchase: one label is bought.

On whatever database the suite runs on, each side with a connection of its own.
"""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from django.contrib.auth import get_user_model
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.utils import timezone

from shipsmart.inbox import operations
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection, Member, Merchant
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, take_in
from shipsmart.quotes.operations import quote_checkout
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import labels, pickups
from shipsmart.shipments.models import LabelAttempt, Shipment
from tests.dashboard.conftest import make_order, make_shipment

pytestmark = pytest.mark.django_db(transaction=True)
TOGETHER_S = 20


def at_once(*deeds: Callable[[], Any]) -> list[Any]:
    """Do all in the same moment, each in a thread with its own connection; return what came of each."""
    start = threading.Barrier(len(deeds))

    def do(deed: Callable[[], Any]) -> Any:
        try:
            start.wait(TOGETHER_S)
            return deed()
        except Exception as error:  # noqa: BLE001 - what came of it is for the test to judge
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def the_rest_waits() -> None:
    """Leave papers and the store for another test: they take longer than the label."""
    OutboundMessage.objects.exclude(kind__in=["shipments.plan", "shipments.label"]).delete()


def booked(carriers: dict[str, str], reference: str) -> list[str]:
    rows = requests.get(f"{carriers['url']}/_practice/shipments", timeout=10).json()["shipments"]
    return [row["number"] for row in rows if reference in str(row["references"])]


@pytest.fixture
def order(connection: Connection, cart: Any, store_order: Any, carriers: dict[str, str]) -> Order:
    """A paid order whose price was quoted, that a person has stopped."""
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = answer.options[0]
    placed = take_in(
        connection=connection, order=store_order(shipping_code=option.service_code, shipping_paid=option.price)
    )
    hold(placed, "anna")
    OutboundMessage.objects.exclude(kind__startswith="shipments.").delete()
    return placed


def test_two_people_who_press_at_once_buy_one_label(order: Order, carriers: dict[str, str]) -> None:
    people = []
    for name in ("anna", "boris"):
        user = get_user_model().objects.create_user(name)
        Member.objects.create(merchant=order.merchant, user=user, role="owner")
        people.append(Client())
        people[-1].force_login(user)
    pressed = [("/orders/batches/new/", {"order": [order.pk]}), (f"/orders/{order.pk}/release/", {})]
    answers = at_once(
        *(
            lambda who=who, path=path, form=form: who.post(path, form)
            for who in people
            for path, form in pressed
        )
    )  # fmt: skip
    assert [getattr(answer, "status_code", answer) for answer in answers] == [302] * 4

    for _ in range(2):  # the plan, then the label that follows from it
        at_once(*[lambda: operations.drain(1)] * 3)
        the_rest_waits()
    shipment = Shipment.objects.get()
    assert (shipment.state, booked(carriers, shipment.reference)) == (Shipment.State.BOUGHT, [shipment.waybill])
    assert [row.outcome for row in LabelAttempt.objects.all()] == [LabelAttempt.Outcome.BOUGHT]


def test_two_workers_with_the_same_purchase_in_hand_buy_one_label(
    order: Order, carriers: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One paused past the end of its lease: both have seen that nothing is under way, and both go on to buy."""
    Order.objects.filter(pk=order.pk).update(state=Order.State.READY)
    row = OutboundMessage.objects.get(kind="shipments.plan")
    operations.work(next(kind for kind in operations._kinds if kind.model is OutboundMessage), row)
    message = OutboundMessage.objects.get(kind="shipments.label")
    both_looked = threading.Barrier(2)
    buy = labels._buy

    def buy_together(shipment: Shipment) -> Any:
        both_looked.wait(TOGETHER_S)
        return buy(shipment)

    monkeypatch.setattr(labels, "_buy", buy_together)
    outcomes = at_once(*[lambda: labels.handle_label(message)] * 2)
    assert {type(outcome) for outcome in outcomes if not callable(outcome)} <= {IntegrityError, type(None)}
    assert sum(callable(outcome) for outcome in outcomes) == 1  # the one that bought
    shipment = Shipment.objects.get()
    assert LabelAttempt.objects.count() == 1
    (waybill,) = booked(carriers, shipment.reference)

    monkeypatch.setattr(labels, "_buy", buy)
    with transaction.atomic():  # as the worker does that won
        next(outcome for outcome in outcomes if callable(outcome))()
    the_rest_waits()
    while operations.drain():
        continue
    shipment.refresh_from_db()
    assert (shipment.state, shipment.waybill) == (Shipment.State.BOUGHT, waybill)
    assert booked(carriers, shipment.reference) == [waybill]


def test_two_people_who_book_the_courier_at_once_send_one(merchant: Merchant, carriers: dict[str, str]) -> None:
    account = CarrierAccount.objects.get()
    shipment = make_shipment(make_order(merchant, "#1", state="labelled"), account, milestone="label_created")
    tomorrow = timezone.now().astimezone(ZoneInfo("Europe/Oslo")).replace(hour=9) + timedelta(days=1)
    wish = pickups.PickUpWish(ready_at=tomorrow, closes_at=time(17), zone="Europe/Oslo")
    outcomes = at_once(*[lambda: pickups.ask(account, [shipment.pk], wish=wish, actor="anna")] * 2)
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CourierPickUp", "HandoverRefused"]
    message = OutboundMessage.objects.get(kind=pickups.BOOK)
    before = requests.get(f"{carriers['url']}/_practice/pickups", timeout=10).json()["pickups"]
    handled = at_once(*[lambda: pickups.handle_pickup(message)] * 2)  # two workers, one past the end of its lease
    assert not [one for one in handled if isinstance(one, Exception)]
    after = requests.get(f"{carriers['url']}/_practice/pickups", timeout=10).json()["pickups"]
    assert len(after) == len(before) + 1
