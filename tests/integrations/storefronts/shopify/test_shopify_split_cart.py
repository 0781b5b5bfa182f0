"""A cart whose goods lie at two places: asked about twice, one order, two fulfilment orders, two labels."""

import json
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.documents.models import Document
from shipsmart.inbox.models import InboundEvent, OutboundMessage, State
from shipsmart.merchants.models import Connection, Hub, TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.orders.operations import release
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import recompute
from shipsmart.quotes.signature import canonical, sign
from shipsmart.rating.models import CarrierAccount, FeeRule
from shipsmart.shipments.models import Shipment
from tests.integrations.storefronts.shopify.shopping import BERLIN, LONDON

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


@pytest.fixture
def exporter(posting: Connection) -> None:
    """Who sends goods out of the Union needs a number of its customs."""
    TaxRegistration.objects.create(merchant=posting.merchant, kind="EORI", number="NL123456789", country="NL")


@pytest.fixture
def rotterdam(posting: Connection, exporter: None) -> Hub:
    place = {"address1": "Waalhaven 8", "city": "Rotterdam", "postcode": "3087BM", "country": "NL"}
    made = Hub.objects.create(merchant=posting.merchant, name="Rotterdam", **place)
    posting.merchant.touch()
    return made


def _bought(practice: Any, hub: str, to: Any = LONDON) -> tuple[dict[str, Any], dict[str, Any]]:
    other = Variant.objects.exclude(sku=hub).exclude(classifications=None).order_by("sku").first()
    items = [{"variant_id": Variant.objects.get(sku=hub).external_id, "quantity": 2}]
    items.append({"variant_id": other.external_id, "quantity": 1})
    begun = practice.post("/api/checkout", {"items": items, "address": to, "email": "jm@example.com"})
    code = begun["rates"][0]["service_code"]
    return begun, practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": code})


def _work(drained: Callable[[], None], done: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not done():
        OutboundMessage.objects.filter(state=State.NEW, kind__startswith="shipments.").update(due=timezone.now())
        InboundEvent.objects.filter(state=State.NEW).update(due=timezone.now())
        drained()
        assert time.monotonic() < end, [(str(o), o.state, o.reason) for o in Order.objects.all()]


def test_split_cart_becomes_two_ddp_labels(practice: Any, rotterdam: Hub, hub: str, drained: Any) -> None:
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
    assert {(s.leaves_from or {}).get("city", "home") for s in shipments} == {"home", "Rotterdam"}
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


def test_goods_in_the_union_already_pay_no_duty_there(practice: Any, rotterdam: Hub, hub: str, drained: Any) -> None:
    """From Rotterdam to Berlin no border is crossed; from Oslo one is."""
    _, placed = _bought(practice, hub, BERLIN)
    ours = Shipment.objects.filter(order__external_id=placed["order_id"])
    _work(drained, lambda: ours.exclude(store_fulfilment_id="").count() == 2)
    inside, abroad = sorted(ours, key=lambda s: s.leaves_from is None)
    assert inside.leaves_from is not None
    assert inside.leaves_from["city"] == "Rotterdam"
    assert json.loads(inside.quote.request_text)["request"]["ship_from"] == {"country": "NL", "postcode": "3087BM"}
    assert (inside.quote.answer["totals"]["duty"], inside.quote.answer["totals"]["import_tax"]) == ("0.00", "0.00")
    assert Decimal(abroad.quote.answer["totals"]["import_tax"]) > 0
    invoices = Document.objects.filter(kind="commercial_invoice", subject=f"shipment:{inside.pk}")
    assert [paper.snapshot["shipper"]["city"] for paper in invoices] in ([], ["Rotterdam"])


def test_an_order_priced_from_an_unknown_place_waits_until_it_is_named(
    practice: Any, posting: Connection, exporter: None, hub: str, drained: Any
) -> None:
    _, placed = _bought(practice, hub)
    order = Order.objects.filter(external_id=placed["order_id"])
    _work(drained, lambda: order.filter(state=Order.State.ON_HOLD).exists())
    assert order.get().reason == (
        "the checkout priced these goods from NL 3087BM, which is no place of yours: add it under Settings, Hubs, "
        "then release the order"
    )
    assert not Shipment.objects.exists()
    place = {"address1": "Waalhaven 8", "city": "Rotterdam", "postcode": "3087 BM", "country": "NL"}
    Hub.objects.create(merchant=posting.merchant, name="Rotterdam", **place)
    release(order.get(), "anna")
    _work(drained, lambda: order.filter(state=Order.State.LABELLED).exists())
    assert Shipment.objects.exclude(leaves_from=None).get().leaves_from["city"] == "Rotterdam"
