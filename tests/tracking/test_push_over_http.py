"""Practice UPS and FedEx tell our server of scans over real HTTP: doubled, shuffled, forged and broken messages too."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from django.utils import timezone

from integrations.carriers.fedex import push as fedex_push
from integrations.carriers.fedex.adapter import adapter as fedex
from integrations.carriers.ups import push as ups_push
from integrations.carriers.ups.adapter import adapter as ups
from shipsmart.inbox.models import InboundEvent
from shipsmart.orders.operations import take_in
from shipsmart.rating.models import CarrierAccount
from shipsmart.shipments.models import Shipment
from shipsmart.tracking.models import Tracker, TrackingEvent
from tests.integrations.carriers.carrier_cases import US_SHOP, label_order

pytestmark = pytest.mark.django_db(transaction=True)
NEVER = timedelta(days=300)


@dataclass(frozen=True)
class Teller:
    carrier: str
    adapter: Any
    hook: Any
    number: str
    service: str


TELLERS = {
    "ups": Teller("ups", ups, ups_push.hook, "A1B2C3", "65"),
    "fedex": Teller("fedex", fedex, fedex_push.hook, "740561073", "FEDEX_INTERNATIONAL_PRIORITY"),
}


@pytest.fixture(params=TELLERS.values(), ids=TELLERS)
def teller(request: pytest.FixtureRequest) -> Teller:
    return request.param


@pytest.fixture
def parcel(teller: Teller, connection: Any, store_order: Any, carriers: dict[str, str]) -> Shipment:
    """A parcel bought and, where that is needed, subscribed to, some days under way, next asked after in a year."""
    account = CarrierAccount.objects.create(
        merchant=connection.merchant, carrier=teller.carrier, number=teller.number,
        credentials={"client_id": "c", "client_secret": "s"}, settings={"push": True, "push_country": "US"},
    )  # fmt: skip
    day = datetime.now(UTC).date() + timedelta(days=1)
    reference = f"push-{timezone.now():%f}"
    order = label_order(service=teller.service, reference=reference, shipper=US_SHOP, ship_on=day)
    label = teller.adapter.buy_label(account.ref(), order, timeout_s=10)
    if teller.carrier == "ups":
        assert teller.adapter.subscribe(account.ref(), (label.waybill,), timeout_s=5)
    clock = {"advance_s": 10 * 86_400}
    requests.post(f"{carriers['url']}/_practice/clock", json=clock, timeout=5).raise_for_status()
    taken = take_in(connection=connection, order=store_order())
    row = Shipment.objects.create(
        merchant=taken.merchant, order=taken, account=account, carrier=teller.carrier, service=teller.service,
        incoterm="DAP", state=Shipment.State.BOUGHT, duties_collected=False, duty_payer="recipient",
        waybill=label.waybill, bought_at=timezone.now(), milestone="label_created",
    )  # fmt: skip
    Tracker.objects.create(shipment=row, due=timezone.now() + NEVER)
    return row


def told(carriers: dict[str, str], server: Any, parcel: Shipment, kind: str) -> list[int]:
    whom = TELLERS[parcel.carrier].hook(parcel.account_id)
    asked = {"carrier": parcel.carrier, "number": parcel.waybill, "url": server.url + whom.path,
             "credential": whom.secret, "kind": kind}  # fmt: skip
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
