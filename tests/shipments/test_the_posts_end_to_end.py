"""USPS, Royal Mail and the Correios through the whole pipeline over real HTTP: from the order to the door, and void."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.documents.models import Document
from shipsmart.merchants.models import TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.ports import ManifestOrder, Party, provider, provides
from shipsmart.rating.models import CarrierAccount, TableRate
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.operations import void_label
from shipsmart.tracking.models import Tracker, TrackingEvent
from tests.conftest import BERLIN
from tests.integrations.carriers.carrier_cases import Practice, practice_carriers
from tests.shipments.test_inside_brazil import RIO
from tests.shipments.test_inside_brazil import SHOP as SAO_PAULO

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Post:
    """A post, a shop where it collects, and what a parcel of that shop's is."""

    carrier: str
    shop: dict[str, str]
    account: dict[str, Any]
    currency: str
    to: Party
    numbers: tuple[tuple[str, str], ...] = ()
    price_list: str = ""  # where the carrier names no prices: the service that the merchant's own list stands for


NASHVILLE = {
    "company": "Fieldwork Goods LLC", "signatory": "Ana Field", "address1": "500 Commerce St", "city": "Nashville",
    "region": "TN", "postcode": "37203", "country": "US", "phone": "+16155550123", "currency": "USD",
}  # fmt: skip
LONDON = {
    "company": "Wharf Goods Ltd", "signatory": "Ann Shaw", "address1": "2 Wharf Road", "city": "London",
    "postcode": "N1 7GR", "country": "GB", "phone": "+442079460123", "currency": "GBP",
}  # fmt: skip
POSTS = {
    "usps": Post(
        "usps", NASHVILLE,
        {"number": "1000012345", "credentials": {"client_id": "c", "client_secret": "s"},
         "settings": {"crid": "12345678", "mid": "901234567"}},
        "USD", BERLIN, (("EIN", "12-3456789"),),
    ),
    "royal_mail": Post(
        "royal_mail", LONDON, {"number": "", "credentials": {"api_key": "k"}, "settings": {"ddp_services": ["DDP1"]}},
        "GBP", BERLIN, (("EORI", "GB123456789000"),), "royal_mail:MP7",
    ),
    "correios": Post(
        "correios", SAO_PAULO, {"number": "0067599079", "credentials": {"user": "u", "access_code": "a"}},
        "BRL", RIO, (("CNPJ", "11222333000181"),),
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def practice() -> Iterator[Practice]:
    """Practice carriers whose days take as long as ours: a label can be voided until the courier comes."""
    with practice_carriers(time_scale=1) as running:
        yield running


@pytest.fixture(params=POSTS.values(), ids=POSTS)
def post(request: pytest.FixtureRequest) -> Post:
    return request.param


@pytest.fixture
def order(post: Post, connection: Any, store_order: Any, practice: Practice, settings: Any) -> Order:
    return prepare(post, connection, store_order, practice, settings)


def prepare(post: Post, connection: Any, store_order: Any, practice: Practice, settings: Any) -> Order:
    setattr(settings, f"{post.carrier.upper()}_BASE_URL", getattr(practice, post.carrier))
    merchant = connection.merchant
    for name, value in post.shop.items():
        setattr(merchant, name, value)
    merchant.save()
    for kind, number in post.numbers:
        TaxRegistration.objects.create(merchant=merchant, kind=kind, number=number, country=merchant.country)
    CarrierAccount.objects.all().delete()
    CarrierAccount.objects.create(merchant=merchant, carrier=post.carrier, **post.account)
    TableRate.objects.all().delete()
    if post.price_list:
        TableRate.objects.create(
            merchant=merchant, service="post", service_name="Post", max_weight_g=20_000, price=12,
            currency=post.currency, stands_for=post.price_list,
        )  # fmt: skip
    return take_in(connection=connection, order=store_order(ship_to=replace(post.to), currency=post.currency))


def booked(practice: Practice, reference: str) -> dict[str, Any]:
    """Return the one shipment that the post booked under our reference."""
    (row,) = [row for row in practice.shipments() if reference in str(row["references"])]
    return row


def test_a_parcel_is_bought_handed_over_and_followed_to_the_door(
    post: Post, order: Order, practice: Practice, drained: Any
) -> None:
    drained()
    shipment = Shipment.objects.select_related("account", "merchant").get()
    assert (shipment.state, shipment.carrier, shipment.reason) == (Shipment.State.BOUGHT, post.carrier, "")
    row = booked(practice, shipment.reference)
    assert (row["number"], row["declared_value"], row["currency"]) == (shipment.waybill, 58, post.currency)
    with Document.objects.get(kind="label").file.open() as label:
        assert label.read().startswith(b"%PDF")

    if provides(post.carrier, "manifest"):
        asked = ManifestOrder((shipment.waybill,), shipment.merchant.party(), datetime.now(UTC).date())
        made = provider(post.carrier, "manifest").close_out(shipment.account.ref(), asked, timeout_s=10)
        (kept,) = [row for row in practice.listed("manifests") if row["number"] == made.number]
        assert kept["waybills"] == [shipment.waybill]

    practice.advance(days=40)
    assert Tracker.objects.exists() == provides(post.carrier, "tracking")
    Tracker.objects.update(due=timezone.now())
    drained()
    shipment.refresh_from_db()
    steps = set(TrackingEvent.objects.values_list("milestone", flat=True))
    assert "unknown" not in steps
    if provides(post.carrier, "tracking"):
        assert (shipment.milestone, "picked_up" in steps) == ("delivered", True)


@pytest.mark.parametrize("name", ["usps", "correios"])
def test_a_sale_in_euros_is_declared_in_the_posts_own_currency(
    name: str, connection: Any, store_order: Any, practice: Practice, settings: Any, drained: Any
) -> None:
    post = POSTS[name]
    prepare(replace(post, currency="EUR"), connection, store_order, practice, settings)
    drained()
    shipment = Shipment.objects.get()
    assert (shipment.state, shipment.reason) == (Shipment.State.BOUGHT, "")
    row = booked(practice, shipment.reference)
    assert row["currency"] == post.currency
    assert row["declared_value"] > 58  # euros, in dollars and in reais
    said = shipment.order.events.get(kind="declared").message
    assert str(row["declared_value"]) in said


def test_a_label_is_voided_at_the_post(post: Post, order: Order, practice: Practice, drained: Any) -> None:
    drained()
    order.refresh_from_db()
    assert void_label(order, "anna") == 1
    drained()
    shipment = Shipment.objects.get()
    assert (shipment.state, booked(practice, shipment.reference)["voided"]) == (Shipment.State.VOIDED, True)
