"""A code in no table: a person says what it means, its scans are read again, the store and the order follow."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import CarrierEvent, Milestone, StoreOrder
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import operations
from shipsmart.tracking.models import CodeReading, TrackingEvent
from shipsmart.tracking.queries import unread_codes
from shipsmart.tracking.readings import NoSuchCode, forget, read_as

pytestmark = pytest.mark.django_db
START = datetime(2026, 11, 10, 12, tzinfo=UTC)
ODD = CarrierEvent(START, "Z9", "Handed to the robot", "BERLIN", "DE", Milestone.UNKNOWN)


@pytest.fixture
def shipment(connection: Connection, store_order: Callable[..., StoreOrder]) -> Shipment:
    order = take_in(connection=connection, order=store_order())
    Order.objects.update(state=Order.State.LABELLED)
    OutboundMessage.objects.all().delete()
    return Shipment.objects.create(
        merchant=order.merchant, order=order, carrier="dhl_express", service="P", state=Shipment.State.BOUGHT,
        incoterm="DAP", duties_collected=False, duty_payer="recipient", waybill="1234567890", bought_at=timezone.now(),
        milestone="label_created",
    )  # fmt: skip


def say(shipment: Shipment, milestone: str, drained: Callable[[], None]) -> CodeReading:
    row = read_as(shipment.merchant, carrier="dhl_express", code="Z9", milestone=milestone, actor="anna")
    drained()
    shipment.refresh_from_db()
    return row


def told_to_the_store() -> int:
    return OutboundMessage.objects.filter(kind="tracking.tell_store").count()


def test_scans_of_before_and_after_mean_what_was_said(shipment: Shipment, drained: Any) -> None:
    operations.take_in(shipment, [ODD])
    assert (shipment.milestone, told_to_the_store()) == ("label_created", 0)
    say(shipment, "out_for_delivery", drained)
    assert (shipment.milestone, Order.objects.get().state) == ("out_for_delivery", "shipped")
    assert told_to_the_store() == 1
    operations.take_in(shipment, [ODD, replace(ODD, at=START + timedelta(hours=1))])
    assert list(TrackingEvent.objects.values_list("milestone", "by_hand")) == [("out_for_delivery", True)] * 2
    assert (unread_codes(shipment.merchant), told_to_the_store()) == ([], 2)


def test_a_second_thought_replaces_the_first_and_can_be_taken_back(shipment: Shipment, drained: Any) -> None:
    operations.take_in(shipment, [replace(ODD, milestone=Milestone.IN_TRANSIT, code="PL", at=START), ODD])
    say(shipment, "exception", drained)
    row = say(shipment, "delivered", drained)
    assert shipment.milestone == "delivered"
    forget(row, actor="anna")
    drained()
    shipment.refresh_from_db()
    assert shipment.milestone == "in_transit"
    assert [code.code for code in unread_codes(shipment.merchant)] == ["Z9"]
    changes = AuditEntry.objects.filter(action="tracking_code.read").order_by("pk").values_list("data", flat=True)
    assert [row["milestone"] for row in changes] == [["", "exception"], ["exception", "delivered"], ["delivered", ""]]


def test_the_adapters_own_table_goes_first(shipment: Shipment, drained: Any) -> None:
    operations.take_in(shipment, [ODD])
    say(shipment, "delivered", drained)
    known = replace(ODD, milestone=Milestone.ATTEMPT_FAILED, at=START + timedelta(hours=2))
    operations.take_in(shipment, [known])
    assert TrackingEvent.objects.get(at=known.at).milestone == "attempt_failed"
    say(shipment, "exception", drained)  # touches what a person read, not what the table did
    assert TrackingEvent.objects.get(at=known.at).milestone == "attempt_failed"


def test_customs_at_home_stay_the_exports(shipment: Shipment, drained: Any) -> None:
    operations.take_in(shipment, [replace(ODD, country="NO", place="OSLO")])
    say(shipment, "import_customs", drained)
    assert TrackingEvent.objects.get().milestone == "export_customs"


@pytest.mark.parametrize("milestone", ["unknown", "label_created", "expired", "teleported", ""])
def test_only_what_a_scan_can_mean_is_taken(shipment: Shipment, milestone: str) -> None:
    operations.take_in(shipment, [ODD])
    with pytest.raises(NoSuchCode, match="no step"):
        read_as(shipment.merchant, carrier="dhl_express", code="Z9", milestone=milestone, actor="anna")


def test_another_merchants_codes_are_not_yours_to_read(shipment: Shipment) -> None:
    operations.take_in(shipment, [ODD])
    other = Merchant.objects.create(name="x", company="x", address1="x", city="x", country="NO", currency="EUR")
    with pytest.raises(NoSuchCode, match="none of your parcels"):
        read_as(other, carrier="dhl_express", code="Z9", milestone="delivered", actor="eve")
