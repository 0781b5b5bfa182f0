"""An order whose goods were priced in two parts: two labels, one of them voided and bought again, both printed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pypdf import PdfReader

from shipsmart.inbox import operations
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Consignment, Order
from shipsmart.orders.operations import release, take_in
from shipsmart.shipments import batches
from shipsmart.shipments.batch_print import print_out
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.void import set_aside
from tests.integrations.carriers.carrier_cases import Practice, practice_carriers

pytestmark = pytest.mark.django_db
WANTED = ["shipments.plan", "shipments.label", "shipments.papers", "shipments.batch"]


@pytest.fixture(scope="module")
def _slow_carriers() -> Iterator[Practice]:
    with practice_carriers(time_scale=1) as running:
        yield running


@pytest.fixture(autouse=True)
def practice(_slow_carriers: Practice, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Practice]:
    settings.DHL_EXPRESS_BASE_URL = _slow_carriers.dhl_express
    monkeypatch.setattr(batches, "LOOK_AGAIN_S", 0)
    yield _slow_carriers
    _slow_carriers.calm()


def work() -> None:
    while operations.drain():
        OutboundMessage.objects.exclude(kind__in=WANTED).delete()


@pytest.fixture
def order(connection: Connection, store_order: Any) -> Order:
    """Two units of one line, each unit priced, and so sent, on its own; sold without duties."""
    made = take_in(connection=connection, order=store_order())
    line = made.lines.get()
    for number in (1, 2):
        Consignment.objects.create(order=made, number=number, incoterm="DAP", goods=[[1, line.external_id, 1]])
    return made


def bought(order: Order) -> list[Shipment]:
    return list(order.shipments.filter(state=Shipment.State.BOUGHT).order_by("number"))


def printed(batch: Any) -> list[str]:
    [paper] = print_out(batch)
    pages = PdfReader(io.BytesIO(paper.file.read())).pages
    assert len(pages) == paper.pages
    return list(paper.snapshot["waybills"])


def test_a_batch_prints_the_labels_of_all_parts(order: Order) -> None:
    batch = batches.create(order.merchant, [order.pk], actor="anna")
    work()
    assert batches.progress(batch).done == 1
    assert printed(batch) == [shipment.waybill for shipment in bought(order)]
    assert len(bought(order)) == 2


def test_one_of_two_labels_is_void_and_bought_again_alone(order: Order) -> None:
    work()
    first, second = bought(order)
    assert set_aside(second, "anna")
    order.refresh_from_db()
    assert order.state == Order.State.ON_HOLD
    release(order, "anna")
    work()
    order.refresh_from_db()
    kept, new = bought(order)
    assert order.state == Order.State.LABELLED
    assert (kept.pk, kept.waybill) == (first.pk, first.waybill)
    assert new.waybill not in ("", second.waybill)
    assert new.consignment == second.consignment


def test_a_void_label_is_not_printed_and_its_order_is_not_done(order: Order) -> None:
    work()
    first, second = bought(order)
    assert set_aside(second, "anna")
    Order.objects.filter(pk=order.pk).update(state=Order.State.ON_HOLD, reason="waits")
    batch = batches.create(order.merchant, [order.pk], actor="anna")
    batch.items.update(state="working")
    OutboundMessage.objects.filter(kind="shipments.plan").delete()
    batches._settle(batch)
    found = batches.progress(batch)
    assert (found.done, found.failed) == (0, 1)
    batch.items.update(state="done", shipment=first)
    assert printed(batch) == [first.waybill]


def test_goods_of_an_exchange_get_a_label_of_their_own(connection: Connection, store_order: Any) -> None:
    """The first parcel has gone with prepaid duties; nothing was collected for what is sent after it."""
    first = store_order()
    order = take_in(connection=connection, order=first)
    work()
    [gone] = bought(order)
    tee = first.lines[0]
    news = (replace(tee, quantity=1), replace(tee, external_id="l2", quantity=1))  # one came back, one goes out
    later = replace(first, lines=news, updated_at=first.updated_at + timedelta(days=9))
    assert take_in(connection=connection, order=later).state == Order.State.ON_HOLD
    work()
    assert bought(order) == [gone]
    release(order, "anna")
    work()
    order.refresh_from_db()
    kept, new = bought(order)
    assert (kept, kept.waybill, order.state) == (gone, gone.waybill, Order.State.LABELLED)
    assert (new.incoterm, new.duty_payer, new.consignment.number) == ("DAP", "recipient", 2)
    assert list(new.lines.values_list("order_line__external_id", "quantity")) == [("l2", 1)]
    assert take_in(connection=connection, order=later).state == Order.State.LABELLED  # no news: nothing stops
