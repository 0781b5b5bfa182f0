"""The end of the day over real HTTP: a courier is booked once and called off, a manifest is closed once and kept."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import requests
from django.db import IntegrityError, transaction
from django.utils import timezone

from shipsmart.documents.models import Document
from shipsmart.merchants.models import Merchant, TaxRegistration
from shipsmart.orders.models import Order
from shipsmart.orders.operations import take_in
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments import handing_over, manifests, pickups
from shipsmart.shipments.handing_over import HandoverRefused
from shipsmart.shipments.handover_models import CourierPickUp, DayManifest, ManifestItem, PickUpItem
from shipsmart.shipments.models import Shipment
from shipsmart.shipments.place_time import zone_of
from tests.dashboard.conftest import make_order, make_shipment
from tests.shipments.test_the_posts_end_to_end import POSTS

pytestmark = pytest.mark.django_db
OSLO = "Europe/Oslo"


class Carrier:
    """The practice carriers as a test asks them."""

    def __init__(self, url: str) -> None:
        self.url = url

    def fault(self, kind: str, operation: str) -> None:
        body = {"kind": kind, "carrier": "*", "operation": operation, "count": 1}
        requests.post(f"{self.url}/_practice/faults", json=body, timeout=10).raise_for_status()

    def listed(self, what: str) -> list[dict[str, Any]]:
        return requests.get(f"{self.url}/_practice/{what}", timeout=10).json()[what]


@pytest.fixture
def practice(carriers: dict[str, str], settings: Any) -> Carrier:
    settings.USPS_BASE_URL, settings.ROYAL_MAIL_BASE_URL = carriers["usps"], carriers["royal_mail"]
    return Carrier(carriers["url"])


@pytest.fixture
def account(merchant: Merchant) -> CarrierAccount:
    return CarrierAccount.objects.get(merchant=merchant)


@pytest.fixture
def parcels(account: CarrierAccount) -> list[Shipment]:
    """Two parcels that wait, one that the carrier has, one whose order is on hold."""
    rows = []
    for n, changes in enumerate(({}, {}, {"milestone": "in_transit"}, {})):
        state = Order.State.ON_HOLD if n == 3 else Order.State.LABELLED
        order = make_order(account.merchant, f"#{n}", state=state)
        rows.append(make_shipment(order, account, **{"milestone": "label_created", **changes}))
    return rows


def wish(**changes: Any) -> pickups.PickUpWish:
    ready_at = datetime.combine(timezone.now().date() + timedelta(days=2), time(14), tzinfo=ZoneInfo(OSLO))
    values = {"ready_at": ready_at, "closes_at": time(17, 30), "zone": OSLO, "location": "reception"}
    return pickups.PickUpWish(**(values | changes))


def asked(account: CarrierAccount, rows: list[Shipment], **changes: Any) -> CourierPickUp:
    return pickups.ask(account, [row.pk for row in rows], wish=wish(**changes), actor="anna")


def test_a_courier_is_booked_once_for_two_clicks_and_called_off(
    account: CarrierAccount, parcels: list[Shipment], practice: Carrier, drained: Callable[[], None]
) -> None:
    waiting = list(handing_over.waiting(account))
    assert waiting == parcels[:2]
    before = len(practice.listed("pickups"))
    row = asked(account, waiting)
    with pytest.raises(HandoverRefused, match="asked for already"):
        asked(account, waiting)
    Shipment.objects.filter(pk=waiting[1].pk).update(state="voided")  # before the worker comes to it
    drained()
    row.refresh_from_db()
    (there,) = practice.listed("pickups")[before:]
    assert (row.state, row.number, row.ready_there.hour, row.closes_there) == (
        "booked",
        there["number"],
        14,
        time(17, 30),
    )
    assert (there["day"], there["parcels"], there["cancelled"]) == (row.ready_there.date().isoformat(), 1, False)
    with pytest.raises(IntegrityError), transaction.atomic():
        PickUpItem.objects.create(handover=row, shipment=waiting[0])

    pickups.cancel(row, "anna")
    with pytest.raises(HandoverRefused, match="being cancelled"):
        pickups.cancel(row, "anna")
    drained()
    row.refresh_from_db()
    assert (row.state, practice.listed("pickups")[before]["cancelled"]) == ("cancelled", True)
    told = waiting[0].order.events.filter(kind="courier").values_list("message", flat=True)
    assert [there["number"] in text for text in told] == [True, True]
    assert ["comes on" in text for text in told] == [True, False]
    assert not waiting[1].order.events.filter(kind="courier").exists()  # voided: it does not travel
    assert asked(account, waiting[:1]).items.count() == 1  # free for another courier


def test_a_courier_comes_to_the_place_where_the_parcels_lie(
    account: CarrierAccount, parcels: list[Shipment], practice: Carrier, drained: Callable[[], None]
) -> None:
    place = {"address1": "Damrak 1", "city": "Amsterdam", "postcode": "1012LG", "country": "NL", "name": "Bram Vos"}
    Shipment.objects.filter(pk=parcels[0].pk).update(leaves_from=place)
    with pytest.raises(HandoverRefused, match=r"lie in Amsterdam \(NL\) and Oslo \(NO\)") as caught:
        asked(account, parcels[:2])
    assert caught.value.details["field"] == "shipments"
    row = asked(account, parcels[:1])
    address = pickups._order(row).address
    assert (address.city, address.name, address.company) == ("Amsterdam", "Bram Vos", account.merchant.company)
    drained()
    row.refresh_from_db()
    assert (row.state, row.message) == ("booked", "")


def test_a_refused_courier_names_the_field_and_frees_its_parcels(
    account: CarrierAccount, parcels: list[Shipment], practice: Carrier, drained: Callable[[], None]
) -> None:
    Merchant.objects.update(phone="")
    row = asked(account, parcels[:2])
    drained()
    row.refresh_from_db()
    assert row.state == "refused"
    assert "pick-up address phone is missing" in row.message
    with pytest.raises(HandoverRefused) as caught:
        asked(account, parcels[:2], closes_at=time(9))
    assert caught.value.details["field"] == "closes_at"
    with pytest.raises(HandoverRefused, match="does not wait any more"):
        asked(account, parcels[1:3])
    Merchant.objects.update(phone="+4722334455")
    assert asked(account, parcels[:2]).state == "asked"


@pytest.mark.parametrize("booked", [True, False])
def test_a_lost_answer_sends_no_second_courier_and_waits_for_a_person(
    account: CarrierAccount, parcels: list[Shipment], practice: Carrier, drained: Callable[[], None], booked: bool
) -> None:
    before = len(practice.listed("pickups"))
    practice.fault("accept_then_drop", "pickup")
    row = asked(account, parcels[:1])
    for _ in range(3):
        drained()
    row.refresh_from_db()
    assert (row.state, len(practice.listed("pickups"))) == ("unknown", before + 1)
    with pytest.raises(HandoverRefused):
        asked(account, parcels[:1])

    pickups.note_answer(row, booked=booked, number="PRG261125000001", actor="anna")
    row.refresh_from_db()
    assert (row.state, row.number) == (("booked", "PRG261125000001") if booked else ("not_booked", ""))
    assert PickUpItem.objects.get().open == booked


def test_a_call_that_was_cut_off_with_its_worker_is_not_made_again(
    account: CarrierAccount, parcels: list[Shipment], practice: Carrier, drained: Callable[[], None]
) -> None:
    before = len(practice.listed("pickups"))
    row = asked(account, parcels[:1])
    assert handing_over.began(row)  # and here the worker dies
    drained()
    row.refresh_from_db()
    assert row.state == "asked"  # it may be under way
    CourierPickUp.objects.update(sent_at=timezone.now() - timedelta(hours=1))
    pickups.inbox.send_again(pickups.BOOK, {f"{pickups.BOOK}:{row.pk}": {"pickup": row.pk}})
    pickups.OutboundMessage.objects.update(due=timezone.now())
    drained()
    row.refresh_from_db()
    assert (row.state, len(practice.listed("pickups"))) == ("unknown", before)


@pytest.fixture
def post_office(
    request: pytest.FixtureRequest, connection: Any, store_order: Any, practice: Carrier, drained: Callable[[], None]
) -> CarrierAccount:
    """An account at a post with one bought label."""
    post = POSTS[request.param]
    Merchant.objects.update(**post.shop)
    merchant = Merchant.objects.get()
    for kind, number in post.numbers:
        TaxRegistration.objects.create(merchant=merchant, kind=kind, number=number, country=merchant.country)
    CarrierAccount.objects.all().delete()
    account = CarrierAccount.objects.create(merchant=merchant, carrier=post.carrier, **post.account)
    stands_for = post.price_list or f"{post.carrier}:unused"
    merchant.table_rates.update(stands_for=stands_for, currency=post.currency)
    take_in(connection=connection, order=store_order(currency=post.currency))
    drained()
    assert Shipment.objects.get().state == Shipment.State.BOUGHT, Shipment.objects.get().reason
    return account


@pytest.mark.parametrize("post_office", ["usps", "royal_mail"], indirect=True)
def test_a_manifest_is_closed_once_and_its_paper_kept(
    post_office: CarrierAccount, practice: Carrier, drained: Callable[[], None]
) -> None:
    shipment = Shipment.objects.get()
    today = timezone.now().date()
    row = manifests.close(post_office, [shipment.pk], mail_on=today, actor="anna")
    with pytest.raises(HandoverRefused, match="asked for already"):
        manifests.close(post_office, [shipment.pk], mail_on=today, actor="boris")
    drained()
    row.refresh_from_db()
    (there,) = [one for one in practice.listed("manifests") if shipment.waybill in one["waybills"]]
    assert (row.state, row.number, row.message) == ("booked", there["number"], "")
    paper = Document.objects.get(kind="manifest", subject=f"manifest:{row.pk}")
    with paper.file.open() as stored:
        assert stored.read().startswith(b"%PDF")
    assert (paper.number, paper.snapshot) == (row.number, {"waybills": [shipment.waybill]})
    assert row.number in shipment.order.events.get(kind="manifest").message


@pytest.mark.parametrize("post_office", ["royal_mail"], indirect=True)
def test_a_manifest_without_an_answer_is_looked_up_by_the_number_a_person_found(
    post_office: CarrierAccount, practice: Carrier, drained: Callable[[], None]
) -> None:
    shipment = Shipment.objects.get()
    practice.fault("accept_then_drop", "manifest")
    row = manifests.close(post_office, [], mail_on=timezone.now().date(), actor="anna")
    for _ in range(3):
        drained()
    row.refresh_from_db()
    there = [one for one in practice.listed("manifests") if shipment.waybill in one["waybills"]]
    assert (row.state, len(there), Document.objects.filter(kind="manifest").exists()) == ("unknown", 1, False)
    assert ManifestItem.objects.get().open

    manifests.note_answer(row, booked=True, number=there[0]["number"], actor="anna")
    drained()
    assert DayManifest.objects.get().state == "booked"
    assert Document.objects.get(kind="manifest").number == there[0]["number"]


@pytest.mark.parametrize(
    ("country", "zone"), [("NO", OSLO), ("DE", "Europe/Berlin"), ("US", ""), ("BR", ""), ("PT", "")]
)
def test_only_a_country_with_one_clock_tells_the_time(country: str, zone: str) -> None:
    assert zone_of(country, datetime(2026, 11, 23, tzinfo=ZoneInfo("UTC"))) == zone
