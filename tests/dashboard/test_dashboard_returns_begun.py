"""Returns begun on the pages, their label, and what the pages say of refunds; another shop finds nothing."""

from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from shipsmart.dashboard.templatetags.pages import unlocal
from shipsmart.orders.models import Order
from shipsmart.returns.models import RefundInstruction, Return, ReturnLine

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(shop: Any) -> Order:
    """A delivered order of no store that could be told."""
    Order.objects.filter(pk=shop.order.pk).update(channel="manual", connection=None, state=Order.State.DELIVERED)
    order: Order = Order.objects.get(pk=shop.order.pk)
    return order


def begin(client: Client, order: Order, **data: Any) -> Any:
    line = order.lines.get()
    values = {f"units-{line.pk}": "1", f"reason-{line.pk}": "defective", f"note-{line.pk}": "a hole", "key": "k"}
    return client.post(reverse("dashboard:return_begin", args=[order.pk]), values | data)


def test_order_that_was_sent_offers_to_take_goods_back(owner: Client, sent: Order) -> None:
    address = reverse("dashboard:return_begin", args=[sent.pk])
    assert address in owner.get(reverse("dashboard:order", args=[sent.pk])).content.decode()
    assert sent.lines.get().title in owner.get(address).content.decode()


def test_return_is_begun_once_however_often_the_button_is_pressed(owner: Client, sent: Order) -> None:
    first, second = begin(owner, sent), begin(owner, sent)
    assert first["Location"] == second["Location"]
    assert first["Location"] in owner.get(reverse("dashboard:order", args=[sent.pk])).content.decode()
    made = Return.objects.get()
    line = made.lines.get()
    assert (made.state, line.quantity, line.reason, line.note) == ("approved", 1, "defective", "a hole")


@pytest.mark.parametrize(("units", "said"), [("0", "at least one line"), ("99", "may still come back"), ("x", "whole")])
def test_units_that_make_no_sense_are_named_and_what_was_typed_stays(
    owner: Client, sent: Order, units: str, said: str
) -> None:
    line = sent.lines.get()
    answer = begin(owner, sent, **{f"units-{line.pk}": units})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert 'value="a hole"' in page
    assert not Return.objects.exists()


def test_nothing_that_was_not_sent_can_come_back(owner: Client, sent: Order) -> None:
    Order.objects.update(state=Order.State.READY)
    page = owner.get(reverse("dashboard:return_begin", args=[sent.pk]), follow=True).content.decode()
    assert "nothing was sent that could come back" in page


@pytest.fixture
def begun(owner: Client, sent: Order) -> Return:
    begin(owner, sent)
    return Return.objects.get()


def test_label_is_kept_with_its_waybill_and_may_be_changed(owner: Client, begun: Return) -> None:
    address = reverse("dashboard:return_label", args=[begun.pk])
    for waybill in ("RR1NO", "RR2NO"):
        label = SimpleUploadedFile("l.pdf", b"%PDF-1.7 " + waybill.encode(), "application/pdf")
        owner.post(address, {"carrier": "posten", "waybill": waybill, "label": label})
        begun.refresh_from_db()
        assert (begun.state, begun.waybill) == ("on_its_way", waybill)
        assert default_storage.open(begun.label_file).read().endswith(waybill.encode())


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"waybill": ""}, "Waybill: only letters and digits"),
        ({"waybill": "<b>"}, "Waybill: only letters and digits"),
        ({"tracking_url": "javascript:alert(1)"}, "begins with https://"),
        ({"label": SimpleUploadedFile("l.pdf", b"MZ no pdf")}, "a PDF of at most 5 MB"),
    ],
)
def test_label_that_is_none_is_refused_by_name(owner: Client, begun: Return, data: dict[str, Any], said: str) -> None:
    address = reverse("dashboard:return_label", args=[begun.pk])
    page = owner.post(address, {"waybill": "RR1NO", **data}, follow=True).content.decode()
    assert said in page.replace("&#x27;", "'")
    begun.refresh_from_db()
    assert begun.state == "approved"


def test_inspection_notes_what_goes_back_on_the_shelf(owner: Client, begun: Return) -> None:
    line = begun.lines.get()
    owner.post(reverse("dashboard:return_action", args=[begun.pk, "receive"]))
    values = {f"accepted-{line.pk}": "1", f"restock-{line.pk}": "1"}
    owner.post(reverse("dashboard:return_action", args=[begun.pk, "inspect"]), values)
    line.refresh_from_db()
    assert (line.accepted, line.restock) == (1, True)
    owner.post(reverse("dashboard:return_action", args=[begun.pk, "close"]))
    begun.refresh_from_db()
    assert begun.state == "closed"


def test_refund_without_a_store_that_can_pay_says_so_and_pays_nothing(owner: Client, begun: Return) -> None:
    ReturnLine.objects.update(accepted=1)
    Return.objects.update(state=Return.State.INSPECTED)
    address = reverse("dashboard:refund", args=[begun.pk])
    answer = owner.post(address, {"key": str(uuid4()), "expected": "1.00", "goods": "1"})
    assert answer.status_code == 422
    assert not RefundInstruction.objects.exists()
    assert address not in owner.get(reverse("dashboard:return", args=[begun.pk])).content.decode()


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"key": "x", "expected": "1"},
        {"key": str(uuid4()), "expected": "much"},
        {"key": str(uuid4()), "expected": "sNaN"},
    ],
)
def test_click_without_its_page_pays_nothing(owner: Client, begun: Return, data: dict[str, str]) -> None:
    page = owner.post(reverse("dashboard:refund", args=[begun.pk]), data)
    assert page.status_code == 422
    assert "The page was not complete" in page.content.decode()


def unsure(begun: Return) -> RefundInstruction:
    zero = dict.fromkeys(("tax", "freight", "duty", "import_tax", "fees", "store_duty", "shipping"), Decimal(0))
    return RefundInstruction.objects.create(
        order=begun.order, returned=begun, key=uuid4(), state="unsure", actor="o", currency="GBP", goods=Decimal(20),
        pay_currency="GBP", payments=[{"parent": "1", "gateway": "card", "amount": "20.00"}], **zero,
    )  # fmt: skip


def test_page_of_another_refund_pays_nothing(owner: Client, begun: Return, sent: Order) -> None:
    row = unsure(begun)
    ReturnLine.objects.update(quantity=1)
    other = Return.objects.create(merchant=begun.merchant, order=sent, number="R2")
    answer = owner.post(reverse("dashboard:refund", args=[other.pk]), {"key": str(row.key), "expected": "20"})
    assert (answer.status_code, "another refund" in answer.content.decode()) == (422, True)


def test_control_characters_are_not_kept(owner: Client, sent: Order) -> None:
    line = sent.lines.get()
    begin(owner, sent, **{f"note-{line.pk}": "a\x00hole"})
    assert Return.objects.get().lines.get().note == "a hole"


@pytest.mark.parametrize(("action", "state"), [("again", "ordered"), ("not-made", "refused")])
def test_refund_of_unknown_outcome_is_settled_by_a_person(
    owner: Client, begun: Return, action: str, state: str
) -> None:
    row = unsure(begun)
    assert "Nobody knows" in owner.get(reverse("dashboard:return", args=[begun.pk])).content.decode()
    for _ in range(2):
        owner.post(reverse("dashboard:refund_action", args=[row.pk, action]))
        row.refresh_from_db()
        assert row.state == state


def test_a_stranger_begins_and_refunds_nothing(stranger: Client, begun: Return) -> None:
    row = unsure(begun)
    assert begin(stranger, begun.order).status_code == 404
    for name, pk in (("return_label", begun.pk), ("refund", begun.pk)):
        assert stranger.post(reverse(f"dashboard:{name}", args=[pk])).status_code == 404
    assert stranger.post(reverse("dashboard:refund_action", args=[row.pk, "again"])).status_code == 404
    assert stranger.get(reverse("dashboard:refund", args=[begun.pk])).status_code == 404


@pytest.mark.parametrize(("number", "text"), [(1234567, "1234567"), (0.5, "0.5"), (12.0, "12")])
def test_numbers_in_attributes_keep_their_digits(number: float, text: str) -> None:
    assert unlocal(number) == text
