"""The practice UPS tells our server of scans over real HTTP: doubled, shuffled, forged and broken messages included."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from integrations.carriers.ups.adapter import adapter
from integrations.carriers.ups.push import hook
from shipsmart.inbox.models import InboundEvent
from shipsmart.orders.operations import take_in
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import Tracker, TrackingEvent
from tests.integrations.carriers.carrier_cases import US_SHOP, label_order

pytestmark = pytest.mark.django_db(transaction=True)
NEVER = timedelta(days=300)


@pytest.fixture
def parcel(connection: Any, store_order: Any, carriers: dict[str, str]) -> Shipment:
    """A UPS parcel, bought and subscribed to, some days under way, that is asked after in a year by itself."""
    account = CarrierAccount.objects.create(
        merchant=connection.merchant, carrier="ups", number="A1B2C3",
        credentials={"client_id": "c", "client_secret": "s"}, settings={"push": True, "push_country": "US"},
    )  # fmt: skip
    day = datetime.now(UTC).date() + timedelta(days=1)
    order = label_order(service="65", reference=f"push-{timezone.now():%f}", shipper=US_SHOP, ship_on=day)
    label = adapter.buy_label(account.ref(), order, timeout_s=10)
    assert adapter.subscribe(account.ref(), (label.waybill,), timeout_s=5)
    clock = {"advance_s": 10 * 86_400}
    requests.post(f"{carriers['url']}/_practice/clock", json=clock, timeout=5).raise_for_status()
    taken = take_in(connection=connection, order=store_order())
    row = Shipment.objects.create(
        merchant=taken.merchant, order=taken, account=account, carrier="ups", service="65", incoterm="DAP",
        state=Shipment.State.BOUGHT, duties_collected=False, duty_payer="recipient", waybill=label.waybill,
        bought_at=timezone.now(), milestone="label_created",
    )  # fmt: skip
    until = timezone.now() + timedelta(days=14)
    Tracker.objects.create(shipment=row, due=timezone.now() + NEVER, pushed_until=until)
    return row


def told(carriers: dict[str, str], server: Any, parcel: Shipment, kind: str) -> list[int]:
    whom = hook(parcel.account_id)
    asked = {"number": parcel.waybill, "url": server.url + whom.path, "credential": whom.secret, "kind": kind}
    answer = requests.post(f"{carriers['url']}/_practice/alerts", json=asked, timeout=30)
    assert answer.ok, answer.text
    return list(answer.json()["statuses"])


@pytest.mark.parametrize("kind", ["in_order", "wrong_order", "twice"])
def test_told_of_scans_the_parcel_is_asked_after_and_each_is_kept_once(
    live_server: Any, carriers: Any, parcel: Shipment, drained: Any, kind: str
) -> None:
    statuses = told(carriers, live_server, parcel, kind)
    assert set(statuses) == {200}
    assert InboundEvent.objects.count() == len(statuses) // (2 if kind == "twice" else 1)
    drained()
    parcel.refresh_from_db()
    kept = [(scan.code, scan.at) for scan in TrackingEvent.objects.all()]
    assert (parcel.milestone, len(kept)) == ("delivered", len(set(kept)))
    assert Tracker.objects.get().polls == 1  # a burst of messages costs one question


@pytest.mark.parametrize(("kind", "status"), [("forged", 401), ("rubbish", 400)])
def test_forgeries_and_rubbish_leave_no_trace(
    live_server: Any, carriers: Any, parcel: Shipment, kind: str, status: int
) -> None:
    assert set(told(carriers, live_server, parcel, kind)) == {status}
    assert not InboundEvent.objects.exists()


def test_a_parcel_that_is_not_ours_moves_nothing(
    live_server: Any, carriers: Any, parcel: Shipment, drained: Any
) -> None:
    assert set(told(carriers, live_server, parcel, "stranger")) == {200}
    drained()
    assert (TrackingEvent.objects.count(), Tracker.objects.get().polls) == (0, 0)
