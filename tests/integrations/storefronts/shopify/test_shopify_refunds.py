"""Refunds ordered here, paid back by the practice Shopify over real HTTP: once, whatever breaks."""

import re
from decimal import ROUND_HALF_UP, Decimal
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from integrations.storefronts.shopify import refunds
from integrations.storefronts.shopify.adapter import adapter as orders
from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.refunds import adapter
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.catalog.models import Variant
from shipsmart.core.money import round_to
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import Member
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, RefundAsk, RefundOrder, RefundPayment, StoreFulfilment, StoreReturnLine
from shipsmart.returns import beginning, operations, paying_back, refunding
from shipsmart.returns.models import Refund, RefundInstruction, Return
from shipsmart.returns.refunding import Choice
from shipsmart.returns.split import TooMuch
from tests.integrations.storefronts.shopify.shopping import LONDON, patiently

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def back(sent, work_until):
    """One of two shirts, back and inspected."""
    line = StoreReturnLine("", sent.lines.get().external_id, 1, "size")
    made = beginning.begin(sent, [line], actor="owner")
    operations.receive(made, actor="owner")
    operations.inspect(made, actor="owner", accepted={}, condition={})
    work_until(lambda: not OutboundMessage.objects.exclude(state="done").filter(kind__startswith="returns.").exists())
    return Return.objects.select_related("order__connection").get(pk=made.pk)


def ordered(back, **choice):
    chosen = Choice(**choice)
    seen = refunding.preview(back, chosen)
    key = uuid4()
    rows = [
        refunding.pay_back(back, chosen, key=key, expected=seen.offer.paid_back, actor="owner@example.com")
        for _ in range(2)  # a double click
    ]
    assert rows[0] == rows[1]
    return rows[0]


def refunds_in(practice, order):
    return practice.get(f"/api/orders/{order.external_id}")["refunds"]


def due_again():
    OutboundMessage.objects.filter(kind="returns.refund").update(due=timezone.now())


def test_preview_names_the_parts_and_changes_nothing(back, practice):
    seen = refunding.preview(back, Choice(freight=True))
    assert (seen.parts.goods, seen.parts.freight, seen.parts.duty) == (Decimal("29.00"), Decimal("14.90"), 0)
    assert [(one.gateway, one.amount) for one in seen.offer.payments] == [("bogus", Decimal("43.90"))]
    assert refunds_in(practice, back.order) == []


def test_click_pays_back_once_and_is_recorded_as_it_was_ordered(back, practice, work_until):
    row = ordered(back, freight=True)
    work_until(Refund.objects.filter(order=back.order).exists)
    practice.post("/_practice/resend_webhooks", {"order_id": back.order.external_id})
    work_until(lambda: not InboundEvent.objects.due().exists() and not OutboundMessage.objects.due().exists())
    made = Refund.objects.get(order=back.order)
    assert (made.goods, made.freight, made.returned_id) == (Decimal("29.00"), Decimal("14.90"), back.pk)
    assert made.why == "as owner@example.com ordered it here"
    row.refresh_from_db()
    assert (row.state, row.refund) == ("done", made)
    assert len(refunds_in(practice, back.order)) == 1
    with pytest.raises(TooMuch, match="nothing is left to pay back"):
        refunding.preview(Return.objects.get(pk=back.pk), Choice())


@pytest.mark.parametrize("forgotten", [False, True], ids=["key known", "key forgotten after a day"])
def test_lost_answer_pays_back_once(back, practice, work_until, forgotten):
    practice.faults(webhook_lost=True, answer_lost="RefundCreate", count=1)
    row = ordered(back)
    work_until(RefundInstruction.objects.exclude(error="").exists)
    row.refresh_from_db()
    assert (row.state, row.unsure) == ("ordered", True)
    if forgotten:
        practice.post("/_practice/forget_keys")
    due_again()
    work_until(RefundInstruction.objects.filter(state="done").exists)
    assert len(refunds_in(practice, back.order)) == 1


def test_stores_message_before_our_answer_is_the_same_refund(back, practice, work_until):
    practice.faults(answer_lost="RefundCreate", count=1)
    row = ordered(back, freight=True)
    work_until(Refund.objects.filter(order=back.order).exists)  # the webhook told, our own call did not
    row.refresh_from_db()
    assert row.state == "done"
    due_again()
    work_until(lambda: not OutboundMessage.objects.due().exists())
    made = Refund.objects.get(order=back.order)
    assert (made.freight, made.returned_id) == (Decimal("14.90"), back.pk)
    assert len(refunds_in(practice, back.order)) == 1


def test_second_refund_waits_for_the_first(back, practice):
    practice.faults(graphql="http_503")
    practice.faults(clear=True, rate_cache=False)
    ordered(back)
    with pytest.raises(operations.NotNow, match="is under way"):
        ordered(back, goods=False, freight=True)


def test_what_changed_since_the_preview_is_shown_again(back):
    with pytest.raises(refunding.Changed, match=r"29.00 EUR would go back now, not 30.00"):
        refunding.pay_back(back, Choice(), key=uuid4(), expected=Decimal("30.00"), actor="owner")
    assert not RefundInstruction.objects.exists()


def test_refund_that_the_store_refuses_is_said_and_may_be_ordered_again(back, practice, work_until):
    row = ordered(back)
    RefundInstruction.objects.filter(pk=row.pk).update(payments=[{"parent": "1", "gateway": "x", "amount": "29.00"}])
    work_until(RefundInstruction.objects.filter(state="refused").exists)
    row.refresh_from_db()
    assert "through the gateway of the payment" in row.error
    assert back.order.events.filter(kind="refund_refused").count() == 1
    assert ordered(back).state == "ordered"


def test_unsure_refund_is_looked_for_before_it_is_tried_again(back, practice, work_until):
    practice.faults(webhook_lost=True, answer_lost="RefundCreate", count=1)
    row = ordered(back)
    work_until(RefundInstruction.objects.exclude(error="").exists)
    OutboundMessage.objects.filter(kind="returns.refund").update(state="dead")
    RefundInstruction.objects.update(state="unsure")
    practice.post("/_practice/forget_keys")
    refunding.try_again(RefundInstruction.objects.get(pk=row.pk), actor="owner")
    work_until(RefundInstruction.objects.filter(state="done").exists)
    assert len(refunds_in(practice, back.order)) == 1


def test_duties_that_the_store_sold_go_back_by_their_ids(back, practice, work_until):
    practice.post("/_practice/sell_duties", {"order_id": back.order.external_id})
    Order.objects.filter(pk=back.order_id).update(native_duties=Decimal("5.80"))
    found = Return.objects.select_related("order__connection").get(pk=back.pk)
    seen = refunding.preview(found, Choice())
    assert (seen.store_duty, seen.offer.paid_back) == (Decimal("2.90"), Decimal("31.90"))
    ordered(found)
    work_until(Refund.objects.filter(order=back.order).exists)
    assert Refund.objects.get(order=back.order).duty == Decimal("2.90")


def test_permission_that_is_missing_is_named_with_its_remedy():
    error = IntegrationError("refund_create: Access denied", permanent=True, code="access_denied")
    assert "open the app in the shop's admin" in str(refunds._worded(error))


@pytest.mark.parametrize("text", ["This request is currently in progress, please try again.", "x"])
def test_refund_that_is_still_under_way_is_waited_for(text):
    code = None if "progress" in text else "idempotency_concurrent_request"
    waited = refunds._worded(IntegrationError(text, permanent=True, code=code))
    assert (waited.permanent, waited.outcome_unknown) == (False, True)


def money(amount, shown=None):
    shop = {"amount": amount, "currencyCode": "EUR"}
    return {
        "shopMoney": shop,
        "presentmentMoney": {"amount": shown or amount, "currencyCode": "GBP" if shown else "EUR"},
    }


def test_money_goes_back_on_what_is_left_of_each_payment():
    card = {"id": "gid://shopify/OrderTransaction/1", "kind": "SALE", "status": "SUCCESS", "gateway": "card"}
    gift = {"id": "gid://shopify/OrderTransaction/2", "kind": "CAPTURE", "status": "SUCCESS", "gateway": "gift_card"}
    declined = {**card, "id": "gid://shopify/OrderTransaction/3", "status": "FAILURE"}
    back = {"id": "gid://shopify/OrderTransaction/4", "kind": "REFUND", "status": "PENDING", "gateway": "card"}
    rows = [{**one, "amountSet": money("50.00"), "parentTransaction": None} for one in (card, gift, declined)]
    rows.append({**back, "amountSet": money("20.00"), "parentTransaction": {"id": card["id"]}})
    left = refunds.payments_left(rows)
    shared = refunds.shared_out(Decimal("60.00"), left, "EUR")
    assert shared == (RefundPayment("1", "card", Decimal("30.00")), RefundPayment("2", "gift_card", Decimal("30.00")))
    with pytest.raises(IntegrationError, match=r"80.01 EUR would go back, 80.00 EUR"):
        refunds.shared_out(Decimal("80.01"), left, "EUR")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [("3.00", "2.58"), ("9.90", "8.51"), ("0.01", "0.01"), ("0.00", "0.00")],
    ids=["a part", "all that is left, to the penny", "a cent", "nothing"],
)
def test_delivery_price_goes_back_in_the_shoppers_own_currency(asked, shown):
    order = {"presentmentCurrencyCode": "GBP", "totalShippingPriceSet": money("9.90", "8.51")}
    order["totalRefundedShippingSet"] = money("0.00", "0.00")
    assert refunds.in_shoppers_currency(Decimal(asked), order, "EUR") == Decimal(shown)


def test_same_order_gives_the_same_input_every_time():
    payment = RefundPayment("9", "bogus", Decimal("31.90"))
    order = RefundOrder(
        key="k", mark="[ShipSmart 1]", order_external_id="7", pay_currency="EUR", lines={"2": 1, "1": 3},
        shipping=Decimal("2.90"), payments=(payment,), currency="EUR", duties=("5",), note="sorry", notify=False,
    )  # fmt: skip
    assert refunds.refund_input(order) == {
        "orderId": "gid://shopify/Order/7",
        "currency": "EUR",
        "note": "sorry [ShipSmart 1]",
        "notify": False,
        "refundLineItems": [
            {"lineItemId": "gid://shopify/LineItem/1", "quantity": 3, "restockType": "NO_RESTOCK"},
            {"lineItemId": "gid://shopify/LineItem/2", "quantity": 1, "restockType": "NO_RESTOCK"},
        ],
        "refundDuties": [{"dutyId": "gid://shopify/Duty/5", "refundType": "PROPORTIONAL"}],
        "transactions": [
            {
                "orderId": "gid://shopify/Order/7",
                "parentId": "gid://shopify/OrderTransaction/9",
                "gateway": "bogus",
                "kind": "REFUND",
                "amount": "31.90",
            }
        ],
        "shipping": {"amount": "2.90"},
    }


def test_more_units_than_the_store_can_refund_are_named(back, settled):
    line = back.order.lines.get().external_id
    with pytest.raises(IntegrationError, match="2 units are left to refund in the store, not 3"):
        adapter.offer_refund(settled, RefundAsk(back.order.external_id, "EUR", {line: 3}, Decimal(0)))
    with pytest.raises(IntegrationError, match="line 1: 0 units"):
        adapter.offer_refund(settled, RefundAsk(back.order.external_id, "EUR", {"1": 1}, Decimal(0)))


def test_merchant_sees_and_clicks_on_the_page(back, practice, work_until, client, django_user_model):
    user = django_user_model.objects.create_user("o@example.com")
    Member.objects.create(merchant=back.merchant, user=user, role=Member.Role.OWNER)
    client.force_login(user)
    address = reverse("dashboard:refund", args=[back.pk])
    page = client.get(address, {"seen": "1", "goods": "1", "freight": "1"}).content.decode()
    fields = dict(re.findall(r'name="(key|expected)" value="([^"]+)"', page))
    assert Decimal(fields["expected"]) == Decimal("43.90")
    stale = client.post(address, {**fields, "goods": "1"})  # the goods alone are less than what was shown
    assert (stale.status_code, RefundInstruction.objects.count()) == (422, 0)
    for _ in range(2):
        assert client.post(address, {**fields, "goods": "1", "freight": "1"}).status_code == 302
    work_until(Refund.objects.filter(order=back.order).exists)
    assert len(refunds_in(practice, back.order)) == 1


def test_tax_that_was_paid_in_the_delivery_price_goes_back_with_its_goods(selling, practice, work_until):
    """A DDP order: the delivery price holds the tax; what goes back of it is the tax of the unit that came back."""
    variant = Variant.objects.get(sku="NL-TEE-M")
    items = [{"variant_id": variant.external_id, "quantity": 2}]
    begun = practice.post("/api/checkout", {"items": items, "address": LONDON, "email": "jo@example.com"})
    code = next(rate["service_code"] for rate in begun["rates"] if rate["service_code"].endswith("DDP"))
    placed = practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": code})
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: ours.exists() and ours.get().collected)
    order = ours.select_related("connection").get()
    line = order.lines.get().external_id
    patiently(lambda: orders.fulfil(order.connection, StoreFulfilment(order.external_id, {line: 2}, "ups", "1Z", "")))
    made = beginning.begin(order, [StoreReturnLine("", line, 1, "defective")], actor="owner")
    operations.receive(made, actor="owner")
    operations.inspect(made, actor="owner", accepted={}, condition={})
    found = Return.objects.select_related("order__connection", "order__quote").get(pk=made.pk)
    seen = refunding.preview(found, Choice())
    tax = round_to(Decimal(order.collected["import_tax"]) / 2, Decimal("0.01"), ROUND_HALF_UP)
    assert (seen.parts.goods, seen.parts.import_tax, tax > 5) == (Decimal("29.00"), tax, True)
    assert seen.offer.paid_back == Decimal("29.00") + tax + seen.parts.duty
    ordered(found)
    work_until(Refund.objects.filter(order=order).exists)
    assert Refund.objects.get(order=order).import_tax == tax


def test_throttled_store_is_asked_again_and_pays_once(back, practice, work_until):
    ordered(back)
    practice.faults(graphql="throttled", count=2)
    work_until(lambda: due_again() or Refund.objects.filter(order=back.order).exists())
    assert len(refunds_in(practice, back.order)) == 1


def test_worker_killed_after_the_store_paid_leaves_one_refund(back, practice, work_until):
    practice.faults(webhook_lost=True)
    row = ordered(back)
    message = OutboundMessage.objects.get(kind="returns.refund")
    assert paying_back.pay_back(message)  # the store paid; what should be written with it never is
    assert len(refunds_in(practice, back.order)) == 1
    practice.post("/_practice/forget_keys")
    work_until(RefundInstruction.objects.filter(pk=row.pk, state="done").exists)
    assert len(refunds_in(practice, back.order)) == 1
    assert Refund.objects.filter(order=back.order).count() == 1


def test_return_of_which_not_all_was_accepted_is_closed_in_the_admin_too(sent, settled, work_until):
    """The units that were accepted are confirmed there, the others are not; and nothing of it stays open."""
    line = StoreReturnLine("", sent.lines.get().external_id, 2, "size")
    made = beginning.begin(sent, [line], actor="owner")
    operations.receive(made, actor="owner")
    one = made.lines.get()
    operations.inspect(made, actor="owner", accepted={one.pk: 1}, condition={one.pk: "one is torn"})
    operations.close(made, actor="owner")
    work_until(lambda: not OutboundMessage.objects.exclude(state="done").filter(kind__startswith="returns.").exists())
    made.refresh_from_db()
    there = graphql(settled, "return_processable", {"id": f"gid://shopify/Return/{made.external_id}"})["return"]
    [row] = there["returnLineItems"]["nodes"]
    assert (there["status"], row["processedQuantity"], row["processableQuantity"]) == ("CLOSED", 1, 1)
    work_until(lambda: not InboundEvent.objects.due().exists())
    made.refresh_from_db()
    assert made.state == Return.State.CLOSED
    returns.close_return(settled, made.external_id)  # again: nothing happens
