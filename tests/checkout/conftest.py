from datetime import UTC, datetime
from decimal import Decimal

import pytest

from shipsmart.catalog.models import Classification, Product, Variant
from shipsmart.merchants.models import Connection, Merchant, TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.rating.models import Box, TableRate
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import TrackingEvent


@pytest.fixture
def merchant(db) -> Merchant:
    merchant = Merchant.objects.create(
        name="Fjord Goods",
        company="Fjord Goods AS",
        address1="Storgata 1",
        city="Oslo",
        postcode="0155",
        country="NO",
        currency="EUR",
    )
    TaxRegistration.objects.create(merchant=merchant, scheme="EU_IOSS", kind="IOSS", number="IM4420001234")
    Box.objects.create(merchant=merchant, name="small", length_mm=300, width_mm=200, height_mm=100, tare_g=80)
    TableRate.objects.create(
        merchant=merchant,
        service="standard",
        service_name="Parcel abroad",
        countries=["DE", "BR"],
        max_weight_g=5000,
        price=Decimal("12.90"),
        currency="EUR",
    )
    return merchant


@pytest.fixture
def connection(merchant: Merchant) -> Connection:
    return Connection.objects.create(merchant=merchant, storefront="shopify", account="fjord.myshopify.com")


@pytest.fixture
def variant(merchant: Merchant) -> Variant:
    product = Product.objects.create(merchant=merchant, external_id="900", title="Cotton T-shirt")
    variant = Variant.objects.create(
        merchant=merchant,
        product=product,
        external_id="1001",
        sku="TS-1",
        price=Decimal("45.00"),
        currency="EUR",
        weight_g=180,
        origin="PT",
        customs_description="Men's T-shirt, knitted, cotton",
    )
    Classification.objects.create(variant=variant, code="610910")
    return variant


@pytest.fixture
def order(merchant: Merchant, connection: Connection) -> Order:
    at = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
    return Order.objects.create(
        merchant=merchant,
        connection=connection,
        channel="shopify",
        external_id="77",
        number="#1077",
        placed_at=at,
        store_updated_at=at,
        currency="EUR",
        country="DE",
        shopper="Erika Mustermann",
        ship_to={"name": "Erika Mustermann", "address1": "Hauptstrasse 5", "city": "Berlin", "country": "DE"},
        incoterm="DDP",
        paid=True,
        collected={"scheme": "EU_IOSS", "duty": "3.00", "import_tax": "11.57", "fees": "0.00", "currency": "EUR"},
    )


@pytest.fixture
def shipment(order: Order) -> Shipment:
    return Shipment.objects.create(
        merchant=order.merchant,
        order=order,
        carrier="dhl_express",
        service="P",
        service_name="Express Worldwide",
        state=Shipment.State.BOUGHT,
        incoterm="DDP",
        duties_collected=True,
        duty_payer="sender",
        waybill="1234567890",
        tracking_url="https://www.dhl.com/track?id=1234567890",
    )


@pytest.fixture
def scan(shipment: Shipment):
    def add(milestone: str, hour: int, **values: str) -> TrackingEvent:
        at = datetime(2026, 11, 21, hour, 0, tzinfo=UTC)
        key = f"{milestone}-{hour}"
        return TrackingEvent.objects.create(
            shipment=shipment, key=key, at=at, code="X", milestone=milestone, **({"text": "scan"} | values)
        )

    return add
