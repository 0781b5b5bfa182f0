"""Our own invoice on its way to the carrier: asked for by the account, sent once papers stand, told on the order."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from shipsmart.documents.models import Document
from shipsmart.inbox.models import OutboundMessage
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import Incoterm, manifests
from shipsmart.quotes.operations import quote_checkout
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import invoice_upload
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
KIND = invoice_upload.KIND
NUMBERS = {"dhl_express": "951234567", "ups": "A1B2C3", "fedex": "740561073"}


@pytest.fixture
def bought(connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any) -> Any:
    """Return a function that takes an order with the carrier and buys its label; the account wants its own invoice."""

    def buy(carrier: str, **wishes: Any) -> Shipment:
        settings = {"own_invoice": True, "paperless": True, "duties_account": NUMBERS[carrier]} | wishes
        CarrierAccount.objects.all().delete()
        CarrierAccount.objects.create(
            merchant=connection.merchant,
            carrier=carrier,
            number=NUMBERS[carrier],
            credentials=dict.fromkeys(manifests()[carrier].CREDENTIALS, "practice"),
            settings=settings,
        )
        answer = quote_checkout(connection, replace(cart, lines=(replace(cart.lines[0], quantity=8),)))
        answer.keep()
        options = [one for one in answer.options if one.service_code.startswith(carrier)]
        option = next(one for one in options if one.incoterm == Incoterm.DDP)
        lines = tuple(replace(one, quantity=8) for one in store_order().lines)
        order = store_order(lines=lines, shipping_code=option.service_code, shipping_paid=option.price)
        take_in(connection=connection, order=order)
        drained()
        shipment = Shipment.objects.get()
        assert shipment.state == Shipment.State.BOUGHT, shipment.reason
        return shipment

    return buy


def uploads(carriers: dict[str, str], shipment: Shipment) -> set[str]:
    rows = requests.get(f"{carriers['url']}/_practice/uploads", timeout=10).json()["uploads"]
    return {row["sha256"] for row in rows if row["waybill"] == shipment.waybill}


def told(order: Order, kind: str) -> list[str]:
    return [event.message for event in order.events.all() if event.kind == kind]


@pytest.mark.parametrize(("carrier", "title"), [("ups", "UPS"), ("fedex", "FedEx")])
def test_the_invoice_that_is_kept_here_is_the_one_the_carrier_has(
    carriers: Any, bought: Any, carrier: str, title: str
) -> None:
    shipment = bought(carrier)
    invoice = Document.objects.get(kind="commercial_invoice")
    assert uploads(carriers, shipment) == {invoice.sha256}
    assert told(shipment.order, "invoice_uploaded") == [f"{title} has invoice {invoice.number}"]


def test_dhl_is_told_ten_minutes_after_the_booking_and_not_before(carriers: Any, bought: Any, drained: Any) -> None:
    shipment = bought("dhl_express")
    message = OutboundMessage.objects.get(kind=KIND)
    assert timedelta(minutes=10) < message.due - shipment.bought_at < timedelta(minutes=12)
    assert uploads(carriers, shipment) == set()
    requests.post(f"{carriers['url']}/_practice/clock", json={"advance_s": 900}, timeout=10)
    OutboundMessage.objects.filter(kind=KIND).update(due=timezone.now())
    drained()
    assert uploads(carriers, shipment) == {Document.objects.get(kind="commercial_invoice").sha256}


def test_a_refusal_is_told_on_the_order_with_the_remedy(carriers: Any, bought: Any, drained: Any) -> None:
    shipment = bought("dhl_express", paperless=False)
    OutboundMessage.objects.filter(kind=KIND).update(due=timezone.now())
    drained()
    (text,) = told(shipment.order, "invoice_not_uploaded")
    assert "switch it on for the account" in text
    assert Order.objects.get().state == Order.State.LABELLED


def test_nothing_is_sent_where_the_account_does_not_ask_for_it(carriers: Any, bought: Any) -> None:
    assert uploads(carriers, bought("ups", own_invoice=False)) == set()
    assert not OutboundMessage.objects.filter(kind=KIND).exists()


def test_a_void_label_takes_no_invoice(carriers: Any, bought: Any) -> None:
    shipment = bought("dhl_express")
    Shipment.objects.update(state=Shipment.State.VOIDED)
    assert invoice_upload.handle_upload(OutboundMessage.objects.get(kind=KIND)) is None
    assert uploads(carriers, shipment) == set()


def test_a_corrected_invoice_is_sent_too(carriers: Any, bought: Any, drained: Any) -> None:
    shipment = bought("ups")
    first = Document.objects.get(kind="commercial_invoice")
    content = b"%PDF-1.4 corrected"
    sha256 = hashlib.sha256(content).hexdigest()
    name = default_storage.save("papers/corrected.pdf", ContentFile(content))
    Document.objects.create(
        merchant=first.merchant, subject=first.subject, kind=first.kind, number=first.number, version=2,
        corrects=first, snapshot={}, file=name, sha256=sha256,
    )  # fmt: skip
    invoice_upload.ask(Shipment.objects.select_related("account").get())
    drained()
    assert uploads(carriers, shipment) == {first.sha256, sha256}
