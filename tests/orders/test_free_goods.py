"""Goods that cost the shopper nothing are declared at what they would cost, once a person has said so."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from shipsmart.documents.models import Document
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.orders.declaring import NotDeclarable, declare, free_lines
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release, take_in
from shipsmart.ports import StoreOrder, StoreOrderLine
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
SOLD = StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 2, Decimal("29.00"), Decimal(0))
GIFT = StoreOrderLine("l2", "1", "TEE", "Cotton T-shirt", 1, Decimal("29.00"), Decimal("29.00"))
TOLD: dict[str, Any] = {"export_reason": "sale", "insurance": Decimal(0), "importer": None, "actor": "anna"}


@pytest.fixture
def order(
    connection: Connection, store_order: Callable[..., StoreOrder], carriers: Any, drained: Callable[[], None]
) -> Order:
    row = take_in(connection=connection, order=store_order(lines=(SOLD, GIFT)))
    drained()
    return Order.objects.get(pk=row.pk)


def test_a_gift_beside_what_was_bought_goes_on_once_it_has_a_value(order: Order, drained: Callable[[], None]) -> None:
    assert order.state == Order.State.NEEDS_DATA
    assert "has no value" in order.reason
    (gift,) = free_lines(order)
    assert set(declare(order, values={gift.pk: Decimal("29.00")}, **TOLD)) == {"value of Cotton T-shirt"}
    assert AuditEntry.objects.get(action="declare").data["changes"] == {"value of Cotton T-shirt": ["", "29.00"]}
    release(order, "anna")
    drained()
    shipment = Shipment.objects.get(order=order)
    assert shipment.state == "bought", shipment.reason
    paper = Document.objects.get(subject=f"shipment:{shipment.pk}", kind="commercial_invoice")
    assert {line["unit_price"] for line in paper.snapshot["lines"]} == {"29.00"}
    assert order.goods_total == Decimal("58.00")


def test_the_same_value_again_leaves_no_trace(order: Order) -> None:
    (gift,) = free_lines(order)
    declare(order, values={gift.pk: Decimal("29.00")}, **TOLD)
    assert declare(order, values={gift.pk: Decimal("29.00")}, **TOLD) == {}
    assert set(declare(order, values={gift.pk: None}, **TOLD)) == {"value of Cotton T-shirt"}


@pytest.mark.parametrize("value", [Decimal("-1"), Decimal("1.005")])
def test_a_value_that_is_none_is_refused_by_field(order: Order, value: Decimal) -> None:
    (gift,) = free_lines(order)
    with pytest.raises(NotDeclarable) as refusal:
        declare(order, values={gift.pk: value}, **TOLD)
    assert refusal.value.field == f"value_{gift.pk}"


def test_goods_that_were_paid_for_keep_their_price(order: Order) -> None:
    sold = order.lines.get(external_id="l1")
    with pytest.raises(NotDeclarable, match="declared at what was paid"):
        declare(order, values={sold.pk: Decimal(1)}, **TOLD)
