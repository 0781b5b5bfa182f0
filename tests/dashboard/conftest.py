"""A shop with an owner and a teammate, a stranger with a shop of her own, and somebody who belongs to none."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.test import Client
from django.utils import timezone

from shipsmart.catalog.models import Classification, Product, Variant
from shipsmart.documents.models import Document
from shipsmart.merchants.models import Connection, Market, Member, Merchant
from shipsmart.orders.models import Order, OrderLine
from shipsmart.quotes.models import Quote
from shipsmart.quotes.signature import canonical, sign
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import LabelAttempt, Parcel, Shipment
from shipsmart.tracking.models import TrackingEvent

PASSWORD = "a-long-word-for-tests"

# 100 GBP of goods and 10 GBP of freight into the United Kingdom: VAT is 20 % of 110.
ANSWER = {
    "status": "complete",
    "scheme": "GB_VAT",
    "rulebook": {"version": "2026.11.1", "sha256": "c0ffee" * 10},
    "charges": [
        {
            "kind": "import_tax",
            "line": "1",
            "rule": "gb.low_value_sale",
            "name": "VAT at the sale",
            "base": {"amount": "110.00", "currency": "GBP", "made_of": {"goods": "100.00", "freight": "10.00"}},
            "rate": "20 %",
            "amount": "22.00",
            "currency": "GBP",
            "quote_amount": "22.00",
            "source": {"title": "VAT Act 1994", "url": "https://www.legislation.gov.uk/ukpga/1994/23"},
            "in_force": {"from": "2021-01-01T00:00:00+00:00", "until": None},
            "confidence": "verified",
        }
    ],
    "totals": {
        "currency": "GBP",
        "goods": "100.00",
        "freight": "10.00",
        "insurance": "0.00",
        "customs_value": "100.00",
        "duty": "0.00",
        "additional_duty": "0.00",
        "excise": "0.00",
        "import_tax": "22.00",
        "fees": "0.00",
        "landed_cost": "132.00",
    },
    "local_totals": {"currency": "GBP", "goods": "100.00"},
    "alternatives": [],
    "warnings": [],
    "not_computable": [],
}


@dataclass
class Shop:
    """Everything a merchant has on the pages, one of each."""

    merchant: Merchant
    connection: Connection
    variant: Variant
    gap: Variant
    account: CarrierAccount
    market: Market
    quote: Quote
    order: Order
    shipment: Shipment
    paper: Document


def user_named(name: str) -> Any:
    return get_user_model().objects.create_user(name, password=PASSWORD)


def make_merchant(name: str) -> Merchant:
    return Merchant.objects.create(
        name=name,
        company=f"{name} Lda",
        address1="Rua do Almada 12",
        city="Porto",
        postcode="4050-030",
        country="PT",
        phone="+351220000000",
        email="ola@example.com",
        currency="EUR",
    )


def make_variant(merchant: Merchant, name: str, *, code: str = "610910", weight_g: int = 180) -> Variant:
    product = Product.objects.create(merchant=merchant, external_id=f"p-{name}", title=name)
    variant = Variant.objects.create(
        merchant=merchant,
        product=product,
        external_id=f"v-{name}",
        sku=f"sku-{name}",
        price=Decimal("20"),
        currency="EUR",
        origin="PT",
        weight_g=weight_g,
    )
    if code:
        Classification.objects.create(variant=variant, code=code)
    return variant


def make_quote(shop_merchant: Merchant, answer: dict[str, Any] = ANSWER, **values: Any) -> Quote:
    text = canonical(answer)
    return Quote.objects.create(
        merchant=shop_merchant,
        **{
            "checkout": "checkout-1",
            "fingerprint": "f" * 64,
            "country": "GB",
            "currency": "GBP",
            "incoterm": "DDP",
            "service_code": "dhl_express:P:DDP",
            "service_name": "DHL Express Worldwide",
            "carrier": "dhl_express",
            "carrier_service": "P",
            "freight": Decimal("10.00"),
            "charges": Decimal("22.00"),
            "price": Decimal("32.00"),
            "price_source": "live",
            "status": answer["status"],
            "request_text": "{}",
            "answer_text": text,
            "signature": sign(text),
            "elapsed_ms": 12,
            **values,
        },
    )


def make_order(merchant: Merchant, number: str, **values: Any) -> Order:
    at = values.pop("placed_at", timezone.now() - timedelta(hours=2))
    order = Order.objects.create(
        merchant=merchant,
        external_id=f"{merchant.pk}-{number}",
        number=number,
        placed_at=at,
        store_updated_at=at,
        **{
            "channel": "shopify",
            "currency": "GBP",
            "country": "GB",
            "shopper": "Emily Clark",
            "ship_to": {"name": "Emily Clark", "address1": "Kingsway 1", "city": "London", "country": "GB"},
            "incoterm": "DDP",
            "state": Order.State.SHIPPED,
            "shipping_paid": Decimal("32.00"),
            "total_paid": Decimal("132.00"),
            "paid": True,
            **values,
        },
    )
    order.note("received", f"Order {number} came in", at=at)
    return order


def make_shipment(order: Order, account: CarrierAccount | None = None, **values: Any) -> Shipment:
    at = order.placed_at + timedelta(minutes=5)
    shipment = Shipment.objects.create(
        merchant=order.merchant,
        order=order,
        account=account,
        **{
            "carrier": "dhl_express",
            "service": "P",
            "service_name": "Express Worldwide",
            "state": Shipment.State.BOUGHT,
            "incoterm": "DDP",
            "duties_collected": True,
            "duty_payer": "sender",
            "waybill": f"30000{order.pk:05}",
            "cost": Decimal("16.42"),
            "cost_currency": "EUR",
            "milestone": "in_transit",
            "bought_at": at,
            **values,
        },
    )
    Parcel.objects.create(shipment=shipment, weight_g=1320, length_mm=400, width_mm=300, height_mm=150)
    LabelAttempt.objects.create(shipment=shipment, reference="r", outcome=LabelAttempt.Outcome.BOUGHT, sent_at=at)
    for hours, milestone in ((1, "picked_up"), (2, "in_transit")):
        TrackingEvent.objects.create(
            shipment=shipment,
            key=milestone,
            at=at + timedelta(minutes=hours),
            code="X",
            text=f"scan {milestone}",
            place="PORTO",
            country="PT",
            milestone=milestone,
        )
    return shipment


def make_shop(name: str) -> Shop:
    merchant = make_merchant(name)
    connection = Connection.objects.create(merchant=merchant, storefront="shopify", account=f"{name}.myshopify.com")
    variant, gap = make_variant(merchant, f"{name}-shirt"), make_variant(merchant, f"{name}-soap", code="", weight_g=0)
    account = CarrierAccount.objects.create(
        merchant=merchant,
        carrier="dhl_express",
        number="951234567",
        label="DHL",
        credentials={"username": "api-user", "password": "the-stored-secret"},
    )
    market = Market.objects.create(merchant=merchant, country="GB", incoterm="DDP")
    quote = make_quote(merchant, connection=connection)
    paid = {"scheme": "GB_VAT", "duty": "0.00", "import_tax": "22.00", "fees": "0.00", "currency": "GBP"}
    order = make_order(merchant, f"#{name}-1", connection=connection, quote=quote, collected=paid)
    line = {"hs_code": "610910", "origin": "PT", "weight_g": 180, "unit_price": Decimal("100")}
    OrderLine.objects.create(order=order, variant=variant, external_id="1", title="Shirt", quantity=1, **line)
    shipment = make_shipment(order, account)
    paper = Document(
        merchant=merchant, subject=f"shipment:{shipment.pk}", kind="commercial_invoice", number="1", snapshot={}
    )
    paper.file.save(f"{name}.pdf", ContentFile(b"%PDF-1.4 invoice of " + name.encode()))
    return Shop(merchant, connection, variant, gap, account, market, quote, order, shipment, paper)


@pytest.fixture(autouse=True)
def _clean_slate(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop("lume")


@pytest.fixture
def other_shop(db: None) -> Shop:
    return make_shop("rival")


def _client(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def owner(shop: Shop) -> Client:
    user = user_named("owner@example.com")
    Member.objects.create(merchant=shop.merchant, user=user, role=Member.Role.OWNER)
    return _client(user)


@pytest.fixture
def teammate(shop: Shop) -> Client:
    user = user_named("teammate@example.com")
    Member.objects.create(merchant=shop.merchant, user=user)
    return _client(user)


@pytest.fixture
def stranger(other_shop: Shop) -> Client:
    user = user_named("stranger@example.com")
    Member.objects.create(merchant=other_shop.merchant, user=user, role=Member.Role.OWNER)
    return _client(user)


@pytest.fixture
def nobody(db: None) -> Client:
    """Logged in, but in no team."""
    return _client(user_named("nobody@example.com"))
