"""A return ends with one input invoice, which refunds by itself; never with two."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.storefronts.vtex import client as vtex
from integrations.storefronts.vtex import fulfilment, returning
from integrations.storefronts.vtex.feed import pull
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection, Member
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError
from shipsmart.returns import operations
from shipsmart.returns.models import Return
from tests.integrations.storefronts.vtex.conftest import Practice, logged_in


@pytest.fixture
def order(reachable: Connection, practice: Practice, carriers: Any, drained: Callable[[], None]) -> Order:
    """Two T-shirts in Berlin, sent and invoiced."""
    practice.bought(("101", 2))
    pull(reachable)
    drained()
    return Order.objects.get()


def inspected(order: Order) -> Return:
    line = order.lines.get().external_id
    returned = returning.begin(order, units={line: 1}, reason="size", actor="owner")
    operations.receive(returned, actor="owner")
    return operations.inspect(returned, actor="owner", accepted={}, condition={})


def inputs(practice: Practice, order: Order) -> list[dict[str, Any]]:
    packages = practice.order(order.external_id)["packageAttachment"]["packages"]
    return [package for package in packages if package["type"] == "Input"]


def test_an_inspected_return_is_invoiced_and_refunded_once(
    order: Order, practice: Practice, drained: Callable[[], None]
) -> None:
    returned = inspected(order)
    # One shirt of 29.00, and what the quote laid on it: half of 3.00 duty, 5.51 tax on it (19 %).
    returning.invoice(returned, actor="owner")
    drained()
    returned.refresh_from_db()
    (package,) = inputs(practice, order)
    refund = order.refunds.get()
    assert package["invoiceValue"] == int(refund.total * 100)
    assert (refund.goods, refund.returned, returned.state) == (Decimal("29.000"), returned, Return.State.REFUNDED)
    OutboundMessage.objects.filter(kind=returning.INVOICE).update(state="new", due=timezone.now())
    drained()
    with pytest.raises(operations.NotNow):
        returning.invoice(returned, actor="owner")
    assert len(inputs(practice, order)) == order.refunds.count() == 1


def test_goods_invoiced_back_by_hand_are_not_refunded_again(
    order: Order, practice: Practice, drained: Callable[[], None]
) -> None:
    returned = inspected(order)
    node, line = practice.order(order.external_id), order.lines.get().external_id
    by_hand = fulfilment.input_invoice(node, number="H-1", lines={line: 1}, refund=Decimal(29), at=timezone.now())
    vtex.invoice(practice.api_key(), order.external_id, by_hand)
    returning.invoice(returned, actor="owner")  # the feed has not told of the other yet
    drained()
    returned.refresh_from_db()
    assert [package["invoiceNumber"] for package in inputs(practice, order)] == ["H-1"]
    assert (order.refunds.get().goods, returned.state) == (Decimal("29.000"), Return.State.REFUNDED)


def test_an_answer_that_was_lost_makes_no_second_invoice(
    order: Order, practice: Practice, drained: Callable[[], None]
) -> None:
    returned = inspected(order)
    returning.invoice(returned, actor="owner")
    message = OutboundMessage.objects.get(kind=returning.INVOICE)
    returning.send_invoice(message)  # sent, and the process dies before its effects
    drained()
    assert len(inputs(practice, order)) == order.refunds.count() == 1


def test_no_more_comes_back_than_was_sold(order: Order) -> None:
    line = order.lines.get().external_id
    returning.begin(order, units={line: 2}, reason="size", actor="owner")
    for units in ({line: 1}, {line: 0}, {"none": 1}):
        with pytest.raises(operations.NotNow):
            returning.begin(order, units=units, reason="size", actor="owner")


def test_the_port_reads_returns_and_refunds(order: Order, practice: Practice) -> None:
    connection, line = order.connection, order.lines.get().external_id
    node = practice.order(order.external_id)
    body = fulfilment.input_invoice(node, number="H-2", lines={line: 1}, refund=Decimal(29), at=timezone.now())
    vtex.invoice(practice.api_key(), order.external_id, body)
    port = returning.adapter
    told = port.fetch_return(connection, f"{order.external_id}|H-2")
    assert (told.state, [(row.order_line_id, row.quantity) for row in told.lines]) == ("closed", [(line, 1)])
    (refund,) = port.fetch_refunds(connection, order.external_id, known=(), currency="EUR").refunds
    assert refund.lines == {line: 1}
    assert port.fetch_refunds(connection, order.external_id, known=[refund.external_id], currency="EUR").refunds == ()
    for wrong in (lambda: port.fetch_return(connection, f"{order.external_id}|none"),
                  lambda: port.fetch_refunds(connection, order.external_id, known=(), currency="USD")):  # fmt: skip
        with pytest.raises(IntegrationError):
            wrong()


def test_a_return_is_told_to_vtex_at_its_end_only_and_its_page_leads_to_the_invoice(
    order: Order, drained: Callable[[], None]
) -> None:
    returned = inspected(order)
    drained()
    told = OutboundMessage.objects.filter(kind__startswith="returns.")
    assert set(told.values_list("state", flat=True)) <= {"done"}
    page = logged_in(order.merchant, "owner").get(reverse("dashboard:return", args=[returned.pk])).content.decode()
    assert reverse("vtex_connect:store_returns", args=[order.connection.pk]) in page
    assert "The store is told" not in page
    mate = logged_in(order.merchant, "mate", Member.Role.MEMBER)
    assert (
        "An owner of the account refunds it"
        in mate.get(reverse("dashboard:return", args=[returned.pk])).content.decode()
    )


def test_the_page_begins_a_return_and_invoices_it(
    order: Order, practice: Practice, drained: Callable[[], None]
) -> None:
    owner, stranger = logged_in(order.merchant, "owner"), logged_in(None, "stranger")
    path = reverse("vtex_connect:store_returns", args=[order.connection.pk])
    assert stranger.get(path).status_code in (302, 403, 404)
    assert owner.get(path, {"order": "none"}).status_code == 422
    line = order.lines.get().external_id
    asked = f"{path}?order={order.external_id}"
    assert owner.post(asked, {"reason": "size", f"units_{line}": "3"}).status_code == 422
    assert owner.post(asked, {"reason": "size", f"units_{line}": "1"}).status_code == 302
    returned = Return.objects.get()
    owner.post(path, {"invoice": returned.pk})
    drained()
    assert inputs(practice, order) == []  # nobody has inspected it yet
    operations.receive(returned, actor="owner")
    operations.inspect(returned, actor="owner", accepted={}, condition={})
    assert "Invoice and refund" in owner.get(path).content.decode()
    owner.post(path, {"invoice": returned.pk})
    drained()
    assert len(inputs(practice, order)) == 1
