"""A shop in Brazil sends by the Correios: priced, announced, printed through the whole pipeline."""

from dataclasses import replace
from typing import Any

import pytest
import requests
from django.urls import reverse

from shipsmart.documents.models import Document
from shipsmart.merchants.models import Member, TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from tests.conftest import BERLIN

pytestmark = pytest.mark.django_db
RIO = replace(
    BERLIN, name="João Silva", address1="Rua da Assembleia, 10", address2="Sala 1203, Centro", district="Centro",
    city="Rio de Janeiro", region="RJ", postcode="20011-000", country="BR", phone="+5521987654321",
)  # fmt: skip
SHOP = {
    "company": "Casa Lume Ltda", "address1": "Rua Augusta, 1500", "district": "Consolação", "city": "São Paulo",
    "region": "SP", "postcode": "01304-001", "country": "BR", "phone": "+5511987654321", "currency": "BRL",
}  # fmt: skip


@pytest.fixture
def order(connection: Any, store_order: Any, carriers: dict[str, str], settings: Any) -> Order:
    settings.CORREIOS_BASE_URL = carriers["correios"]
    merchant = connection.merchant
    for name, value in SHOP.items():
        setattr(merchant, name, value)
    merchant.save()
    TaxRegistration.objects.create(merchant=merchant, kind="CNPJ", number="11222333000181", country="BR")
    CarrierAccount.objects.all().delete()
    CarrierAccount.objects.create(
        merchant=merchant, carrier="correios", number="0067599079", credentials={"user": "u", "access_code": "a"}
    )
    return take_in(connection=connection, order=store_order(ship_to=RIO, currency="BRL"))


def booked(carriers: dict[str, str], reference: str) -> list[dict[str, Any]]:
    rows = requests.get(f"{carriers['url']}/_practice/shipments", timeout=10).json()["shipments"]
    return [row for row in rows if reference in str(row["references"])]


def test_a_parcel_goes_from_sao_paulo_to_rio(order: Order, carriers: Any, drained: Any) -> None:
    drained()
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.carrier, shipment.reason) == (Shipment.State.BOUGHT, "correios", "")
    (row,) = booked(carriers, shipment.reference)
    assert (row["number"], row["declared_value"], row["currency"]) == (shipment.waybill, 58, "BRL")
    with Document.objects.get(kind="label").file.open() as label:
        assert label.read().startswith(b"%PDF")


def test_an_address_without_its_district_stands_still_and_says_so(order: Order, carriers: Any, drained: Any) -> None:
    Order.objects.update(ship_to={**order.ship_to, "district": ""})
    drained()
    found = Order.objects.get()
    assert found.state == Order.State.ON_HOLD
    assert "district" in found.reason
    assert booked(carriers, Shipment.objects.get().reference) == []


def test_the_page_of_an_order_inside_the_country_speaks_of_no_customs(
    order: Order, carriers: Any, drained: Any, client: Any, django_user_model: Any
) -> None:
    drained()
    owner = django_user_model.objects.create(username="rosa")
    Member.objects.create(merchant=order.merchant, user=owner, role=Member.Role.OWNER)
    client.force_login(owner)
    page = client.get(reverse("dashboard:order", args=[order.pk]))
    text = page.content.decode()
    assert ("No customs border: no duties" in text, "What customs are told" in text) == (True, False)
    assert "Customs" not in [str(step.name) for step in page.context["steps"]]
    assert order.events.filter(message__endswith="no customs border, no duties").exists()
