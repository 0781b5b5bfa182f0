"""FedEx tells of all parcels of an account: signed messages, no subscription, and what they prove."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integrations.carriers.fedex import push as fedex
from integrations.carriers.ups import webhooks as ups
from integrations.kit.signing import hmac_base64
from shipsmart.inbox.models import InboundEvent
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import push
from shipsmart.tracking.models import Tracker
from tests.tracking.test_following import shipment as bought

pytestmark = pytest.mark.django_db
shipment = bought
NUMBER = "794953555571"
MESSAGE = {
    "transactionId": "624deea6-b709-470c-8c39-4b5511281492",
    "output": {
        "completeTrackResults": [
            {
                "trackingNumber": NUMBER,
                "trackResults": [
                    {
                        "deliveryDetails": {"receivedByName": "J. Doe"},
                        "scanEvents": [{"eventType": "DL", "date": "2026-04-23T09:15:19-04:00"}],
                    }
                ],
            },
            {"trackingNumber": "794953555572", "trackResults": []},
        ]
    },
}


@pytest.fixture
def tracker(shipment: Shipment) -> Tracker:
    account = CarrierAccount.objects.create(
        merchant=shipment.merchant, carrier="fedex", number="740561073", settings={"push": True}
    )
    Shipment.objects.filter(pk=shipment.pk).update(account=account, carrier="fedex", waybill=NUMBER)
    return Tracker.objects.create(shipment=shipment, due=timezone.now() + timedelta(hours=6))


def account_of(tracker: Tracker) -> int:
    return int(Shipment.objects.get(pk=tracker.shipment_id).account_id)


def tell(account: int, body: bytes, *, signed: bytes | None = None) -> Any:
    hook = fedex.hook(account)
    headers = {hook.header: hmac_base64(hook.secret, body if signed is None else signed)}
    return Client().post(hook.path, body, content_type="application/json", headers=headers)


def work_off() -> None:
    from integrations.carriers.fedex.webhooks import handle

    for event in InboundEvent.objects.all():
        effects = handle(event)
        assert effects
        effects()


def test_a_message_has_its_parcel_asked_after_and_polls_rest_for_a_while(tracker: Tracker) -> None:
    assert tell(account_of(tracker), json.dumps(MESSAGE).encode()).status_code == 200
    work_off()
    tracker.refresh_from_db()
    row = Shipment.objects.get(pk=tracker.shipment_id)
    now = timezone.now()
    until = push.subscribed_until(tracker, row, now)
    assert tracker.due <= now
    assert until == tracker.pushed_until
    assert push.interval_s(3600, until, now) == push.SAFETY_NET_S
    assert push.interval_s(3600, until, now + timedelta(days=3)) == 3600  # it fell silent: polls as before


def test_who_signed_and_the_photographs_are_not_kept(tracker: Tracker) -> None:
    tell(account_of(tracker), json.dumps(MESSAGE).encode())
    assert json.loads(InboundEvent.objects.get().body) == {"numbers": [NUMBER, "794953555572"]}


@pytest.mark.parametrize("signed", [b"", b"{}", json.dumps(MESSAGE).encode() + b" "])
def test_a_body_that_was_not_signed_as_it_came_leaves_no_trace(tracker: Tracker, signed: bytes) -> None:
    assert tell(account_of(tracker), json.dumps(MESSAGE).encode(), signed=signed).status_code == 401
    assert not InboundEvent.objects.exists()


@pytest.mark.parametrize("header", ["", "é", "====", "Zm9v"])
def test_a_signature_that_is_none_is_refused(tracker: Tracker, header: str) -> None:
    path = fedex.hook(account_of(tracker)).path
    told = Client().post(path, b"{}", content_type="application/json", headers={fedex.HEADER: header})
    assert told.status_code == 401


@pytest.mark.parametrize(
    "body",
    [b"null", b"\xff", b'{"output": {}}', b'{"output": {"completeTrackResults": [{"trackingNumber": 7}]}}'],
)
def test_signed_rubbish_is_refused_in_words(tracker: Tracker, body: bytes) -> None:
    answer = tell(account_of(tracker), body)
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_message")


def test_the_token_is_one_that_fedex_takes() -> None:
    token = fedex.hook(7).secret
    assert 26 <= len(token) <= 100
    assert {"digit", "upper", "lower"} == {
        kind for kind in ("digit", "upper", "lower") for sign in token if getattr(sign, f"is{kind}")()
    }


def test_an_older_secret_key_stays_good_and_a_stranger_is_told_nothing(settings: Any, tracker: Tracker) -> None:
    body = json.dumps(MESSAGE).encode()
    old = hmac_base64(fedex.hook(account_of(tracker)).secret, body)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another"
    assert fedex.is_ours(account_of(tracker), body, old)
    settings.SECRET_KEY_FALLBACKS = []
    assert not fedex.is_ours(account_of(tracker), body, old)


def test_a_message_kept_whole_by_a_release_before_is_still_worked(tracker: Tracker) -> None:
    number = "1Z204W4R0308071865"
    row = CarrierAccount.objects.create(merchant=tracker.shipment.merchant, carrier="ups", number="A1B2C3")
    Shipment.objects.update(account=row, carrier="ups", waybill=number)
    body = json.dumps({"trackingNumber": number, "activityStatus": {"code": "OT"}})
    kept = InboundEvent.objects.create(source="ups", topic="track_alert", dedup_key="k", account=str(row.pk), body=body)
    effects = ups.handle(kept)
    assert effects
    effects()
    assert Tracker.objects.get().due <= timezone.now()
