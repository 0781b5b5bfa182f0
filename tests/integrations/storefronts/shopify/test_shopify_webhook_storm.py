"""A small storm of webhooks: nothing lost, nothing twice, no trace of forgeries. The large one is a script.

Part of the orders were placed at prices of ours and go on to be planned; of the others no quote is left.
"""

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from integrations.storefronts.shopify import topics
from shipsmart.catalog.models import Variant
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.orders.models import Order
from shipsmart.quotes.models import Quote
from shipsmart.rating.models import CarrierAccount
from tests.integrations.storefronts.shopify.shopping import BERLIN

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[4]
SECRET = "practice-secret-of-forty-letters-or-more"


@pytest.fixture
def placed(selling, practice):
    """Four orders that nobody has told us of; those of two units fit no stored quote."""
    CarrierAccount.objects.create(merchant=selling.merchant, carrier="table", number="own")
    selling.merchant.touch()
    practice.faults(webhook_lost=True, rate_cache=False)
    made = []
    for quantity in (1, 2, 1, 2):
        items = [{"variant_id": Variant.objects.get(sku="NL-TEE-M").external_id, "quantity": quantity}]
        begun = practice.post("/api/checkout", {"items": items, "address": BERLIN, "email": "a@example.com"})
        code = begun["rates"][0]["service_code"]
        done = practice.post(f"/api/checkout/{begun['token']}/complete", {"service_code": code})
        made.append(done["order_id"].rsplit("/", 1)[-1])
    for quote in Quote.objects.all():
        if quote.goods[0][1] == 2:
            quote.delete()
    return made


def planned(work_until):
    """Have everything taken in, and every order planned that may go on; labels have tests of their own."""
    work_until(lambda: not InboundEvent.objects.filter(state="new").exists())
    rows = OutboundMessage.objects.filter(kind="shipments.plan", state="new")
    rows.update(due=timezone.now())
    for row in rows.claim():
        inbox.work(next(kind for kind in inbox._kinds if kind.model is OutboundMessage), row)
    assert not rows.exists()


def test_storm_loses_nothing_and_takes_nothing_twice(placed, live_server, work_until):
    command = [sys.executable, "-m", "integrations.sandbox.shopify.storm", "--url", live_server.url, "--secret", SECRET]
    command += ["--orders", ",".join(placed), "--count", "60", "--threads", "4"]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert (said["sent"], said["genuine"], said["forged"]) == (60, 36, 6)
    assert (said["not_acknowledged"], said["forgeries_taken"]) == ([], [])
    assert said["statuses"] == {"genuine 200": 54, "forged 401": 6}
    stored = InboundEvent.objects.filter(topic="orders/updated")
    assert sorted(stored.values_list("dedup_key", flat=True)) == said["ids"]
    planned(work_until)
    orders = {order.external_id: order for order in Order.objects.all()}
    assert sorted(orders) == sorted(placed)
    assert all(order.events.filter(kind="received").count() == 1 for order in orders.values())
    going, standing = ([orders[one] for one in part] for part in (placed[::2], placed[1::2]))
    for order in going:
        shipment = order.shipments.get()
        assert (order.state, order.quote.incoterm, shipment.duty_payer) == ("ready", "DDP", "sender")
        assert OutboundMessage.objects.filter(kind="shipments.label", payload={"shipment": shipment.pk}).count() == 1
    assert [(order.state, order.shipments.count()) for order in standing] == [("on_hold", 0)] * 2


def test_order_is_read_once_for_all_messages_that_came_before(order, settled, monkeypatch, work_until):
    """It was read when it was taken in: that answers messages that are older, clocks that differ allowed for."""
    asked = []
    read = topics.adapter.fetch_whole
    monkeypatch.setattr(topics.adapter, "fetch_whole", lambda c, one: asked.append(one) or read(c, one))
    body = json.dumps({"id": int(order.external_id)})
    for number in range(6):
        event = InboundEvent.objects.create(
            source="shopify", topic="orders/updated", dedup_key=f"m{number}", account=settled.account, body=body
        )
        early = timezone.now() - timedelta(seconds=60 if number < 5 else -1)
        InboundEvent.objects.filter(pk=event.pk).update(created_at=early)
    work_until(lambda: not InboundEvent.objects.filter(dedup_key__startswith="m").exclude(state="done").exists())
    assert asked == [order.external_id]  # for the one that came afterwards
