"""Refunds that a merchant makes in the store's admin without a return, and exchanges: none of them is lost."""

from decimal import Decimal

import pytest

from integrations.storefronts.shopify import client
from integrations.storefronts.shopify.adapter import adapter
from integrations.storefronts.shopify.returns import adapter as returns
from shipsmart.inbox.models import InboundEvent
from shipsmart.merchants.models import Member
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release
from shipsmart.ports import StoreFulfilment
from shipsmart.returns.models import Refund, Return
from shipsmart.shipments.consignments import shares_of
from tests.integrations.storefronts.shopify.shopping import buy, everything_arrived
from tests.integrations.storefronts.shopify.test_shopify_returns import refund

pytestmark = pytest.mark.django_db(transaction=True)


def units(order, count, restock):
    line = f"gid://shopify/LineItem/{order.lines.get().external_id}"
    return [{"lineItemId": line, "quantity": count, "restockType": restock}]


def bought(order):
    """Give the order's shipment its goods and its label."""
    shipment = order.shipments.get()
    size = {"weight_g": 400, "length_mm": 300, "width_mm": 200, "height_mm": 50}
    parcel = shipment.parcels.create(number=1, **size)
    shipment.lines.create(parcel=parcel, order_line=order.lines.get(), quantity=2)
    order.shipments.update(state="bought")


def recorded(order, work_until):
    work_until(Refund.objects.filter(order=order).exists)
    work_until(lambda: not InboundEvent.objects.due().exists())
    order.refresh_from_db()
    return Refund.objects.get(order=order)


def test_refund_of_a_ddp_order_names_what_of_the_delivery_price_was_duty(selling, practice, work_until):
    _, placed = buy(practice)
    external_id = placed["order_id"].rsplit("/", 1)[-1]
    work_until(Order.objects.filter(external_id=external_id).exists)
    everything_arrived(practice, placed)
    order = Order.objects.get(external_id=external_id)
    paid = {"gateway": "bogus", "kind": "REFUND", "orderId": f"gid://shopify/Order/{external_id}"}
    refund(
        selling,
        order,
        shipping={"fullRefund": True},
        transactions=[{**paid, "amount": str(order.shipping_paid)}],
        refundLineItems=[],
    )
    made = recorded(order, work_until)
    collected = {part: Decimal(order.collected[part]) for part in ("duty", "import_tax", "fees")}
    assert {part: getattr(made, part) for part in collected} == collected
    assert made.freight == order.shipping_paid - sum(collected.values())
    assert (made.returned, made.paid_back, made.store_credit) == (None, order.shipping_paid, 0)
    assert order.state == Order.State.ON_HOLD  # its label would say that duties are paid


@pytest.mark.parametrize(
    ("restock", "reason", "left"),
    [
        ("CANCEL", "goods were changed in the store after the shipment was planned", 1),
        ("NO_RESTOCK", "1 x {goods} refunded in the store and not cancelled there", 2),
    ],
)
def test_units_refunded_before_their_label_are_not_sent(order, settled, work_until, restock, reason, left):
    if restock == "NO_RESTOCK":
        order.shipments.all().delete()
    refund(settled, order, refundLineItems=units(order, 1, restock))
    recorded(order, work_until)
    said = reason.format(goods=order.lines.get().title)  # other tests of the file's store rename it
    assert (order.state, order.reason.partition(":")[0]) == (Order.State.ON_HOLD, said)
    [place] = adapter._routed(settled, whole(settled, order))
    assert [row["remainingQuantity"] for row in place.rows] == [left]  # what the store still asks for
    if restock == "NO_RESTOCK":
        release(order, "owner")
        assert order.lines.get().quantity == 1


def whole(connection, order):
    return client.graphql(connection, "order_fulfilments", {"id": f"gid://shopify/Order/{order.external_id}"})["order"]


def test_label_of_cancelled_units_stops(order, settled, work_until):
    bought(order)
    Order.objects.filter(pk=order.pk).update(state=Order.State.LABELLED)
    refund(settled, order, refundLineItems=units(order, 1, "CANCEL"))
    recorded(order, work_until)
    assert order.state == Order.State.ON_HOLD
    assert "refunded and cancelled in the store after the label was bought: void the label" in order.reason


def test_refund_to_store_credit_is_told_apart(sent, settled, work_until):
    credit = {"storeCreditRefund": {"amount": {"amount": "29.00", "currencyCode": "EUR"}}}
    refund(settled, sent, refundLineItems=units(sent, 1, "RETURN"), refundMethods=[credit])
    made = recorded(sent, work_until)
    assert (made.goods, made.paid_back, made.store_credit) == (Decimal("29.00"), Decimal("29.00"), Decimal("29.00"))
    assert "29.00 EUR of it as store credit" in sent.events.get(kind="refunded").message


def test_exchange_goes_out_in_a_parcel_of_its_own(sent, settled, practice, work_until):
    bought(sent)
    Order.objects.filter(pk=sent.pk).update(state=Order.State.SHIPPED)
    rows = [{"sku": "NL-TEE-M", "quantity": 1, "reason": "size-too-small"}]
    wanted = {"order_id": sent.external_id, "lines": rows, "exchange": [{"sku": "NL-MUG-350"}]}
    practice.post("/_practice/request_return", wanted)
    work_until(Return.objects.filter(order=sent).exists)
    back = Return.objects.get(order=sent)
    assert "1 x" in sent.events.get(kind="exchange").message
    returns.approve_return(settled, back.external_id)
    exchange(settled, back)
    work_until(sent.events.filter(kind="goods_added").exists)
    sent.refresh_from_db()
    assert (sent.state, "release the order to send them DAP" in sent.reason) == (Order.State.ON_HOLD, True)
    release(sent, "owner")
    first, second = shares_of(Order.objects.get(pk=sent.pk))
    assert (second.consignment.number, second.incoterm, second.quote) == (2, "DAP", None)
    [(mug, count)] = second.goods
    assert (sent.shipments.get().consignment, count) == (first.consignment, 1)
    parcel = StoreFulfilment(sent.external_id, {mug.external_id: 1}, "ups", "1ZMUG", "https://x.example/1ZMUG")
    assert adapter.fulfil(settled, parcel)
    # The same message again, and the refund of what came back, change nothing of it.
    practice.post("/_practice/resend_webhooks", {"order_id": sent.external_id})
    work_until(lambda: not InboundEvent.objects.due().exists())
    assert sent.consignments.count() == 2
    assert sent.events.filter(kind="goods_added").count() == 1


def exchange(connection, back):
    """Confirm in the admin what is exchanged."""
    gid = f"gid://shopify/Return/{back.external_id}"
    ask = "query ($id: ID!) { return(id: $id) { exchangeLineItems(first: 5) { nodes { id quantity } } } }"
    found = client._authorised(connection, {"query": ask, "variables": {"id": gid}}, changes=False).json()
    [row] = found["data"]["return"]["exchangeLineItems"]["nodes"]
    mutation = "mutation ($i: ReturnProcessInput!) { returnProcess(input: $i) { userErrors { message } } }"
    given = {"returnId": gid, "exchangeLineItems": [{"id": row["id"], "quantity": row["quantity"]}]}
    said = client._authorised(connection, {"query": mutation, "variables": {"i": given}}, changes=True).json()
    assert said["data"]["returnProcess"]["userErrors"] == []


def test_refund_stands_on_the_orders_page(sent, settled, work_until, client, django_user_model):
    credit = {"storeCreditRefund": {"amount": {"amount": "29.00", "currencyCode": "EUR"}}}
    refund(settled, sent, refundLineItems=units(sent, 1, "RETURN"), refundMethods=[credit])
    recorded(sent, work_until)
    user = django_user_model.objects.create_user("owner@example.com")
    Member.objects.create(merchant=sent.merchant, user=user, role=Member.Role.OWNER)
    client.force_login(user)
    page = client.get(f"/orders/{sent.pk}/").content.decode()
    assert "Of it as store credit" in page
    assert 'id="refunds"' in page
