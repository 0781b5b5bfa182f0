"""A small storm of webhooks: nothing lost, nothing twice, no trace of forgeries. The large one is a script."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from shipsmart.inbox.models import InboundEvent
from shipsmart.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[4]
SECRET = "practice-secret-of-forty-letters-or-more"


@pytest.fixture
def placed(settled, practice):
    practice.faults(webhook_lost=True)
    address = {
        "first_name": "A",
        "last_name": "B",
        "address1": "C 1",
        "city": "Berlin",
        "zip": "10115",
        "country": "DE",
    }
    items = [{"variant_id": settled.variant, "quantity": 1}]
    begun = practice.post("/api/checkout", {"items": items, "address": address, "email": "a@example.com"})
    return practice.post(f"/api/checkout/{begun['token']}/complete", {})["order_id"]


@pytest.fixture
def settled(settled):
    settled.variant = settled.merchant.products.first().variants.first().external_id
    return settled


def test_storm_loses_nothing_and_takes_nothing_twice(placed, live_server, work_until):
    command = [sys.executable, "-m", "integrations.sandbox.shopify.storm", "--url", live_server.url, "--secret", SECRET]
    command += ["--orders", placed, "--count", "60", "--threads", "4"]
    said = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout)
    assert (said["sent"], said["genuine"], said["forged"]) == (60, 36, 6)
    assert (said["not_acknowledged"], said["forgeries_taken"]) == ([], [])
    assert said["statuses"] == {"genuine 200": 54, "forged 401": 6}
    stored = InboundEvent.objects.filter(topic="orders/updated")
    assert sorted(stored.values_list("dedup_key", flat=True)) == said["ids"]
    work_until(lambda: not stored.exclude(state="done").exists())
    assert Order.objects.count() == 1
    assert Order.objects.get().events.filter(kind="received").count() == 1
