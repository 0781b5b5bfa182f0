"""A label is voided at its carrier once, before the parcel is handed over, and never after."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from shipsmart.documents.models import Document
from shipsmart.inbox import operations
from shipsmart.inbox.lanes import LABELS
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.operations import register
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import Unsupported
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.void import NotVoidable, set_aside, void
from tests.integrations.carriers.carrier_cases import Practice, practice_carriers

pytestmark = pytest.mark.django_db
CREDENTIALS = {"client_id": "c", "client_secret": "s"}
ACCOUNTS = {"ups": "A1B2C3", "fedex": "740561073"}


@pytest.fixture(scope="module")
def _slow_carriers() -> Iterator[Practice]:
    """Practice carriers by the real clock: nothing is picked up unless a test says so."""
    with practice_carriers(time_scale=1) as running:
        yield running


@pytest.fixture
def practice(_slow_carriers: Practice, settings: Any) -> Iterator[Practice]:
    settings.DHL_EXPRESS_BASE_URL = _slow_carriers.dhl_express
    settings.UPS_BASE_URL = _slow_carriers.ups
    settings.FEDEX_BASE_URL = _slow_carriers.fedex
    register(
        "shipments.void",
        "shipsmart.shipments.void.handle_void",
        on_dead="shipsmart.shipments.void.given_up",
        lane=LABELS,
    )
    yield _slow_carriers
    _slow_carriers.calm()


@pytest.fixture
def bought(practice: Practice, connection: Connection, store_order: Any) -> Callable[[str], Shipment]:
    """Buy a label of an order at a carrier."""

    def build(carrier: str) -> Shipment:
        if carrier != "dhl_express":
            CarrierAccount.objects.all().update(active=False)
            values = {"carrier": carrier, "number": ACCOUNTS[carrier], "credentials": CREDENTIALS}
            CarrierAccount.objects.create(merchant=connection.merchant, **values)
        take_in(connection=connection, order=store_order())
        work()
        shipment = Shipment.objects.get()
        assert (shipment.carrier, shipment.state) == (carrier, "bought"), shipment.reason
        return shipment

    return build


def work() -> None:
    """Drain labels and voids only: papers, stores and tracking have tests of their own."""
    OutboundMessage.objects.exclude(kind__in=WANTED).delete()
    while operations.drain():
        OutboundMessage.objects.exclude(kind__in=WANTED).delete()


WANTED = ["shipments.plan", "shipments.label", "shipments.void"]


def at_carrier(practice: Practice, shipment: Shipment) -> dict[str, Any]:
    return next(row for row in practice.shipments() if row["number"] == shipment.waybill)


@pytest.mark.parametrize("carrier", ["ups", "fedex"])
def test_a_void_label_is_void_at_the_carrier_and_its_order_waits(bought: Any, practice: Practice, carrier: str) -> None:
    shipment = bought(carrier)
    assert void(shipment, "anna") is True
    work()
    shipment.refresh_from_db()
    assert at_carrier(practice, shipment)["voided"] is True
    assert (shipment.state, shipment.milestone) == ("voided", "cancelled")
    order = Order.objects.get()
    assert (order.state, shipment.waybill in order.reason) == ("on_hold", True)
    assert list(AuditEntry.objects.filter(actor="anna").values_list("action", flat=True)) == ["voided", "void_asked"]


def test_two_clicks_void_once(bought: Any, practice: Practice) -> None:
    shipment = bought("ups")
    assert [void(shipment, "anna"), void(shipment, "berta")] == [True, False]
    work()
    assert void(shipment, "anna") is False
    calls = requests.get(f"{practice.url}/_practice/requests", {"operation": "void", "carrier": "ups"}, timeout=5)
    assert [row["path"].rpartition("/")[2] for row in calls.json()["requests"]].count(shipment.waybill) == 1


@pytest.mark.parametrize("carrier", ["ups", "fedex"])
@pytest.mark.parametrize("kind", ["accept_then_drop", "accept_then_http_500", "http_503"])
def test_a_void_whose_answer_was_lost_is_asked_again(bought: Any, practice: Practice, carrier: str, kind: str) -> None:
    shipment = bought(carrier)
    practice.fault(kind, carrier=carrier, operation="void", count=1)
    void(shipment, "anna")
    for _ in range(3):
        OutboundMessage.objects.filter(kind="shipments.void").update(due="2026-01-01T00:00Z")
        work()
    shipment.refresh_from_db()
    assert (shipment.state, at_carrier(practice, shipment)["voided"]) == ("voided", True)


def test_another_label_is_bought_when_asked_for(bought: Any, practice: Practice) -> None:
    first = bought("ups")
    void(first, "anna", replace=True)
    work()
    old, new = Shipment.objects.order_by("number")
    assert (old.state, new.state, new.number) == ("voided", "bought", 2)
    assert old.waybill != new.waybill
    assert old.reference != new.reference
    assert Document.objects.filter(kind="label").count() == 2
    assert Order.objects.get().state == Order.State.LABELLED


def test_after_the_first_scan_it_is_too_late(bought: Any) -> None:
    shipment = bought("ups")
    Shipment.objects.update(milestone="picked_up")
    with pytest.raises(NotVoidable, match="picked up"):
        void(shipment, "anna")
    Shipment.objects.update(milestone="")
    void(shipment, "anna")
    Shipment.objects.update(milestone="picked_up")  # scanned while the void waited
    work()
    shipment.refresh_from_db()
    assert shipment.state == "bought"
    assert Order.objects.get().events.filter(kind="void_failed").count() == 1


def test_a_carrier_that_refuses_leaves_the_label_good(bought: Any, practice: Practice) -> None:
    shipment = bought("ups")
    practice.fault("http_400", carrier="ups", operation="void", count=1)
    void(shipment, "anna")
    work()
    shipment.refresh_from_db()
    event = Order.objects.get().events.get(kind="void_failed")
    assert shipment.state == "bought"
    assert shipment.waybill in event.message
    assert void(shipment, "anna") is True  # and may be asked again


def test_a_carrier_without_void_says_so_and_the_label_is_set_aside(bought: Any) -> None:
    shipment = bought("dhl_express")
    with pytest.raises(Unsupported, match="set it aside"):
        void(shipment, "anna")
    assert set_aside(shipment, "anna") is True
    assert set_aside(shipment, "anna") is False
    shipment.refresh_from_db()
    assert (shipment.state, Order.objects.get().state) == ("voided", "on_hold")


def test_a_label_that_is_billed_cannot_be_set_aside(bought: Any) -> None:
    shipment = bought("ups")
    with pytest.raises(NotVoidable, match="void .* instead"):
        set_aside(shipment, "anna")


def test_the_order_that_was_cancelled_ends_with_its_label(bought: Any) -> None:
    shipment = bought("ups")
    Order.objects.update(cancelled_at="2026-11-22T10:00Z", state=Order.State.ON_HOLD)
    void(shipment, "anna")
    work()
    assert Order.objects.get().state == Order.State.CANCELLED


def test_what_was_never_bought_cannot_be_void(bought: Any) -> None:
    shipment = bought("ups")
    Shipment.objects.update(state="failed")
    with pytest.raises(NotVoidable, match="its label is failed"):
        void(shipment, "anna")
