"""Parcels are followed to the doorstep: each scan once, in order, whatever the carrier's messages do."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import CarrierEvent, Milestone, StoreOrder
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import operations
from shipsmart.tracking.models import Tracker, TrackingEvent, UnknownCode
from shipsmart.tracking.schedule import next_poll_s

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 10, 12, tzinfo=UTC)


def scan(
    hours: int, milestone: Milestone, *, code: str = "", country: str = "DE", place: str = "BERLIN"
) -> CarrierEvent:
    return CarrierEvent(START + timedelta(hours=hours), code or milestone[:4], "text", place, country, milestone)


@pytest.fixture
def shipment(connection: Connection, store_order: Callable[..., StoreOrder]) -> Shipment:
    """A bought shipment from Oslo to Berlin."""
    order = take_in(connection=connection, order=store_order())
    Order.objects.update(state=Order.State.LABELLED)
    return Shipment.objects.create(
        merchant=order.merchant, order=order, carrier="dhl_express", service="P", state=Shipment.State.BOUGHT,
        incoterm="DAP", duties_collected=False, duty_payer="recipient", waybill="1234567890", bought_at=timezone.now(),
        milestone="label_created",
    )  # fmt: skip


def state(shipment: Shipment) -> tuple[str, str]:
    shipment.refresh_from_db()
    return shipment.milestone, Order.objects.get().state


def test_the_same_scans_again_make_no_new_rows(shipment: Shipment) -> None:
    scans = [scan(1, Milestone.PICKED_UP), scan(2, Milestone.IN_TRANSIT)]
    operations.take_in(shipment, [*scans, *reversed(scans)])
    assert operations.take_in(shipment, scans) == []
    assert TrackingEvent.objects.count() == 2


def test_scans_out_of_order_end_at_the_latest(shipment: Shipment) -> None:
    operations.take_in(shipment, [scan(9, Milestone.DELIVERED), scan(1, Milestone.PICKED_UP)])
    assert state(shipment) == ("delivered", "delivered")


def test_paperwork_after_delivery_changes_nothing(shipment: Shipment) -> None:
    operations.take_in(shipment, [scan(9, Milestone.DELIVERED)])
    operations.take_in(shipment, [scan(10, Milestone.IN_TRANSIT)])
    assert state(shipment) == ("delivered", "delivered")


def test_a_parcel_that_comes_back_is_returned(shipment: Shipment) -> None:
    operations.take_in(shipment, [scan(1, Milestone.ATTEMPT_FAILED), scan(5, Milestone.RETURNING)])
    assert state(shipment) == ("returning", "shipped")
    operations.take_in(shipment, [scan(9, Milestone.RETURNED)])
    assert state(shipment) == ("returned", "returned")


def test_a_label_alone_ships_nothing(shipment: Shipment) -> None:
    operations.take_in(shipment, [scan(1, Milestone.INFO_RECEIVED)])
    assert state(shipment) == ("info_received", "labelled")


def test_customs_at_home_are_the_exports(shipment: Shipment) -> None:
    events = [scan(1, Milestone.IMPORT_CUSTOMS, country="NO", place="OSLO"), scan(5, Milestone.IMPORT_CUSTOMS)]
    rows = operations.take_in(shipment, events)
    assert [row.milestone for row in rows] == ["export_customs", "import_customs"]


def test_an_unknown_code_is_recorded_and_not_told_to_the_store(shipment: Shipment) -> None:
    OutboundMessage.objects.all().delete()
    operations.take_in(shipment, [scan(1, Milestone.UNKNOWN, code="ZZ")])
    operations.take_in(shipment, [scan(2, Milestone.UNKNOWN, code="ZZ")])
    assert UnknownCode.objects.get().seen == 2
    assert OutboundMessage.objects.count() == 0
    assert state(shipment) == ("label_created", "labelled")


def test_a_step_of_the_carriers_broader_class_counts_and_its_code_is_recorded(shipment: Shipment) -> None:
    operations.take_in(shipment, [replace(scan(1, Milestone.IN_TRANSIT, code="I:999"), unlisted=True)])
    assert UnknownCode.objects.get().code == "I:999"
    assert state(shipment) == ("in_transit", "shipped")


def test_each_known_scan_is_owed_to_the_store_once(shipment: Shipment) -> None:
    for _ in range(2):
        operations.take_in(shipment, [scan(1, Milestone.PICKED_UP), scan(2, Milestone.IN_TRANSIT)])
    assert OutboundMessage.objects.filter(kind="tracking.tell_store").count() == 2


def test_a_cancelled_order_stays_so_whatever_the_parcel_does(shipment: Shipment) -> None:
    Order.objects.update(state=Order.State.ON_HOLD)
    operations.take_in(shipment, [scan(1, Milestone.PICKED_UP)])
    assert Order.objects.get().state == Order.State.ON_HOLD


def test_polls_are_dense_where_something_is_about_to_happen(settings: Any) -> None:
    settings.TRACKING_PACE = 1.0
    waits = [next_poll_s(m) for m in (Milestone.OUT_FOR_DELIVERY, Milestone.IMPORT_CUSTOMS, Milestone.IN_TRANSIT)]
    assert waits == [1200, 3600, 10800]


def test_a_fresh_label_is_asked_about_after_half_an_hour_and_followed_once(shipment: Shipment, settings: Any) -> None:
    settings.TRACKING_PACE = 1.0
    message = OutboundMessage(kind="tracking.start", key="k", payload={"shipment": shipment.pk})
    for _ in range(2):
        effects = operations.handle_start(message)
        assert effects is not None
        effects()
    tracker = Tracker.objects.get()
    assert timedelta(minutes=29) < tracker.due - timezone.now() <= timedelta(minutes=30)
