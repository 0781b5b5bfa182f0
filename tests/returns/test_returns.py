"""A return from the request to the refund, and refunds as the store tells of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.inbox.models import OutboundMessage
from shipsmart.orders.models import Order, OrderLine
from shipsmart.ports import StoreOrderLine, StoreRefund, StoreRefunds, StoreReturn, StoreReturnLine
from shipsmart.quotes.models import Quote
from shipsmart.returns import operations, queries, write_back
from shipsmart.returns.models import Claim, Refund, Return
from shipsmart.returns.recording import record_refunds
from shipsmart.returns.split import Parts, TooMuch

pytestmark = pytest.mark.django_db

AT = datetime(2026, 3, 15, 10, tzinfo=UTC)
ANSWER = {
    "scheme": None,
    "charges": [
        {"kind": "duty", "line": "1", "quote_amount": "7.20"},
        {"kind": "import_tax", "line": "1", "quote_amount": "13.44"},
        {"kind": "fee", "line": None, "quote_amount": "5.00"},
    ],
}


@pytest.fixture
def order(merchant, connection):
    """Three shirts to London: 60.00 and a delivery of 35.54, of which 25.64 are duty, tax and a fee."""
    quote = Quote.objects.create(
        merchant=merchant, connection=connection, checkout="c", fingerprint="f", country="GB", currency="EUR",
        incoterm="DDP", service_code="x", service_name="x", carrier="table", carrier_service="x",
        freight=Decimal("9.90"),
        charges=Decimal("25.64"), price=Decimal("35.54"),
        price_source="live", status="complete", request_text="{}",
        answer_text=json.dumps(ANSWER), signature="s",
    )  # fmt: skip
    made = Order.objects.create(
        merchant=merchant, connection=connection, channel="shopify", external_id="1", number="#1001", placed_at=AT,
        store_updated_at=AT, currency="EUR", country="GB", shipping_paid=Decimal("35.54"), total_paid=Decimal("95.54"),
        paid=True, incoterm="DDP", quote=quote, state=Order.State.SHIPPED,
        collected={"scheme": "", "duty": "7.20", "import_tax": "13.44", "fees": "5.00", "quote_id": quote.quote_id},
    )  # fmt: skip
    OrderLine.objects.create(order=made, external_id="l1", title="Shirt", quantity=3, unit_price=Decimal("20.00"))
    return made


def told(state="requested", **changes):
    lines = (StoreReturnLine("r1", "l1", 2, "defective", "a hole"),)
    return StoreReturn("77", "1", "#1001-R1", state, AT, lines, **changes)


def refund(number, *, units=0, goods="0", shipping="0"):
    lines = {"l1": units} if units else {}
    return StoreRefund(number, AT, "EUR", lines, Decimal(goods), Decimal(shipping), Decimal(0))


def refunds(*rows):
    return StoreRefunds((StoreOrderLine("l1", "", "", "Shirt", 3, Decimal("20.00"), Decimal(0)),), rows)


def step(order, returned, *names):
    for name in names:
        act = {
            "approve": lambda: operations.approve(returned, actor="a"),
            "label": lambda: operations.label_bought(returned, carrier="ups", waybill="1ZR", tracking_url=""),
            "receive": lambda: operations.receive(returned, actor="a"),
            "inspect": lambda: operations.inspect(returned, actor="a", accepted={}, condition={}),
        }[name]
        act()
    return Return.objects.get(pk=returned.pk)


def test_same_request_any_number_of_times_is_one_return(connection, order):
    for _ in range(2):
        operations.take_in(connection, told())
    returned = Return.objects.get()
    assert (returned.number, returned.state, returned.quantities) == ("#1001-R1", "requested", {"l1": 2})
    assert order.events.filter(kind="return_requested").count() == 1


def test_return_of_an_order_we_do_not_know_waits(connection, order):
    order.delete()
    assert operations.take_in(connection, told()) is None


def test_other_merchants_order_of_the_same_number_is_not_touched(connection, order):
    order.connection = None
    order.save()
    assert operations.take_in(connection, told()) is None


def test_approval_is_told_to_the_store_once(connection, order):
    returned = operations.take_in(connection, told())
    step(order, returned, "approve")
    with pytest.raises(operations.NotNow, match="is approved: it cannot be approved now"):
        operations.approve(returned, actor="a")
    assert OutboundMessage.objects.filter(kind="returns.approve").count() == 1


def test_decline_carries_its_reason(connection, order):
    returned = operations.take_in(connection, told())
    operations.decline(returned, actor="a", note="worn", reason="final_sale")
    message = OutboundMessage.objects.get(kind="returns.decline")
    assert (message.payload["reason"], message.payload["note"]) == ("final_sale", "worn")


def test_what_the_store_decided_is_taken_over(connection, order):
    operations.take_in(connection, told())
    operations.take_in(connection, told("declined", decline_note="too late"))
    assert (Return.objects.get().state, Return.objects.get().reason) == ("declined", "too late")


def test_older_news_does_not_take_a_step_back(connection, order):
    returned = operations.take_in(connection, told())
    step(order, returned, "approve", "label", "receive")
    operations.take_in(connection, told("approved"))
    assert Return.objects.get().state == "received"


def test_parcel_the_store_knows_of_is_on_its_way(connection, order):
    operations.take_in(connection, told())
    operations.take_in(connection, told("approved", waybills=("1ZBACK",)))
    assert (Return.objects.get().state, Return.objects.get().waybill) == ("on_its_way", "1ZBACK")


def test_inspection_lists_the_claim_with_its_deadline(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "label", "receive", "inspect")
    claim = Claim.objects.get(returned=returned)
    # Two of three shirts: 4.80 of duty and 8.96 of tax, imported on 2026-03-15 at the earliest known day.
    assert (claim.scheme, claim.amount, str(claim.deadline)) == ("gb_rejected_imports", Decimal("13.76"), "2027-03-15")
    assert list(queries.open_claims(order.merchant)) == [claim]


def test_more_accepted_than_announced_is_refused(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "receive")
    with pytest.raises(TooMuch):
        operations.inspect(returned, actor="a", accepted={returned.lines.get().pk: 3}, condition={})
    assert Return.objects.get().state == "received"


def test_suggested_refund_takes_duty_and_tax_of_the_units_with_it(connection, order):
    returned = operations.take_in(connection, told())
    assert queries.suggested_refund(returned) == Parts(
        Decimal("40.00"), Decimal(0), Decimal("4.80"), Decimal("8.96"), Decimal(0)
    )
    whole = queries.suggested_refund(returned, with_freight=True, with_fees=True)
    assert (whole.freight, whole.fees) == (Decimal("9.90"), Decimal("5.00"))


def test_refund_is_recorded_once_with_its_duty_and_tax(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "label", "receive", "inspect")
    for _ in range(2):
        record_refunds(order, refunds(refund("9", units=2, goods="40.00", shipping="13.76")))
    made = Refund.objects.get()
    assert (made.goods, made.freight, made.duty, made.import_tax) == (
        Decimal("40.00"),
        Decimal(0),
        Decimal("4.80"),
        Decimal("8.96"),
    )
    assert made.returned == returned
    assert Return.objects.get().state == "refunded"


def test_duties_that_the_store_itself_refunds_count_as_duty(connection, order):
    rows = [replace(refund("9", shipping="9.90"), duties=Decimal("7.20"))]
    record_refunds(order, refunds(*rows))
    made = Refund.objects.get()
    assert (made.freight, made.duty) == (Decimal("9.90"), Decimal("7.20"))


def test_refunds_together_give_back_what_was_collected_and_no_more(connection, order):
    rows = [refund(str(n), units=1, goods="20.00", shipping="6.88") for n in range(3)]
    record_refunds(order, refunds(*rows, refund("rest", shipping="14.90")))
    found = queries.refunded_parts(order)
    assert found == Parts(Decimal("60.00"), Decimal("9.90"), Decimal("7.20"), Decimal("13.44"), Decimal("5.00"))


def test_duty_refunded_before_the_label_holds_the_order(connection, order):
    Order.objects.update(state=Order.State.READY)
    record_refunds(order, refunds(refund("9", shipping="25.64")))
    held = Order.objects.get()
    assert held.state == Order.State.ON_HOLD
    assert "refunded before the label was bought" in held.reason


def test_store_is_ahead_when_a_closed_return_opens_again(connection, order):
    operations.take_in(connection, told())
    operations.take_in(connection, told("approved"))
    operations.take_in(connection, told("closed"))
    assert Return.objects.get().state == "closed"
    operations.take_in(connection, told("approved"))
    assert Return.objects.get().state == "approved"


def test_store_that_closes_a_return_before_its_refund_does_not_hide_it(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "receive", "inspect")
    operations.take_in(connection, told("closed"))
    assert list(queries.open_returns(order.merchant)) == [returned]
    record_refunds(order, refunds(refund("9", units=2, goods="40.00")))
    operations.take_in(connection, told("closed"))
    assert Return.objects.get().state == "closed"


def test_return_is_closed_by_hand_once_its_goods_were_looked_at(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "receive")
    with pytest.raises(operations.NotNow):
        operations.close(returned, actor="a")
    assert operations.close(step(order, returned, "inspect"), actor="a").state == "closed"


def test_label_noted_while_the_store_is_told_of_another_is_told_too(connection, order, monkeypatch):
    returned = step(order, operations.take_in(connection, told()), "approve", "label")
    message = OutboundMessage.objects.get(kind="returns.tell_label")

    class Store:
        def tell_return_label(self, connection, label):
            operations.label_bought(returned, carrier="ups", waybill="1ZNEW", tracking_url="")
            return "d1"

    monkeypatch.setattr(write_back, "provider", lambda *_: Store())
    effects = write_back.tell_label(message)
    OutboundMessage.objects.filter(pk=message.pk).update(state="done")  # as the inbox does before the effects
    effects()
    assert (Return.objects.get().store_delivery_id, Return.objects.get().told_waybill) == ("d1", "")
    assert OutboundMessage.objects.get(pk=message.pk).state == "new"


def test_claim_is_filed_and_settled_in_that_order(connection, order):
    returned = step(order, operations.take_in(connection, told()), "approve", "receive", "inspect")
    claim = Claim.objects.get(returned=returned)
    with pytest.raises(operations.NotNow):
        operations.settle_claim(claim, actor="a", paid=True)
    operations.file_claim(claim, actor="a", reference="NDRC-1")
    assert operations.settle_claim(claim, actor="a", paid=True).state == "paid"
