"""Draft orders priced with landed cost: seen first, put in at that price only, matched when they become orders."""

from decimal import Decimal

import pytest

from integrations.storefronts.shopify import drafts
from shipsmart.catalog.models import Variant
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError
from shipsmart.quotes.models import Quote
from tests.integrations.storefronts.shopify.shopping import BERLIN

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def draft(practice, selling):
    variant = Variant.objects.get(sku="NL-TEE-M").external_id
    cart = {"items": [{"variant_id": variant, "quantity": 2}], "address": BERLIN, "email": "jm@example.com"}
    return practice.post("/_practice/draft_order", {**cart, "attributes": {"gift": "yes"}})["draft_id"]


def test_draft_becomes_an_order_that_is_matched_to_its_quote(practice, selling, draft, work_until):
    assert [(one.id, one.country, one.delivery) for one in drafts.drafts(selling)][0] == (draft, "DE", "")
    [offer] = drafts.offers(selling, draft)
    assert not Quote.objects.exists()
    chosen = drafts.put_in(selling, draft, service=offer.service_code, price=offer.price, actor="Ana")
    assert drafts.drafts(selling)[0].delivery == chosen.service_name
    placed = practice.post("/_practice/pay_draft_order", {"draft_id": draft})
    made = Order.objects.filter(external_id=placed["order_id"])
    work_until(made.exists)
    order = made.get()
    assert (order.incoterm, order.quote.quote_id) == ("DDP", chosen.quote_id)
    assert order.shipping_paid == chosen.price
    assert order.collected["quote_id"] == chosen.quote_id


def test_other_attributes_of_a_draft_stay(selling, draft):
    [offer] = drafts.offers(selling, draft)
    node = drafts._open(selling, draft)
    twice = drafts.changes({**node, "customAttributes": drafts.changes(node, offer)["customAttributes"]}, offer)
    assert twice["customAttributes"] == [
        {"key": "gift", "value": "yes"},
        {"key": "_shipsmart_quote_id", "value": offer.quote_id},
    ]


def test_price_that_nobody_has_seen_is_not_put_in(selling, draft):
    [offer] = drafts.offers(selling, draft)
    with pytest.raises(IntegrationError) as caught:
        drafts.put_in(selling, draft, service=offer.service_code, price=offer.price - Decimal("0.01"), actor="Ana")
    assert caught.value.code == "other_price"
    assert drafts.drafts(selling)[0].delivery == ""
    assert not Quote.objects.exists()


def test_draft_that_is_gone_or_paid_is_refused(practice, selling, draft):
    [offer] = drafts.offers(selling, draft)
    drafts.put_in(selling, draft, service=offer.service_code, price=offer.price, actor="Ana")
    practice.post("/_practice/pay_draft_order", {"draft_id": draft})
    for gone in (draft, "1"):
        with pytest.raises(IntegrationError, match="no open draft order"):
            drafts.offers(selling, gone)


def test_scope_must_be_granted_first(selling):
    selling.credentials = {**selling.credentials, "scope": "read_orders"}
    with pytest.raises(IntegrationError, match="write_draft_orders"):
        drafts.drafts(selling)
