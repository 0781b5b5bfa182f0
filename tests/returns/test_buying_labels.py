"""A label for the way back, bought at a practice carrier: once, with its return invoice, and mended when refused."""

import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from shipsmart.documents.models import Document
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Member
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import ParcelSpec
from shipsmart.quotes.operations import quote_checkout
from shipsmart.rating.models import CarrierAccount
from shipsmart.returns import buying
from shipsmart.returns.models import LabelPurchase, Return, ReturnLine
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
BOX = ParcelSpec("1", 700, 300, 200, 150)


@pytest.fixture
def returned(connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any) -> Return:
    """One of two shirts that came to Berlin goes back to Oslo."""
    answer = quote_checkout(connection, cart)
    answer.keep()
    option = answer.options[0]
    placed = store_order(shipping_code=option.service_code, shipping_paid=option.price)
    order = take_in(connection=connection, order=replace(placed, ship_to=cart.ship_to))
    drained()
    OutboundMessage.objects.all().delete()
    row = Return.objects.create(merchant=order.merchant, order=order, number="R1", state=Return.State.APPROVED)
    ReturnLine.objects.create(returned=row, order_line=order.lines.get(), quantity=1)
    return row


def ask(returned: Return, **changes: Any) -> LabelPurchase:
    account = CarrierAccount.objects.get(carrier="dhl_express")
    told: dict[str, Any] = {"account": account, "service": "P", "parcel": BOX, "actor": "anna"}
    return buying.ask(returned, **(told | changes))


def fault(carriers: dict[str, str], **values: Any) -> None:
    requests.post(f"{carriers['url']}/_practice/faults", json=values, timeout=10).raise_for_status()


def booked(carriers: dict[str, str], purchase: LabelPurchase) -> list[Any]:
    listed = requests.get(f"{carriers['url']}/_practice/shipments", timeout=10).json()
    rows = listed["shipments"] if isinstance(listed, dict) else listed
    return [row for row in rows if purchase.reference in str(row)]


def text_of(kind: str) -> str:
    document = Document.objects.get(kind=kind, subject__startswith="return:")
    with document.file.open() as stored:
        return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(stored.read())).pages)


def test_a_label_is_bought_with_its_return_invoice(returned: Return, carriers: Any, drained: Any) -> None:
    purchase = ask(returned)
    drained()
    purchase.refresh_from_db()
    returned.refresh_from_db()
    assert (purchase.state, purchase.message) == ("bought", "")
    assert (returned.state, returned.waybill, returned.carrier) == ("on_its_way", purchase.waybill, "dhl_express")
    assert returned.label_file.endswith(f"{purchase.waybill}.pdf")
    assert len(booked(carriers, purchase)) == 1
    sent = Order.objects.get().shipments.get()
    invoice = text_of("return_invoice")
    for said in (purchase.invoice_number, sent.waybill, sent.invoice_number, "Fjord AS", "Lena Vogel", "29.00"):
        assert said in invoice, said
    assert "58.00" not in invoice  # one of the two comes back
    kinds = Document.objects.filter(subject__startswith="return:").values_list("kind", flat=True)
    assert set(kinds) == {"label", "return_invoice", "packing_list"}


def test_goods_of_a_hub_go_back_there(returned: Return, carriers: Any, drained: Any, client: Any) -> None:
    place = {"address1": "4 Mill Lane", "city": "Leeds", "postcode": "LS1 4AP", "country": "GB", "region": ""}
    Shipment.objects.update(leaves_from=place)
    owner = get_user_model().objects.create(username="rosa")
    Member.objects.create(merchant=returned.merchant, user=owner, role=Member.Role.OWNER)
    client.force_login(owner)
    page = client.get(reverse("dashboard:return", args=[returned.pk])).content.decode()
    assert "It goes back to where it left from: Leeds, United Kingdom." in page
    purchase = ask(returned)
    drained()
    purchase.refresh_from_db()
    assert (purchase.state, purchase.message) == ("bought", "")
    (there,) = booked(carriers, purchase)
    assert (there["origin"], there["destination"]) == ("DE", "GB")
    assert "4 Mill Lane" in text_of("return_invoice")


def test_two_clicks_buy_one_label(returned: Return, drained: Any) -> None:
    ask(returned)
    with pytest.raises(buying.NotBuyable, match="being bought"):
        ask(returned)
    drained()
    assert LabelPurchase.objects.get().state == "bought"
    assert ask(returned).pk  # another label for the same return, on purpose, is possible


def test_an_answer_that_is_lost_buys_no_second_label(
    returned: Return, carriers: Any, drained: Any, settings: Any
) -> None:
    settings.LABEL_TIMEOUT_S = 0.3
    fault(carriers, carrier="dhl_express", operation="ship", kind="accept_then_hang", times=1)
    purchase = ask(returned)
    drained()
    settings.LABEL_TIMEOUT_S = 20
    for _ in range(3):
        OutboundMessage.objects.filter(state="new").update(due=timezone.now() - timedelta(seconds=1))
        drained()
    purchase.refresh_from_db()
    assert len(booked(carriers, purchase)) == 1
    # DHL does not print a label again: a person is told which waybill was booked.
    assert (purchase.state, "booked" in purchase.message) == ("refused", True)


def test_what_customs_would_refuse_is_said_before_anything_is_bought(returned: Return, carriers: Any) -> None:
    returned.order.lines.update(hs_code="", weight_g=0)
    with pytest.raises(buying.NotBuyable, match=r"no net weight.*lines\[0\].*no HS code"):
        ask(returned)
    assert not LabelPurchase.objects.exists()
    assert Document.objects.filter(subject__startswith="return:").count() == 0


def test_a_refusal_ends_the_purchase_and_another_may_be_asked_for(returned: Return, drained: Any) -> None:
    purchase = ask(returned, service="ZZ")
    drained()
    purchase.refresh_from_db()
    assert purchase.state == "refused"
    assert purchase.message
    again = ask(returned)
    assert (again.state, again.invoice_number) == ("asked", purchase.invoice_number)  # the series has no gap


def test_a_carrier_that_sells_no_return_labels_is_refused(returned: Return) -> None:
    account = CarrierAccount.objects.create(merchant=returned.merchant, carrier="correios", number="9")
    with pytest.raises(buying.NotBuyable, match="sells no labels for returns"):
        ask(returned, account=account)
