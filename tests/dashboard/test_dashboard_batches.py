"""Label batches on their pages: started from the list, watched, retried, cancelled, printed."""

from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader, PdfWriter

from shipsmart.documents.models import Document
from shipsmart.inbox.models import OutboundMessage
from shipsmart.orders.models import Order
from shipsmart.shipments import batch_printing, batches
from shipsmart.shipments.batch_models import BatchItem, LabelBatch
from shipsmart.shipments.models import Shipment
from tests.dashboard.conftest import make_order

State = Order.State


def url(name: str, *args: Any) -> str:
    return reverse(f"dashboard:{name}", args=args)


@pytest.fixture
def three(shop: Any) -> list[Order]:
    """Two orders that wait for their labels and one on hold."""
    made = [make_order(shop.merchant, f"#w{n}", state=State.READY) for n in range(2)]
    return [*made, make_order(shop.merchant, "#held", state=State.ON_HOLD)]


def start(client: Client, orders: list[Order]) -> LabelBatch:
    response = client.post(url("batch_start"), {"order": [order.pk for order in orders]})
    batch = LabelBatch.objects.latest("pk")
    assert response["Location"] == url("batch", batch.pk)
    return batch


def settle(batch: LabelBatch, order: Order, state: str, cause: str = "", message: str = "") -> None:
    BatchItem.objects.filter(batch=batch, order=order).update(state=state, cause=cause, message=message)


def test_ticked_orders_become_a_batch(three: list[Order], teammate: Client) -> None:
    batch = start(teammate, three[:2])
    assert [item.order for item in batch.items.all()] == three[:2]
    assert batch.actor == "teammate@example.com"
    assert OutboundMessage.objects.filter(key=f"shipments.batch:{batch.pk}").exists()


def test_all_that_wait_under_the_filters_become_one_and_the_held_stay(three: list[Order], owner: Client) -> None:
    assert "Buy the labels of all 2 that wait" in owner.get(url("orders")).content.decode()
    owner.post(url("batch_start"), {"all": "1", "tab": "all"})
    assert {item.order.number for item in LabelBatch.objects.get().items.all()} == {"#w0", "#w1"}
    owner.post(url("batch_start"), {"all": "1", "tab": "on-hold"})
    assert [item.order.number for item in LabelBatch.objects.latest("pk").items.all()] == ["#held"]


@pytest.mark.parametrize("ticked", [[], ["x"], ["9" * 30], ["999999"]])
def test_nothing_of_ours_starts_nothing(three: list[Order], owner: Client, ticked: list[str]) -> None:
    assert owner.post(url("batch_start"), {"order": ticked})["Location"] == url("orders")
    assert not LabelBatch.objects.exists()


def test_the_page_counts_groups_by_cause_and_says_what_to_do(three: list[Order], owner: Client) -> None:
    batch = start(owner, three)
    settle(batch, three[0], "failed", "partner_refused", "postcode 10969 is unknown")
    settle(batch, three[1], "failed", "partner_refused", "postcode 10969 is unknown")
    text = owner.get(url("batch", batch.pk)).content.decode()
    assert "2 of 3 orders are through" in text
    assert 'hx-trigger="every 2s"' in text
    assert "postcode 10969 is unknown" in text
    assert "mend the address or the goods" in text
    assert "#w0" in text and "#w1" in text


def test_the_moving_part_comes_alone_and_stops_when_all_is_through(three: list[Order], owner: Client) -> None:
    batch = start(owner, three[:1])
    part = owner.get(url("batch", batch.pk), headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    settle(batch, three[0], "skipped", "order_cancelled", "the order was cancelled")
    LabelBatch.objects.filter(pk=batch.pk).update(finished_at=batch.created_at)
    part = owner.get(url("batch", batch.pk), headers={"HX-Request": "true"}).content.decode()
    assert "hx-trigger" not in part
    assert "Finished" in part


def test_only_the_failed_are_put_back(three: list[Order], owner: Client) -> None:
    batch = start(owner, three[:2])
    settle(batch, three[0], "done")
    settle(batch, three[1], "failed", "on_hold")
    owner.post(url("batch_action", batch.pk, "retry"))
    assert [item.state for item in batch.items.all()] == ["done", "waiting"]


def test_the_rest_is_cancelled(three: list[Order], owner: Client) -> None:
    batch = start(owner, three[:2])
    settle(batch, three[0], "working")
    owner.post(url("batch_action", batch.pk, "cancel"))
    assert [item.state for item in batch.items.all()] == ["working", "skipped"]


def test_labels_are_put_together_behind_the_page(shop: Any, owner: Client, drained: Any) -> None:
    batch = start(owner, [shop.order])
    Shipment.objects.filter(pk=shop.shipment.pk).update(state=Shipment.State.BOUGHT, waybill="WB1")
    BatchItem.objects.filter(batch=batch).update(state="done", shipment=shop.shipment)
    _label(shop)
    owner.post(url("batch_action", batch.pk, "print"))
    assert "Being put together" in owner.get(url("batch", batch.pk)).content.decode()
    OutboundMessage.objects.exclude(kind="shipments.print").delete()
    drained()
    (paper,) = batch_printing.print_outs(batch)
    text = owner.get(url("batch", batch.pk)).content.decode()
    assert url("document", paper.pk) in text
    assert "All labels as PDF" in text
    with paper.file.open("rb") as stored:
        assert len(PdfReader(stored).pages) == 1


def _label(shop: Any) -> None:
    writer = PdfWriter()
    writer.add_blank_page(288, 432)
    target = ContentFile(b"", name="label.pdf")
    writer.write(target)
    Document.objects.create(
        merchant=shop.merchant, subject=f"shipment:{shop.shipment.pk}", kind="label", number="WB1", file=target,
        media_type="application/pdf", pages=1, sha256="0" * 64, snapshot={},
    )  # fmt: skip


def test_a_stranger_neither_sees_nor_touches_a_batch(three: list[Order], owner: Client, stranger: Client) -> None:
    batch = start(owner, three)
    assert f"Batch {batch.pk}" not in stranger.get(url("batches")).content.decode()
    assert stranger.get(url("batch", batch.pk)).status_code == 404
    for action in ("retry", "cancel", "print"):
        assert stranger.post(url("batch_action", batch.pk, action)).status_code == 404
    stranger.post(url("batch_start"), {"order": [three[0].pk]})
    assert LabelBatch.objects.count() == 1
    assert batches.progress(batch).waiting == 3


def test_the_list_of_batches_says_how_each_ended(three: list[Order], owner: Client) -> None:
    batch = start(owner, three[:1])
    settle(batch, three[0], "failed", "on_hold")
    text = owner.get(url("batches")).content.decode()
    assert f"Batch {batch.pk}" in text
    assert "Finished" in text
