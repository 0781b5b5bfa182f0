"""A proof of origin: from the product over the price at the checkout to the statement among the papers."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.catalog.models import Variant
from shipsmart.documents.models import Document
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.orders.operations import take_in
from shipsmart.ports import Incoterm
from shipsmart.quotes import preferences
from shipsmart.quotes.operations import quote_checkout
from shipsmart.shipments.models import Shipment
from tests.conftest import BERLIN

pytestmark = pytest.mark.django_db
LONDON = replace(BERLIN, city="London", postcode="SW1A 1AA", country="GB", phone="+442071234567")


def duties(connection: Any, cart: Any) -> tuple[Any, Decimal]:
    """Return the DDP option of eight Portuguese shirts for London, and its duty."""
    answer = quote_checkout(connection, replace(cart, ship_to=LONDON, lines=(replace(cart.lines[0], quantity=8),)))
    answer.keep()
    option = next(one for one in answer.options if one.incoterm == Incoterm.DDP)
    return option, Decimal(option.breakdown["duty"])


@pytest.fixture
def _in_lisbon(merchant: Merchant) -> None:
    Merchant.objects.filter(pk=merchant.pk).update(city="Lisbon", postcode="1100-001", country="PT")
    merchant.tax_registrations.create(scheme="", kind="EORI", number="PT123456789", country="PT")
    merchant.refresh_from_db()


@pytest.mark.usefixtures("_in_lisbon")
def test_goods_with_a_proof_are_priced_and_papered_under_their_agreement(
    connection: Any, cart: Any, store_order: Any, carriers: Any, drained: Any
) -> None:
    _option, without = duties(connection, cart)
    variant = Variant.objects.get(external_id="1")
    variant.proofs = {"GB": "EU-UK"}
    variant.save()
    option, duty = duties(Connection.objects.get(pk=connection.pk), cart)
    assert (without > 20, duty) == (True, 0)
    lines = tuple(replace(one, quantity=8) for one in store_order().lines)
    take_in(
        connection=connection,
        order=store_order(
            ship_to=LONDON, lines=lines, shipping_code=option.service_code, shipping_paid=option.price
        ),
    )  # fmt: skip
    drained()
    shipment = Shipment.objects.get()
    assert shipment.state == Shipment.State.BOUGHT, shipment.reason
    paper = Document.objects.get(kind="origin_statement")
    assert paper.snapshot["lines"][0]["preference"] == "EU-UK"


def test_an_agreement_is_known_by_its_names_and_covers_its_own_goods_only() -> None:
    now = timezone.now()
    assert preferences.is_known("eu uk tca", "GB", origin="PT", at=now)
    assert not preferences.is_known("EU-UK", "GB", origin="CN", at=now)
    assert not preferences.is_known("CUSMA", "GB", origin="", at=now)
    assert "EU-JP" in preferences.agreements_into("EU", origin="JP", at=now)
    assert preferences.agreements_into("EU", origin="KP", at=now) == ()
