"""The practice Shopify as a process of its own, in front of the app on a live server."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.utils import timezone

from integrations.storefronts.shopify import oauth, registration
from integrations.storefronts.shopify.adapter import adapter
from shipsmart.catalog.models import Variant
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import InboundEvent, OutboundMessage, State
from shipsmart.merchants.models import Connection, Market, Member, Merchant
from shipsmart.orders.models import Order
from shipsmart.ports import IntegrationError, StoreFulfilment, StoreVariant
from shipsmart.rating.models import TableRate
from shipsmart.shipments.models import Shipment
from tests.integrations.storefronts.shopify.shopping import LONDON

ROOT = Path(__file__).resolve().parents[4]
SHOP = "nordic-lights.myshopify.com"
CLIENT_ID, SECRET = "practice-client", "practice-secret-of-forty-letters-or-more"


@dataclass
class Practice:
    """The running practice Shopify, seen from its own side."""

    url: str
    app_url: str

    def post(self, path: str, body: Any = None) -> Any:
        answer = requests.post(f"{self.url}/{SHOP}{path}", json=body or {}, timeout=20)
        answer.raise_for_status()
        return answer.json()

    def get(self, path: str) -> Any:
        answer = requests.get(f"{self.url}/{SHOP}{path}", timeout=20)
        answer.raise_for_status()
        return answer.json()

    def faults(self, **faults: Any) -> None:
        self.post("/_practice/faults", faults)

    def code(self, scopes: str = "") -> str:
        """Return an authorization code, as the merchant's browser brings it back."""
        query = {
            "client_id": CLIENT_ID,
            "scope": scopes,
            "redirect_uri": f"{self.app_url}/shopify/callback",
            "state": "s",
        }
        page = requests.get(f"{self.url}/{SHOP}/admin/oauth/authorize", params=query, allow_redirects=False, timeout=20)
        return parse_qs(urlsplit(page.headers["Location"]).query)["code"][0]


@pytest.fixture(scope="session")
def practice_process(live_server: Any) -> Iterator[Practice]:
    command = [
        sys.executable,
        "-m",
        "integrations.sandbox.shopify",
        "--port",
        "0",
        "--app-url",
        live_server.url,
        "--restore-rate",
        "1000",
    ]
    command += ["--client-id", CLIENT_ID, "--client-secret", SECRET, "--routing-delay", "0.05", "--time-scale", "600"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        assert process.stdout
        yield Practice(json.loads(process.stdout.readline())["url"], live_server.url)
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture
def app(settings: Any) -> None:
    """The app's own settings of its Shopify client, without any shop."""
    settings.SHOPIFY_CLIENT_ID, settings.SHOPIFY_CLIENT_SECRET = CLIENT_ID, SECRET
    settings.SHOPIFY_OLD_CLIENT_SECRET = ""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    }


@pytest.fixture
def practice(practice_process: Practice, app: None, settings: Any, live_server: Any) -> Iterator[Practice]:
    settings.SHOPIFY_BASE_URL = f"{practice_process.url}/{{shop}}"
    settings.PUBLIC_URL = live_server.url
    # Without its cache the checkout asks us each time: a quote of an earlier test is gone with that test's database.
    practice_process.faults(clear=True, rate_cache=False)
    # What an earlier test set off and did not wait for must not arrive in this one.
    practice_process.post("/_practice/forget_webhooks")
    yield practice_process
    practice_process.faults(clear=True)


@pytest.fixture
def merchant(db: None) -> Merchant:
    return Merchant.objects.create(
        name="Nordic Lights",
        company="Nordic Lights AS",
        address1="Storgata 1",
        city="Oslo",
        postcode="0155",
        country="NO",
        phone="+4722334455",
        currency="EUR",
    )


@pytest.fixture
def shop(merchant: Merchant, app: None) -> Connection:
    """A connected shop whose tokens nobody will use."""
    return Connection.objects.create(merchant=merchant, storefront="shopify", account=SHOP)


@pytest.fixture
def connected(practice: Practice, merchant: Merchant) -> Connection:
    """A shop connected to the practice Shopify with tokens that work."""
    grant = oauth.exchange_code(SHOP, practice.code())
    return Connection.objects.create(
        merchant=merchant, storefront="shopify", account=SHOP, credentials=grant.credentials()
    )


@dataclass
class Standing:
    """What an installation left in the practice shop: it outlives one test, our rows about it do not."""

    values: dict[str, Any] | None = None
    goods: Sequence[StoreVariant] = ()

    def forget(self) -> None:
        self.values = None


@pytest.fixture(scope="session")
def standing() -> Standing:
    return Standing()


@pytest.fixture
def settled(practice: Practice, standing: Standing, db: None) -> Connection:
    """A shop as its installation leaves it, with four of its variants; the installation itself has tests of its own.

    Webhooks and carrier service are registered once in the practice shop; later tests only write our own rows.
    """
    merchant = Merchant.objects.create(
        name="Nordic Lights", company="Nordic Lights AS", address1="Storgata 1", city="Oslo", postcode="0155",
        country="NO", currency="EUR",
    )  # fmt: skip
    if standing.values is None:
        grant = oauth.exchange_code(SHOP, practice.code())
        made = Connection(merchant=merchant, storefront="shopify", account=SHOP, credentials=grant.credentials())
        made.save()
        registration.register_webhooks(made)
        registration.register_carrier_service(made)
        standing.values = {"credentials": grant.credentials(), "token": made.token}
        standing.goods = adapter.products(made)[:4]
    else:
        made = Connection.objects.create(merchant=merchant, storefront="shopify", account=SHOP, **standing.values)
    import_variants(made, standing.goods)
    Connection.objects.filter(pk=made.pk).update(last_synced_at=timezone.now())
    return Connection.objects.select_related("merchant").get()


@pytest.fixture
def selling(settled: Connection) -> Connection:
    """A shop whose checkout we can answer."""
    TableRate.objects.create(
        merchant=settled.merchant,
        service="economy",
        service_name="Economy",
        max_weight_g=30_000,
        price=Decimal("9.90"),
        currency="EUR",
    )
    Market.objects.create(merchant=settled.merchant, country="", incoterm="DDP")
    settled.merchant.touch()
    return settled


@pytest.fixture
def owner(merchant: Merchant, django_user_model: Any) -> Any:
    # Without a password: hashing one takes longer than most tests, and nobody types it.
    user = django_user_model.objects.create_user("owner@example.com")
    Member.objects.create(merchant=merchant, user=user, role=Member.Role.OWNER)
    return user


def drain_ours() -> None:
    """Work off what came from the store and what we owe it; shipments and labels have tests of their own."""
    for kind in inbox._kinds:
        if kind.model not in (InboundEvent, OutboundMessage):
            continue
        for row in kind.model.objects.claim():
            if getattr(row, "kind", "shopify.").startswith(("shopify.", "returns.")):
                inbox.work(kind, row)
            else:
                row.put_off(delay_s=3600)


@pytest.fixture
def work_until() -> Callable[..., None]:
    """Do the worker's work until `done()` or the time is over."""

    def until(done: Callable[[], Any], *, timeout_s: float = 20) -> None:
        end = time.monotonic() + timeout_s
        while not done():
            drain_ours()
            if time.monotonic() > end:
                errors = [
                    (str(row), row.last_error)
                    for model in (InboundEvent, OutboundMessage)
                    for row in model.objects.exclude(state=State.DONE)
                ]
                pytest.fail(f"not done in time; still open: {errors}")
            time.sleep(0.01)

    return until


@pytest.fixture
def order(settled: Connection, practice: Practice, work_until: Callable[..., None]) -> Order:
    """Two shirts, sent under a waybill of ours."""
    variant = Variant.objects.get(sku="NL-TEE-M")
    items = [{"variant_id": variant.external_id, "quantity": 2}]
    begun = practice.post("/api/checkout", {"items": items, "address": LONDON, "email": "jo@example.com"})
    placed = practice.post(f"/api/checkout/{begun['token']}/complete", {})
    ours = Order.objects.filter(external_id=placed["order_id"])
    work_until(lambda: ours.exists() and not InboundEvent.objects.due().exists())
    made = ours.get()
    values = {"carrier": "ups", "service": "11", "incoterm": "DAP", "duties_collected": False}
    Shipment.objects.create(merchant=made.merchant, order=made, waybill="1ZOURS", duty_payer="recipient", **values)
    return made


@pytest.fixture
def sent(order: Order, settled: Connection) -> Order:
    """The order, fulfilled in the store."""
    line = order.lines.get().external_id
    parcel = StoreFulfilment(order.external_id, {line: 2}, "ups", "1ZOURS", "https://example.com/1ZOURS")
    deadline = time.monotonic() + 5
    while True:
        try:
            adapter.fulfil(settled, parcel)
        except IntegrationError as error:
            if error.permanent or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return order
