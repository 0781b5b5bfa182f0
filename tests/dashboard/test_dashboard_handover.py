"""The page of the end of the day: a courier is booked and called off there, and what got no answer is said there."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import requests
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from shipsmart.merchants.models import Merchant
from shipsmart.orders.models import Order
from shipsmart.shipments.handover_models import CourierPickUp, DayManifest
from shipsmart.shipments.models import Shipment

pytestmark = pytest.mark.django_db
PAGE = "/orders/handover/"


@pytest.fixture
def parcel(shop: Any) -> Shipment:
    """The shop's parcel, bought and not yet with the carrier."""
    Order.objects.filter(pk=shop.order.pk).update(state=Order.State.LABELLED)
    Shipment.objects.filter(pk=shop.shipment.pk).update(milestone="label_created")
    return shop.shipment


@pytest.fixture
def ask(shop: Any, parcel: Shipment, owner: Client) -> Callable[..., Any]:
    def post(client: Client = owner, **changes: str) -> Any:
        told = {"day": f"{timezone.now().date() + timedelta(days=2)}", "zone": "Europe/Lisbon", "ready_from": "14:00"}
        told |= {"closes_at": "17:30", "location": "reception"} | changes
        named = {f"a{shop.account.pk}-{name}": value for name, value in told.items()}
        return client.post(f"{PAGE}{shop.account.pk}/courier/", {"shipment": [parcel.pk], **named}, follow=True)

    return post


def text_of(response: Any) -> str:
    return response.content.decode()


def test_a_courier_is_booked_on_the_page_and_called_off(
    ask: Any, parcel: Shipment, owner: Client, teammate: Client, carriers: dict[str, str], drained: Callable[[], None]
) -> None:
    page = text_of(owner.get(PAGE))
    assert f'name="shipment" value="{parcel.pk}" checked' in page
    assert "Time zone of the place" in page  # Portugal has more than one

    refused = ask(zone="", closes_at="13:00")
    assert refused.status_code == 422
    assert "The place must close after the parcels are ready." in text_of(refused)
    assert text_of(refused).count('class="error"') == 2  # and the time zone is missing
    assert "A courier is asked for: 1 parcel." in text_of(ask())
    assert "Tick at least one parcel that was not asked for already." in text_of(ask(teammate))
    drained()

    row = CourierPickUp.objects.get()
    page = text_of(owner.get(PAGE))
    assert f"<code>{row.number}</code>" in page
    assert "14:00–17:30" in page
    assert "With a courier" in page
    owner.post(reverse("dashboard:handover_action", args=("pickup", row.pk, "cancel")))
    drained()
    there = requests.get(f"{carriers['url']}/_practice/pickups", timeout=10).json()["pickups"]
    assert [one["cancelled"] for one in there if one["number"] == row.number] == [True]
    assert "With a courier" not in text_of(owner.get(PAGE))


def test_what_got_no_answer_is_said_and_noted_by_a_person(ask: Any, owner: Client) -> None:
    ask()
    CourierPickUp.objects.update(state="unknown", message="POST /pickups: no answer in time")
    assert "so a courier may be booked" in text_of(owner.get(PAGE))
    row = CourierPickUp.objects.get()
    owner.post(reverse("dashboard:handover_action", args=("pickup", row.pk, "booked")), {"number": " PRG 1 "})
    row.refresh_from_db()
    assert (row.state, row.number) == ("booked", "PRG 1")


def test_a_manifest_wants_a_day(shop: Any, parcel: Shipment, owner: Client) -> None:
    post = {"shipment": [parcel.pk], f"a{shop.account.pk}-day": "31 February"}
    assert "Day: Enter a valid date." in text_of(owner.post(f"{PAGE}{shop.account.pk}/close/", post, follow=True))
    assert not DayManifest.objects.exists()


def test_the_hours_are_those_of_the_place(shop: Any, ask: Any) -> None:
    Merchant.objects.filter(pk=shop.merchant.pk).update(country="NO")
    day = timezone.now().date() + timedelta(days=2)
    ask(zone="Pacific/Auckland")  # not asked for where the country has one clock
    row = CourierPickUp.objects.get()
    assert (row.zone, row.ready_there.isoformat()[:16]) == ("Europe/Oslo", f"{day}T14:00")


def test_a_stranger_finds_nothing(shop: Any, ask: Any, parcel: Shipment, stranger: Client) -> None:
    assert parcel.waybill not in text_of(stranger.get(PAGE))
    assert ask(stranger).status_code == 404
    assert stranger.post(f"{PAGE}{shop.account.pk}/close/").status_code == 404
    assert not CourierPickUp.objects.exists()
    ask()
    closed = DayManifest.objects.create(
        merchant=shop.merchant, account=shop.account, carrier="usps", actor="a", mail_on=timezone.now().date()
    )
    for kind, row, action in (("pickup", CourierPickUp.objects.get(), "cancel"), ("manifest", closed, "booked")):
        address = reverse("dashboard:handover_action", args=(kind, row.pk, action))
        assert stranger.post(address).status_code == 404
