"""Carriers that tell of scans by themselves: who calls is checked, once is enough, and a push only makes us ask."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.carriers.ups.push import hook
from integrations.carriers.ups.webhooks import handle
from shipsmart.inbox.models import InboundEvent
from shipsmart.inbox.operations import Again
from shipsmart.ports import CarrierEvent, IntegrationError
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import operations, push
from shipsmart.tracking.models import Tracker
from tests.tracking.test_following import shipment as bought

pytestmark = pytest.mark.django_db
shipment = bought
NUMBER = "1Z204W4R0308071865"
# As the Track Alert description shows it.
MESSAGE = {
    "trackingNumber": NUMBER,
    "localActivityDate": "20260423",
    "localActivityTime": "091519",
    "activityLocation": {"city": "Charlotte", "stateProvince": "NC", "postalCode": "30004", "country": "US"},
    "activityStatus": {"type": "I", "code": "OT", "description": "Out for Delivery", "descriptionCode": "021"},
    "gmtActivityDate": "20260423",
    "gmtActivityTime": "131519",
}


@pytest.fixture
def tracker(shipment: Shipment) -> Tracker:
    """A UPS parcel that is next asked after in six hours."""
    account = CarrierAccount.objects.create(
        merchant=shipment.merchant, carrier="ups", number="A1B2C3", settings={"push": True}
    )
    Shipment.objects.filter(pk=shipment.pk).update(account=account, carrier="ups", waybill=NUMBER)
    return Tracker.objects.create(shipment=shipment, due=timezone.now() + timedelta(hours=6))


def tell(tracker: Tracker, message: Any = MESSAGE, *, secret: str | None = None, account: int | None = None) -> Any:
    pk = account or Shipment.objects.get(pk=tracker.shipment_id).account_id
    shown = hook(pk).secret if secret is None else secret
    body = message if isinstance(message, bytes) else json.dumps(message)
    return Client().post(hook(pk).path, body, content_type="application/json", headers={"credential": shown})


def work_off() -> None:
    for event in InboundEvent.objects.all():
        effects = handle(event)
        assert effects
        effects()


def test_a_push_has_the_parcel_asked_after_at_once(tracker: Tracker) -> None:
    assert tell(tracker).status_code == 200
    work_off()
    tracker.refresh_from_db()
    assert tracker.due <= timezone.now()


def test_the_same_message_again_is_kept_once(tracker: Tracker) -> None:
    assert [tell(tracker).status_code for _ in range(3)] == [200, 200, 200]
    assert InboundEvent.objects.count() == 1


@pytest.mark.parametrize("secret", ["", "wrong", "é" * 64])
def test_a_caller_without_the_credential_leaves_no_trace(tracker: Tracker, secret: str) -> None:
    assert tell(tracker, secret=secret).status_code == 401
    assert not InboundEvent.objects.exists()


def test_one_accounts_credential_opens_no_other(tracker: Tracker) -> None:
    own = Shipment.objects.get(pk=tracker.shipment_id).account_id
    assert tell(tracker, account=own + 1, secret=hook(own).secret).status_code == 401


@pytest.mark.parametrize("message", [b"null", b"[]", b"{", b"\xff", {"trackingNumber": 7}, {"trackingNumber": NUMBER}])
def test_what_is_no_message_is_refused(tracker: Tracker, message: Any) -> None:
    assert tell(tracker, message).status_code == 400
    assert not InboundEvent.objects.exists()


def test_another_accounts_parcel_is_left_alone(tracker: Tracker) -> None:
    other = CarrierAccount.objects.create(merchant=tracker.shipment.merchant, carrier="ups", number="X9Y8Z7")
    assert tell(tracker, account=other.pk).status_code == 200
    work_off()
    before = tracker.due
    tracker.refresh_from_db()
    assert tracker.due == before


def polled(tracker: Tracker, monkeypatch: pytest.MonkeyPatch, answer: Any) -> tuple[Again, list[tuple[str, ...]]]:
    asked: list[tuple[str, ...]] = []

    class Carrier:
        def tracking_events(self, *_: Any, **__: Any) -> list[CarrierEvent]:
            return []

        def subscribe(self, _account: Any, numbers: tuple[str, ...], *, timeout_s: float) -> Any:
            asked.append(numbers)
            if isinstance(answer, Exception):
                raise answer
            return answer

    monkeypatch.setattr(operations, "provider", lambda *_: Carrier())
    monkeypatch.setattr(push, "provider", lambda *_: Carrier())
    found = operations.handle_tracker(Tracker.objects.get(pk=tracker.pk))
    assert isinstance(found, Again)
    found.effects()
    return found, asked


def test_a_subscribed_parcel_is_asked_after_once_a_day(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    settings.TRACKING_PACE = 1.0
    until = timezone.now() + timedelta(days=14)
    found, asked = polled(tracker, monkeypatch, until)
    assert (found.delay_s, asked) == (push.SAFETY_NET_S, [(NUMBER,)])
    assert Tracker.objects.get().pushed_until == until
    assert polled(tracker, monkeypatch, until)[1] == []  # it lasts: no second subscription


def test_a_subscription_is_renewed_before_it_ends(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    Tracker.objects.update(pushed_until=timezone.now() + timedelta(hours=20))
    assert polled(tracker, monkeypatch, timezone.now() + timedelta(days=14))[1] == [(NUMBER,)]


@pytest.mark.parametrize("answer", [None, IntegrationError("away", permanent=False)])
def test_without_a_subscription_polls_go_on(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch, settings: Any, answer: Any
) -> None:
    settings.TRACKING_PACE = 1.0
    assert polled(tracker, monkeypatch, answer)[0].delay_s == 6 * 3600


def test_an_account_that_did_not_ask_for_it_is_not_subscribed(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    CarrierAccount.objects.update(settings={})
    assert polled(tracker, monkeypatch, timezone.now())[1] == []
