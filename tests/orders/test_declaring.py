"""What a person has customs told: before the label only, nothing false, with a trace."""

from decimal import Decimal
from typing import Any

import pytest

from shipsmart.merchants.models import AuditEntry, Importer, Merchant
from shipsmart.orders.declaring import NotDeclarable, declare
from shipsmart.orders.models import Order
from shipsmart.orders.operations import hold, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def order(connection: Any, store_order: Any) -> Order:
    """An order of goods for 58 EUR, held before its label."""
    row = take_in(connection=connection, order=store_order())
    hold(row, "anna")
    return Order.objects.get(pk=row.pk)


def importer(merchant: Merchant) -> Importer:
    return Importer.objects.create(
        merchant=merchant, company="Import GmbH", address1="Kai 1", city="Hamburg", country="DE"
    )


def test_a_change_is_kept_with_before_and_after(order: Order) -> None:
    told = {"export_reason": "repair", "insurance": Decimal("2.50"), "importer": importer(order.merchant)}
    assert set(declare(order, actor="anna", **told)) == {"export_reason", "insurance", "importer"}
    order.refresh_from_db()
    assert (order.export_reason, order.insurance, order.importer) == tuple(told.values())
    trace = AuditEntry.objects.get(action="declare")
    assert (trace.actor, trace.data["changes"]["export_reason"]) == ("anna", ["sale", "repair"])
    assert declare(order, actor="anna", **told) == {}
    assert AuditEntry.objects.filter(action="declare").count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"export_reason": "gift"}, "export_reason"),  # the shopper paid for it
        ({"export_reason": "sample"}, "export_reason"),
        ({"export_reason": "bribe"}, "export_reason"),
        ({"insurance": Decimal("-1")}, "insurance"),
        ({"insurance": Decimal("1.005")}, "insurance"),
    ],
)
def test_what_is_not_true_is_refused_by_field(order: Order, wrong: dict[str, Any], field: str) -> None:
    told = {"export_reason": "sale", "insurance": Decimal(0), "importer": None}
    with pytest.raises(NotDeclarable) as refusal:
        declare(order, actor="anna", **(told | wrong))
    assert refusal.value.field == field


def test_references_are_added_and_taken_away(order: Order) -> None:
    told: dict[str, Any] = {"export_reason": "sale", "insurance": Decimal(0), "importer": None, "actor": "anna"}
    assert declare(order, references={"itn": "AES X20261122000001", "permit": "CITES 17"}, **told) == {
        "references": ["", "itn: X20261122000001, permit: CITES 17"]
    }
    declare(order, references={"itn": ""}, **told)
    assert declare(order, **told) == {}
    order.refresh_from_db()
    assert order.references == {"permit": "CITES 17"}
    with pytest.raises(NotDeclarable) as refusal:
        declare(order, references={"permit": "", "mrn": "none"}, **told)
    assert refusal.value.field == "mrn"
    order.refresh_from_db()
    assert order.references == {"permit": "CITES 17"}


def test_goods_that_cost_nothing_may_be_a_gift(order: Order) -> None:
    order.lines.update(discount=Decimal("58.00"))
    assert declare(order, actor="anna", export_reason="gift", insurance=Decimal(0), importer=None)


def test_another_merchants_importer_is_refused(order: Order) -> None:
    other = Merchant.objects.create(name="x", company="x", address1="x", city="x", country="DE", currency="EUR")
    with pytest.raises(NotDeclarable, match="not one of yours"):
        declare(order, actor="anna", export_reason="sale", insurance=Decimal(0), importer=importer(other))


@pytest.mark.parametrize("state", [Order.State.READY, Order.State.LABELLED, Order.State.CANCELLED])
def test_an_order_on_its_way_to_a_label_is_left_alone(order: Order, state: str) -> None:
    Order.objects.update(state=state)
    with pytest.raises(NotDeclarable, match="hold the order"):
        declare(order, actor="anna", export_reason="repair", insurance=Decimal(0), importer=None)
