"""Carriers are asked no faster than they allow, and a parcel that has fallen silent is noticed."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.utils import timezone

from shipsmart.inbox.operations import Again
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.tracking import operations, pacing
from shipsmart.tracking.models import Tracker, UnknownCode
from shipsmart.tracking.queries import silent_shipments, unknown_codes
from tests.tracking.test_following import shipment as bought

pytestmark = pytest.mark.django_db
shipment = bought


@pytest.fixture
def followed(shipment: Shipment, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """A shipment with an account and a tracker, and what its carrier answers: events, or an error to raise."""
    cache.clear()
    account = CarrierAccount.objects.filter(merchant=shipment.merchant, carrier="dhl_express").first()
    assert account is not None
    Shipment.objects.filter(pk=shipment.pk).update(account=account)
    said: dict[str, Any] = {"events": [], "calls": 0, "tracker": Tracker.objects.create(shipment=shipment)}

    class Carrier:
        def tracking_events(self, *_: Any, **__: Any) -> list[CarrierEvent]:
            said["calls"] += 1
            if "error" in said:
                raise said["error"]
            return list(said["events"])

    monkeypatch.setattr(operations, "provider", lambda *_: Carrier())
    return said | {"said": said, "account": account}


def poll(followed: dict[str, Any]) -> Any:
    tracker = Tracker.objects.get()
    found = operations.handle_tracker(tracker)
    effects = found.effects if isinstance(found, Again) else found
    if effects:
        effects()
    return found


def test_an_account_is_polled_as_often_as_it_allows_in_a_minute(followed: dict[str, Any], settings: Any) -> None:
    settings.TRACKING_PACE = 1.0
    CarrierAccount.objects.filter(pk=followed["account"].pk).update(settings={"tracking_per_minute": 2})
    waits = [poll(followed) for _ in range(5)]
    assert followed["said"]["calls"] in (2, 3, 4)  # a minute may turn over between two polls
    put_off = waits[-1]
    assert put_off.effects is None or followed["said"]["calls"] == 4
    assert 0 < put_off.delay_s <= 6 * 3600


def test_too_many_requests_lets_the_whole_account_rest(followed: dict[str, Any]) -> None:
    followed["said"]["error"] = IntegrationError("429", permanent=False, code="too_many_requests", retry_after_s=90)
    with pytest.raises(IntegrationError):
        poll(followed)
    found = poll(followed)
    assert followed["said"]["calls"] == 1
    assert isinstance(found, Again)
    assert 80 < found.delay_s < 102


def test_another_failure_of_one_parcel_leaves_the_account_alone(followed: dict[str, Any]) -> None:
    followed["said"]["error"] = IntegrationError("500", permanent=False, code="partner_failed")
    for _ in range(2):
        with pytest.raises(IntegrationError):
            poll(followed)
    assert followed["said"]["calls"] == 2
    assert pacing.wait_s(followed["account"]) == 0.0


def test_a_parcel_without_a_scan_for_too_long_is_noted_once_per_spell(
    followed: dict[str, Any], shipment: Shipment
) -> None:
    last = timezone.now() - timedelta(days=8)
    followed["said"]["events"] = [CarrierEvent(last, "DF", "text", "OSLO", "NO", Milestone.DEPARTED_ORIGIN)]
    for _ in range(3):
        poll(followed)
    notes = shipment.order.events.filter(kind="tracking_silent")
    assert [note.message for note in notes] == [
        f"No scan of 1234567890 since {last:%Y-%m-%d} (departed origin); ask DHL Express"
    ]
    assert list(silent_shipments(shipment.merchant)) == [shipment]


def test_a_new_scan_ends_the_silence(followed: dict[str, Any], shipment: Shipment) -> None:
    old = CarrierEvent(timezone.now() - timedelta(days=8), "DF", "text", "OSLO", "NO", Milestone.DEPARTED_ORIGIN)
    followed["said"]["events"] = [old]
    poll(followed)
    arrived = CarrierEvent(timezone.now() - timedelta(hours=1), "AF", "x", "LEJ", "DE", Milestone.ARRIVED_DESTINATION)
    followed["said"]["events"] = [old, arrived]
    poll(followed)
    assert Tracker.objects.get().silent_since is None
    assert list(silent_shipments(shipment.merchant)) == []


def test_a_delivered_parcel_may_be_silent_for_ever(followed: dict[str, Any], shipment: Shipment) -> None:
    done = CarrierEvent(timezone.now() - timedelta(days=60), "OK", "x", "BERLIN", "DE", Milestone.DELIVERED)
    followed["said"]["events"] = [done]
    poll(followed)
    assert list(silent_shipments(shipment.merchant)) == []


def test_codes_nobody_can_read_are_listed_the_most_seen_first(db: None) -> None:
    for code, seen in (("ZZ", 1), ("QQ", 7)):
        UnknownCode.objects.create(carrier="ups", code=code, seen=seen)
    assert [row.code for row in unknown_codes()] == ["QQ", "ZZ"]
