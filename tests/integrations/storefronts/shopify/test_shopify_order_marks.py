"""Tags and metafields on orders: only by the merchant's wish, kept in step, told once."""

import pytest

from integrations.storefronts.shopify import client, order_marks
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.merchants.models import AuditEntry, Connection, TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError
from tests.integrations.storefronts.shopify.shopping import buy, everything_arrived

pytestmark = pytest.mark.django_db(transaction=True)
MARKS = """query Marks($id: ID!) {
  order(id: $id) { tags metafields(first: 10, namespace: "$app:customs") { nodes { key type value } } }
}"""
IOSS = "IM2760000742"


@pytest.fixture
def marked(selling):
    TaxRegistration.objects.create(merchant=selling.merchant, scheme="EU_IOSS", kind="IOSS", number=IOSS, country="EU")
    selling.merchant.touch()
    order_marks.switch(selling, on=True, actor="Ana")
    return selling


@pytest.fixture
def seen(monkeypatch):
    """What the store's staff sees on an order: its tags and our metafields."""
    known = client.document
    monkeypatch.setattr(client, "document", lambda name: MARKS if name == "marks" else known(name))

    def read(connection, external_id):
        node = client.graphql(connection, "marks", {"id": f"gid://shopify/Order/{external_id}"})["order"]
        return node["tags"], {row["key"]: row["value"] for row in node["metafields"]["nodes"]}

    return read


def settled(practice, placed, work_until):
    order = Order.objects.filter(external_id=str(placed["order_id"]).rsplit("/", 1)[-1])
    work_until(order.exists)
    everything_arrived(practice, placed)
    work_until(lambda: not (_open(InboundEvent) or _open(OutboundMessage)))
    return order.get()


def _open(model):
    rows = model.objects.filter(state="new")
    return rows.filter(kind=order_marks.KIND).exists() if model is OutboundMessage else rows.exists()


def test_order_shows_terms_quote_and_ioss_number_once(practice, marked, seen, work_until):
    _, placed = buy(practice)
    order = settled(practice, placed, work_until)
    tags, fields = seen(marked, order.external_id)
    assert tags == ["ShipSmart DDP"]
    assert fields == {"incoterm": "DDP", "quotes": order.quote.quote_id, "ioss": IOSS}
    assert order.events.filter(kind="marked").count() == 1


def test_marks_follow_a_change_of_terms(practice, marked, seen, work_until):
    _, placed = buy(practice)
    order = settled(practice, placed, work_until)
    order.incoterm, order.collected = "DAP", None
    order.save()
    order_marks.keep_in_step(marked, order.external_id)
    work_until(lambda: not _open(OutboundMessage))
    tags, fields = seen(marked, order.external_id)
    assert tags == ["ShipSmart DAP"]
    assert fields == {"incoterm": "DAP", "quotes": order.quote.quote_id}


def test_nothing_is_marked_without_the_merchants_wish(practice, selling, seen, work_until):
    _, placed = buy(practice)
    order = settled(practice, placed, work_until)
    assert seen(selling, order.external_id) == ([], {})


def test_switching_on_twice_and_off_is_noted(marked):
    order_marks.switch(marked, on=True, actor="Ana")
    order_marks.switch(marked, on=False, actor="Ana")
    assert order_marks.details(Connection.objects.get()) == {"on": False, "missing": []}
    actions = AuditEntry.objects.filter(action__startswith="store.order_marks").values_list("action", flat=True)
    assert sorted(actions) == ["store.order_marks_off", "store.order_marks_on"]


def test_shop_that_did_not_grant_the_scope_is_told_so(selling):
    selling.credentials = {**selling.credentials, "scope": "read_orders,write_shipping"}
    with pytest.raises(IntegrationError, match="write_orders"):
        order_marks.switch(selling, on=True, actor="Ana")
    assert not Connection.objects.get().settings.get("order_marks")
