"""A cart whose goods lie at two places: asked about twice, one order, two fulfilment orders, two labels."""

import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.documents.models import Document
from shipsmart.inbox.models import InboundEvent, OutboundMessage, State
from shipsmart.merchants.models import Connection
from shipsmart.orders.models import Order
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import recompute
from shipsmart.quotes.signature import canonical, sign
from shipsmart.rating.models import CarrierAccount, FeeRule
from shipsmart.shipments.models import Shipment
from tests.integrations.storefronts.shopify.shopping import BERLIN

pytestmark = pytest.mark.django_db(transaction=True)
FEE = Decimal("6.00")


@pytest.fixture
def hub(practice: Any) -> Iterator[str]:
    """The SKU that lies in Rotterdam, all others in Oslo."""
    sku = "NL-TEE-M"
    practice.post("/_practice/stock_at_hub", {"skus": [sku]})
    yield sku
    practice.post("/_practice/stock_at_hub", {"skus": []})


@pytest.fixture
def posting(selling: Connection) -> Connection:
    """A shop that can buy labels of its own carrier, with a fixed fee for every DDP order."""
    CarrierAccount.objects.create(merchant=selling.merchant, carrier="table", number="own")
    FeeRule.objects.create(
        merchant=selling.merchant, name="Duty handling", percent=0, minimum=0, flat=FEE, currency="EUR"
    )
    selling.merchant.touch()
    return selling


def _bought(practice: Any, hub: str) -> tuple[dict[str, Any], dict[str, Any]]:
    other = Variant.objects.exclude(sku=hub).exclude(classifications=None).order_by("sku").first()
    items = [{"variant_id": Variant.objects.get(sku=hub).external_id, "quantity": 2}]
    items.append({"variant_id": other.external_id, "quantity": 1})
    begun = practice.post("/api/checkout", {"items": items, "address": BERLIN, "email": "jm@example.com"})
    code = begun["rates"][0]["service_code"]
    return begun, practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": code})


def _work(drained: Callable[[], None], done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        OutboundMessage.objects.filter(state=State.NEW, kind__startswith="shipments.").update(due=timezone.now())
        InboundEvent.objects.filter(state=State.NEW).update(due=timezone.now())
        drained()
        assert time.monotonic() < end, [(str(o), o.state, o.reason) for o in Order.objects.all()]


def test_split_cart_becomes_two_ddp_labels(practice: Any, posting: Connection, hub: str, drained: Any) -> None:
    begun, placed = _bought(practice, hub)
    assert begun["source"] == "carrier"
    quotes = Quote.objects.all()
    assert quotes.count() == 2
    assert sum(quote.price for quote in quotes) == Decimal(begun["rates"][0]["price"])
    fees = [charge for quote in quotes for charge in quote.answer["charges"] if charge["kind"] == "fee"]
    assert sum(Decimal(fee["quote_amount"]) for fee in fees) == FEE
    ours = Shipment.objects.filter(order__external_id=placed["order_id"])
    _work(drained, lambda: ours.exclude(store_fulfilment_id="").count() == 2)

    order = Order.objects.get(external_id=placed["order_id"])
    assert (order.state, order.incoterm) == (Order.State.LABELLED, "DDP")
    shipments = list(order.shipments.all())
    assert [(s.incoterm, s.duty_payer, s.duties_collected) for s in shipments] == [("DDP", "sender", True)] * 2
    for shipment in shipments:
        assert shipment.quote is not None
        assert shipment.collected is not None
        assert shipment.collected["quote_id"] == shipment.quote.quote_id
        # What was quoted for this part can be verified and computed again.
        assert shipment.quote.signature == sign(shipment.quote.answer_text)
        assert canonical(recompute(shipment.quote)) == shipment.quote.answer_text
        snapshot = Document.objects.filter(subject=f"shipment:{shipment.pk}").exclude(snapshot__collected=None)
        assert {paper.snapshot["collected"]["quote_id"] for paper in snapshot} == {shipment.quote.quote_id}
    assert order.collected is not None
    for key in ("duty", "import_tax", "fees"):
        assert Decimal(order.collected[key]) == sum(Decimal(s.collected[key]) for s in shipments)

    told = practice.get(f"/api/orders/{placed['order_id']}")
    assert {row["number"] for made in told["fulfilments"] for row in made["tracking"]} == {
        shipment.waybill for shipment in shipments
    }
    assert len(told["fulfilments"]) == 2
