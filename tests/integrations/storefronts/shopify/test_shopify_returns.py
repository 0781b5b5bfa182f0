"""Goods that come back and money that goes back, against the practice Shopify over real HTTP."""

import json
import time
from decimal import Decimal

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from integrations.storefronts.shopify import client
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.catalog.models import Variant
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import AuditEntry
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release
from shipsmart.ports import IntegrationError, ReturnLabel
from shipsmart.returns import operations
from shipsmart.returns.models import Refund, Return

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(sent, practice, work_until):
    """The shopper asks to send one shirt back."""
    rows = [{"sku": "NL-TEE-M", "quantity": 1, "reason": "size-too-small", "note": "too tight"}]
    practice.post("/_practice/request_return", {"order_id": sent.external_id, "lines": rows})
    work_until(Return.objects.filter(order=sent).exists)
    return Return.objects.get(order=sent)


def drained(work_until, kind):
    work_until(OutboundMessage.objects.filter(kind=kind, state="done").exists)


def refund(connection, order, **values):
    """Refund in the shop as the merchant does in the admin."""
    mutation = f"""mutation ($input: RefundInput!) {{
      refundCreate(input: $input) @idempotent(key: "{time.time_ns()}") {{ userErrors {{ message }} }} }}"""
    given = {"orderId": f"gid://shopify/Order/{order.external_id}", **values}
    answer = client._authorised(connection, {"query": mutation, "variables": {"input": given}}, changes=True)
    assert answer.json()["data"]["refundCreate"]["userErrors"] == [], answer.text()


def test_request_of_the_shopper_arrives_with_its_reason(asked):
    line = asked.lines.get()
    assert (asked.state, line.quantity, line.reason, line.note) == ("requested", 1, "size", "too tight")


def test_approval_goes_back_and_the_label_after_it(asked, settled, work_until):
    operations.approve(asked, actor="owner")
    drained(work_until, "returns.approve")
    operations.label_bought(asked, carrier="ups", waybill="1ZBACK", tracking_url="https://example.com/1ZBACK")
    drained(work_until, "returns.tell_label")
    assert returns.fetch_return(settled, asked.external_id).waybills == ("1ZBACK",)
    assert returns.fetch_return(settled, asked.external_id).state == "approved"
    assert Return.objects.get().store_delivery_id
    label = ReturnLabel(asked.external_id, "1ZBACK", "", asked.quantities)
    assert returns.tell_return_label(settled, label) == Return.objects.get().store_delivery_id  # found, not made again


def test_decline_goes_back_with_its_note(asked, settled, work_until):
    operations.decline(asked, actor="owner", note="worn", reason="final_sale")
    drained(work_until, "returns.decline")
    found = returns.fetch_return(settled, asked.external_id)
    assert (found.state, found.decline_note) == ("declined", "worn")


def test_label_for_goods_nobody_expects_is_permanent(asked, settled):
    with pytest.raises(IntegrationError) as caught:
        returns.tell_return_label(settled, ReturnLabel(asked.external_id, "1Z", "", {"1": 1}))
    assert (caught.value.permanent, caught.value.code) == (True, "nothing_comes_back")


def test_return_that_does_not_exist_is_permanent(settled):
    with pytest.raises(IntegrationError) as caught:
        returns.fetch_return(settled, "1")
    assert caught.value.code == "no_such_return"


def test_refund_in_the_shop_is_recorded_here_once(sent, settled, practice, work_until):
    # A message of an earlier test may still come and bring its own order: only rows of this one count, here and below.
    line = f"gid://shopify/LineItem/{sent.lines.get().external_id}"
    refund(settled, sent, refundLineItems=[{"lineItemId": line, "quantity": 1}], shipping={"amount": "3.00"})
    work_until(Refund.objects.filter(order=sent).exists)
    practice.post("/_practice/resend_webhooks", {"order_id": sent.external_id})
    work_until(lambda: not InboundEvent.objects.due().exists())
    made = Refund.objects.get(order=sent)
    # DAP: nothing was collected, so what goes back of the delivery price is freight.
    assert (made.goods, made.freight, made.duty) == (Decimal("29.00"), Decimal("3.00"), Decimal(0))
    assert sent.events.filter(kind="refunded").count() == 1


def test_refund_whose_webhook_was_lost_is_found_with_the_order(sent, settled, practice, work_until):
    practice.faults(webhook_lost=True)
    refund(settled, sent, shipping={"amount": "2.00"})
    body = json.dumps({"id": int(sent.external_id)})
    InboundEvent.objects.create(
        source="shopify", topic="orders/updated", dedup_key="r", account=settled.account, body=body
    )
    work_until(Refund.objects.filter(order=sent).exists)
    assert Refund.objects.get(order=sent).freight == Decimal("2.00")


@pytest.mark.parametrize("payload", ["fulfillment_order", "moved_fulfillment_order"])
def test_hold_in_the_shop_holds_the_order_and_its_end_lets_it_go(order, settled, work_until, payload):
    variables = {"id": f"gid://shopify/Order/{order.external_id}"}
    node = client.graphql(settled, "order_fulfilments", variables)["order"]["fulfillmentOrders"]["nodes"][0]
    topics = ("fulfillment_orders/placed_on_hold", "fulfillment_orders/hold_released")
    for topic, state in zip(topics, (Order.State.ON_HOLD, order.state), strict=True):
        body = json.dumps({payload: {"id": node["id"], "status": "on_hold"}})
        InboundEvent.objects.create(source="shopify", topic=topic, dedup_key=topic, account=settled.account, body=body)
        work_until(lambda topic=topic: InboundEvent.objects.filter(topic=topic, state="done").exists())
        assert Order.objects.get(pk=order.pk).state == state
    assert order.events.filter(kind="released").count() == 1


def look_again(order, settled, work_until, turn):
    body = json.dumps({"id": int(order.external_id)})
    inbox.receive(
        source="shopify", topic="orders/updated", dedup_key=turn, account=settled.account, headers={}, body=body
    )
    work_until(InboundEvent.objects.filter(dedup_key=turn, state="done").exists)
    return Order.objects.get(pk=order.pk)


def test_order_that_the_store_sold_with_duties_in_its_prices_is_held_once(order, settled, practice, work_until):
    before = look_again(order, settled, work_until, "t0")
    assert not before.events.filter(kind="sold_ddp").exists()
    practice.post("/_practice/sell_duties", {"order_id": order.external_id, "included": True})
    held = look_again(order, settled, work_until, "t1")
    assert (held.state, "do not send it DAP" in held.reason) == (Order.State.ON_HOLD, True)
    release(held, "owner")
    again = look_again(order, settled, work_until, "t2")
    assert again.state != Order.State.ON_HOLD


def test_hs_code_typed_in_the_shop_arrives_here(settled, work_until):
    variant = Variant.objects.get(sku="NL-TEE-M")
    found = client.graphql(settled, "variant_item", {"id": f"gid://shopify/ProductVariant/{variant.external_id}"})
    item = found["productVariant"]["inventoryItem"]["id"]
    changes = {"id": item, "input": {"harmonizedSystemCode": "610990"}}
    client.mutate(settled, "inventory_item_update", "inventoryItemUpdate", changes)
    work_until(lambda: Variant.objects.get(sku="NL-TEE-M").hs_code == "610990")
    client.mutate(
        settled,
        "inventory_item_update",
        "inventoryItemUpdate",
        {"id": item, "input": {"harmonizedSystemCode": "610910"}},
    )


def test_what_the_shopper_wrote_is_handed_out_and_then_forgotten(asked, practice, work_until):
    label = default_storage.save("returns/label.pdf", ContentFile(b"%PDF"))
    Return.objects.filter(pk=asked.pk).update(label_file=label)
    shopper = {"customer": {"email": "jo@example.com"}}
    practice.post("/_practice/compliance", {"topic": "customers/data_request", "orders_requested": [], **shopper})
    work_until(AuditEntry.objects.filter(action="privacy.exported").exists)
    with default_storage.open(AuditEntry.objects.get(action="privacy.exported").data["file"]) as file:
        [held] = json.load(file)["orders"]
    assert held["returns"][0]["lines__note"] == "too tight"
    erased = {"topic": "customers/redact", "orders_to_redact": [int(asked.order.external_id)], **shopper}
    practice.post("/_practice/compliance", erased)
    work_until(AuditEntry.objects.filter(action="privacy.redacted").exists)
    assert asked.lines.get().note == ""
    assert not default_storage.exists(label)  # it shows where the shopper lives


def test_return_whose_message_was_lost_comes_with_the_order(sent, settled, practice, work_until):
    practice.faults(webhook_lost=True)
    rows = [{"sku": "NL-TEE-M", "quantity": 1, "reason": "defective"}]
    practice.post("/_practice/request_return", {"order_id": sent.external_id, "lines": rows})
    assert not sent.returns.exists()
    for turn in range(2):
        inbox.receive(
            source="shopify", topic="orders/updated", dedup_key=f"reconcile:{turn}", account=settled.account,
            headers={}, body=json.dumps({"id": int(sent.external_id)}),
        )  # fmt: skip
        work_until(InboundEvent.objects.filter(dedup_key=f"reconcile:{turn}", state="done").exists)
        assert sent.returns.get().state == Return.State.REQUESTED
