"""One order, one label, whatever crashes: bought over the real shapes from the practice carrier."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import requests
from django.db import IntegrityError, transaction
from django.utils import timezone

from shipsmart.catalog.hinted import answer_hint
from shipsmart.catalog.models import HintAnswer, Suggestion, Variant
from shipsmart.documents.models import Document
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import DangerousGoods, StoreOrder
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart
from shipsmart.shipments import labels, planning
from shipsmart.shipments.label_order import label_order
from shipsmart.shipments.models import LabelAttempt, Shipment
from shipsmart.shipments.operations import abandon, given_up_steps, try_again

pytestmark = pytest.mark.django_db
Build = Callable[..., StoreOrder]


@pytest.fixture
def order(connection: Connection, cart: CheckoutCart, store_order: Build, carriers: Any) -> Order:
    """An order placed on a live DDP quote, taken in and ready to be planned."""
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = answer.options[0]
    return take_in(
        connection=connection, order=store_order(shipping_code=option.service_code, shipping_paid=option.price)
    )


def booked(carriers: dict[str, str], shipment: Shipment) -> list[dict[str, Any]]:
    listed = requests.get(f"{carriers['url']}/_practice/shipments", timeout=10).json()
    rows = listed["shipments"] if isinstance(listed, dict) else listed
    return [row for row in rows if shipment.reference in str(row)]


def fault(carriers: dict[str, str], **values: Any) -> None:
    requests.post(f"{carriers['url']}/_practice/faults", json=values, timeout=10).raise_for_status()


def due_now() -> None:
    OutboundMessage.objects.filter(state="new").update(due=timezone.now() - timedelta(seconds=1))


def only_labels(drained: Callable[[], None]) -> None:
    """Drain with everything but planning and labels put far off: stores and tracking have tests of their own."""
    drained()
    OutboundMessage.objects.exclude(kind__in=["shipments.plan", "shipments.label", "shipments.papers"]).delete()


def test_a_label_is_bought_ddp_with_papers(order: Order, carriers: Any, drained: Any) -> None:
    only_labels(drained)
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.incoterm, shipment.duty_payer) == ("bought", "DDP", "sender")
    assert [row["duties_payer"] for row in booked(carriers, shipment)] == ["shipper"]
    kinds = set(Document.objects.values_list("kind", flat=True))
    assert {"label", "commercial_invoice", "packing_list"} <= kinds
    order.refresh_from_db()
    assert order.state in (Order.State.LABELLED, Order.State.SHIPPED)  # the practice parcel may be under way already


def test_the_label_is_the_carriers_own_bytes(order: Order, carriers: Any, drained: Any) -> None:
    only_labels(drained)
    label = Document.objects.get(kind="label")
    with label.file.open() as stored:
        assert stored.read().startswith(b"%PDF")
    assert label.number == Shipment.objects.get().waybill


def test_an_order_that_changes_while_it_is_priced_is_planned_as_it_is_now(order: Order, carriers: Any) -> None:
    """Between the carriers' prices and the lock a person chooses another reason for the export."""
    message = OutboundMessage.objects.get(kind="shipments.plan")
    effects = planning.handle_plan(message)
    Order.objects.update(export_reason=Order.ExportReason.SAMPLE)
    with transaction.atomic():
        effects()
    assert Shipment.objects.get().export_reason == "sample"


def test_an_order_held_while_it_is_priced_gets_no_shipment(order: Order, carriers: Any) -> None:
    effects = planning.handle_plan(OutboundMessage.objects.get(kind="shipments.plan"))
    Order.objects.update(state=Order.State.ON_HOLD)
    with transaction.atomic():
        effects()
    assert not Shipment.objects.exists()


def test_the_same_step_again_buys_no_second_label(order: Order, carriers: Any, drained: Any) -> None:
    only_labels(drained)
    message = OutboundMessage.objects.get(kind="shipments.label")
    assert labels.handle_label(message) is None
    assert len(booked(carriers, Shipment.objects.get())) == 1


@pytest.mark.handler_breaks
def test_a_worker_killed_after_the_call_finds_its_purchase(
    order: Order, carriers: Any, drained: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The carrier has booked, the process is gone before it could write that down."""
    monkeypatch.setattr(labels, "_take", _die)
    only_labels(drained)
    shipment = Shipment.objects.get()
    assert (shipment.state, len(booked(carriers, shipment))) == ("buying", 1)
    monkeypatch.undo()
    due_now()
    only_labels(drained)
    shipment.refresh_from_db()
    assert shipment.state in ("bought", "unknown")
    assert shipment.waybill == booked(carriers, shipment)[0]["number"]
    assert len(booked(carriers, shipment)) == 1


def _die(*_: Any) -> None:
    raise RuntimeError("killed")


def test_an_answer_that_never_came_is_asked_for(order: Order, carriers: Any, drained: Any, settings: Any) -> None:
    settings.LABEL_TIMEOUT_S = 1.0
    fault(carriers, carrier="*", operation="ship", kind="accept_then_hang", count=1)
    only_labels(drained)
    shipment = Shipment.objects.get()
    assert shipment.state == Shipment.State.UNKNOWN
    due_now()
    only_labels(drained)
    shipment.refresh_from_db()
    assert shipment.waybill == booked(carriers, shipment)[0]["number"]
    assert len(booked(carriers, shipment)) == 1


def test_a_call_that_never_arrived_is_repeated_once_the_carrier_is_sure(
    order: Order, carriers: Any, drained: Any, settings: Any
) -> None:
    settings.LABEL_TIMEOUT_S = 1.0
    fault(carriers, carrier="*", operation="ship", kind="drop", count=1)
    only_labels(drained)
    shipment = Shipment.objects.get()
    due_now()
    only_labels(drained)  # too early to be sure: only asks
    assert len(booked(carriers, shipment)) == 0
    LabelAttempt.objects.update(sent_at=timezone.now() - timedelta(minutes=5))
    for _ in range(3):
        due_now()
        only_labels(drained)
    shipment.refresh_from_db()
    assert (shipment.state, len(booked(carriers, shipment))) == ("bought", 1)
    assert [attempt.outcome for attempt in shipment.attempts.all()] == ["not_booked", "bought"]


def test_a_refusal_leaves_a_row_to_look_at_and_can_be_tried_again(order: Order, carriers: Any, drained: Any) -> None:
    fault(carriers, carrier="*", operation="ship", kind="http_422", count=1)
    only_labels(drained)
    order.refresh_from_db()
    attempt = LabelAttempt.objects.get()
    assert (attempt.outcome, order.state) == ("refused", "on_hold")
    assert attempt.message
    try_again(order, "anna")
    only_labels(drained)
    assert (Shipment.objects.get().state, len(booked(carriers, Shipment.objects.get()))) == ("bought", 1)


def test_two_purchases_of_one_shipment_cannot_be_open_at_once(order: Order, drained: Any, carriers: Any) -> None:
    only_labels(drained)
    shipment = Shipment.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        LabelAttempt.objects.create(shipment=shipment, reference=shipment.reference)


@pytest.mark.parametrize(
    ("collected", "payer", "incoterm"),
    [(True, "recipient", "DAP"), (True, "recipient", "DDP"), (False, "sender", "DDP"), (True, "sender", "DAP")],
)
def test_no_row_can_contradict_what_was_collected(
    order: Order, collected: bool, payer: str, incoterm: str, drained: Any, carriers: Any
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Shipment.objects.create(
            merchant=order.merchant, order=order, number=9, carrier="x", service="y",
            duties_collected=collected, duty_payer=payer, incoterm=incoterm,
        )  # fmt: skip


def test_missing_customs_data_block_before_any_label(
    connection: Connection, store_order: Build, carriers: Any, drained: Any
) -> None:
    line = replace(store_order().lines[0], variant_id="2", title="Herbal tea")
    take_in(connection=connection, order=store_order(lines=(line,)))
    only_labels(drained)
    order = Order.objects.get()
    assert order.state == Order.State.NEEDS_DATA
    assert "hs_code_missing" in order.reason
    assert LabelAttempt.objects.count() == 0
    assert not Document.objects.exists()


def test_what_a_text_hints_at_asks_and_what_a_person_confirmed_stops(order: Order, carriers: Any, drained: Any) -> None:
    variant = order.lines.get().variant
    Suggestion.objects.create(
        variant=variant, decision="review", hints=[{"kind": "lithium_battery", "words": "cordless"}]
    )
    answer_hint(variant, kind="lithium_battery", present=True, actor="ana")
    only_labels(drained)
    order.refresh_from_db()
    assert order.state == Order.State.NEEDS_DATA
    assert "ana confirmed lithium battery ('cordless')" in order.reason
    HintAnswer.objects.all().delete()
    try_again(order, "ana")
    only_labels(drained)
    assert LabelAttempt.objects.get().outcome == LabelAttempt.Outcome.BOUGHT
    asked = order.events.get(kind="asked")
    assert "confirm or deny it on the product's page" in asked.message


def test_an_order_held_meanwhile_gets_no_label(order: Order, carriers: Any, drained: Any) -> None:
    Order.objects.update(state=Order.State.ON_HOLD)
    only_labels(drained)
    assert LabelAttempt.objects.count() == 0


def test_a_waybill_without_print_waits_for_a_person_who_may_give_it_up(
    order: Order, carriers: Any, drained: Any, settings: Any
) -> None:
    """DHL finds its booking by our reference but prints no label twice."""
    settings.LABEL_TIMEOUT_S = 1.0
    fault(carriers, carrier="dhl_express", operation="ship", kind="accept_then_hang", count=1)
    only_labels(drained)
    due_now()
    only_labels(drained)
    order.refresh_from_db()
    shipment = Shipment.objects.get()
    lost = shipment.waybill
    assert (order.state, shipment.state) == ("on_hold", "unknown")
    assert lost in order.reason
    assert abandon(order, "anna") == 1
    only_labels(drained)
    shipment.refresh_from_db()
    assert shipment.state == Shipment.State.BOUGHT
    assert shipment.waybill != lost
    assert [attempt.outcome for attempt in shipment.attempts.all()] == ["abandoned", "bought"]
    assert abandon(order, "anna") == 0


def test_steps_given_up_on_can_be_woken_by_a_person(order: Order, carriers: Any, drained: Any) -> None:
    only_labels(drained)
    shipment = Shipment.objects.get()
    OutboundMessage.objects.create(kind="shipments.papers", key=f"shipments.fulfil:{shipment.pk}", state="dead")
    assert given_up_steps(order).count() == 1
    assert try_again(order, "anna") == 1
    assert given_up_steps(order).count() == 0


def test_what_the_catalogue_declares_as_dangerous_reaches_carrier_and_papers(
    connection: Connection, store_order: Build, carriers: Any, drained: Any
) -> None:
    goods = DangerousGoods("UN3481", "967", "II", Decimal("11.1"), 1)
    variant = Variant.objects.get(external_id="1")
    variant.customs_description = "Wireless headphones with lithium battery"
    variant.dangerous = goods.as_json()
    variant.save()
    order = take_in(connection=connection, order=store_order())
    only_labels(drained)
    shipment = order.shipments.get()
    assert [item.dangerous for item in label_order(shipment).items] == [goods]
    assert shipment.state == Shipment.State.BOUGHT
    invoice = Document.objects.get(subject=labels.subject(shipment), kind="commercial_invoice")
    assert invoice.snapshot["lines"][0]["dangerous_goods"] == {
        "un": "UN3481", "packing_instruction": "967", "watt_hours": "11.1", "count": 1,
    }  # fmt: skip
    assert Document.objects.filter(subject=labels.subject(shipment), kind="dangerous_goods_note").exists()
