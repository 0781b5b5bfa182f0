"""Labels in batches: background, counted, grouped by cause, retried, cancelled, printed as one."""

import io
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from shipsmart.documents.models import Document
from shipsmart.inbox import operations
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, Merchant
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, take_in
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import batches
from shipsmart.shipments.batch_print import print_out
from shipsmart.shipments.models import LabelAttempt, Shipment
from shipsmart.shipments.operations import try_all_again
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
    """Drain what labels and papers need, until the batches have come to an end."""
    while operations.drain():
        OutboundMessage.objects.exclude(kind__in=WANTED).delete()


@pytest.fixture
def orders(connection: Connection, store_order: Any) -> list[Order]:
    """Four orders: a good one, a held one, one without an HS code, one that is not paid."""
    tea = replace(store_order().lines[0], variant_id="2", title="Herbal tea")
    changes: list[dict[str, Any]] = [{}, {}, {"lines": (tea,)}, {"paid": False}]
    made = [
        take_in(connection=connection, order=store_order(external_id=f"o{n}", number=f"#{n}", **change))
        for n, change in enumerate(changes)
    ]
    hold(made[1], "anna")
    return made


def ids(orders: list[Order]) -> list[int]:
    return [order.pk for order in orders]


def test_a_batch_ends_with_every_order_accounted_for(merchant: Merchant, orders: list[Order]) -> None:
    batch = batches.create(merchant, ids(orders), actor="anna")
    assert batches.progress(batch).waiting == 4
    work()
    found = batches.progress(batch)
    assert (found.total, found.done, found.failed, found.skipped, found.finished) == (4, 2, 1, 1, True)
    assert [(row.state, row.cause, row.count) for row in found.causes] == [
        ("failed", "hs_code_missing", 1),
        ("skipped", "unpaid", 1),
    ]
    batch.refresh_from_db()
    assert batch.finished_at is not None
    assert OutboundMessage.objects.get(kind="shipments.batch").state == "done"


def test_an_order_in_two_batches_gets_one_label(merchant: Merchant, orders: list[Order], practice: Practice) -> None:
    both = [batches.create(merchant, ids(orders[:count]), actor="anna") for count in (1, 2)]
    work()
    assert [batches.progress(batch).done for batch in both] == [1, 2]
    reference = Shipment.objects.get(order=orders[0]).reference
    assert len([row for row in practice.shipments() if reference in str(row["references"])]) == 1


def test_a_double_click_starts_one_batch(merchant: Merchant, orders: list[Order]) -> None:
    wanted = [order.pk for order in orders]
    first = batches.create(merchant, wanted, actor="anna")
    assert batches.create(merchant, wanted, actor="anna") == first
    assert batches.create(merchant, wanted[:2], actor="anna") != first
    assert AuditEntry.objects.filter(action="batch_started").count() == 2
    work()
    assert batches.create(merchant, wanted, actor="anna") != first  # it has ended: this is meant


@pytest.mark.skipif(database.vendor != "postgresql", reason="writers of SQLite stand in line anyway")
@pytest.mark.django_db(transaction=True)
def test_clicks_at_the_same_moment_start_one_batch(merchant: Merchant, orders: list[Order]) -> None:
    def click(_: int) -> int:
        try:
            return batches.create(merchant, [order.pk for order in orders], actor="anna").pk
        finally:
            database.close()

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(click, range(4)))) == 1


def test_a_cancelled_batch_may_be_started_anew(merchant: Merchant, orders: list[Order]) -> None:
    wanted = [order.pk for order in orders]
    first = batches.create(merchant, wanted, actor="anna")
    batches.cancel(first, "anna")
    assert batches.create(merchant, wanted, actor="anna") != first


def test_only_the_failed_are_tried_again(merchant: Merchant, orders: list[Order], practice: Practice) -> None:
    practice.fault("http_422", carrier="dhl_express", operation="ship", count=1)
    batch = batches.create(merchant, ids(orders[:2]), actor="anna")
    work()
    found = batches.progress(batch)
    assert (found.done, found.failed) == (1, 1)
    assert [row.cause for row in found.causes] == ["partner_refused"]
    assert batches.retry_failed(batch, "berta") == 1
    work()
    assert batches.progress(batch).done == 2
    assert LabelAttempt.objects.filter(outcome="bought").count() == 2
    assert batches.retry_failed(batch, "berta") == 0


def test_a_cancelled_batch_leaves_the_rest_alone(
    merchant: Merchant, orders: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "START_AT_ONCE", 1)
    hold(orders[0], "anna")
    batch = batches.create(merchant, ids(orders[:2]), actor="anna")
    operations.drain()
    assert batches.cancel(batch, "berta") == 1
    work()
    found = batches.progress(batch)
    assert (found.done, found.skipped) == (1, 1)
    assert found.causes[0].example == "cancelled by berta"
    assert Order.objects.get(pk=orders[1].pk).state == Order.State.ON_HOLD


def test_somebody_elses_order_is_refused(merchant: Merchant, orders: list[Order]) -> None:
    stranger = Merchant.objects.create(name="S", company="S", address1="x", city="x", country="NO", currency="EUR")
    with pytest.raises(batches.BatchRefused, match="no such orders"):
        batches.create(stranger, ids(orders), actor="eve")
    with pytest.raises(batches.BatchRefused, match="at least one"):
        batches.create(merchant, [], actor="anna")


def test_the_labels_come_as_one_file_in_the_order_asked_for(merchant: Merchant, orders: list[Order]) -> None:
    CarrierAccount.objects.update(settings={"duties_account": "951234567", "label_format": "pdf"})
    batch = batches.create(merchant, [orders[1].pk, orders[0].pk], actor="anna")
    work()
    (printed,) = print_out(batch)
    waybills = [Shipment.objects.get(order=order).waybill for order in (orders[1], orders[0])]
    assert printed.snapshot["waybills"] == waybills
    with printed.file.open("rb") as stored:
        pages = PdfReader(io.BytesIO(stored.read())).pages
    labels = Document.objects.filter(kind="label")
    assert len(pages) == printed.pages == sum(label.pages for label in labels)
    assert (printed.number, printed.kind) == (f"BATCH-{batch.pk:06d}", "label_pdf")
    assert print_out(batch) == [printed]


def test_zpl_labels_come_as_one_stream_of_the_carriers_bytes(merchant: Merchant, orders: list[Order]) -> None:
    CarrierAccount.objects.update(settings={"duties_account": "951234567", "label_format": "zpl"})
    batch = batches.create(merchant, ids(orders[:2]), actor="anna")
    work()
    (printed,) = print_out(batch)
    with printed.file.open("rb") as stored:
        stream = stored.read()
    parts = []
    for label in Document.objects.filter(kind="label").order_by("pk"):
        with label.file.open("rb") as stored:
            parts.append(stored.read())
    assert printed.media_type == "application/zpl"
    assert len(parts) == 2
    assert all(part in stream for part in parts)
    assert stream.count(b"^XA") == sum(part.count(b"^XA") for part in parts)


def test_nothing_done_prints_nothing(merchant: Merchant, orders: list[Order]) -> None:
    assert print_out(batches.create(merchant, ids(orders), actor="anna")) == []


def test_letting_orders_go_on_takes_as_many_statements_for_four_as_for_one(
    merchant: Merchant, connection: Connection, store_order: Any
) -> None:
    made = [take_in(connection=connection, order=store_order(external_id=f"n{n}", number=f"#n{n}")) for n in range(5)]
    for order in made:
        hold(order, "anna")
    with CaptureQueriesContext(database) as for_one:
        assert try_all_again(made[:1], "anna") == 0
    with CaptureQueriesContext(database) as for_four:
        try_all_again(made[1:], "anna")
    assert len(for_four) == len(for_one)
    assert set(Order.objects.values_list("state", flat=True)) == {Order.State.READY}
    assert AuditEntry.objects.filter(action="release").count() == 5
    owed = OutboundMessage.objects.filter(kind="shipments.plan", state="new")
    assert sorted(row.payload["order"] for row in owed) == sorted(ids(made))
