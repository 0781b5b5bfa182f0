"""Fixtures of all tests."""

import gc
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings as django_settings
from django.utils import timezone
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright

from shipsmart.catalog.models import Product
from shipsmart.catalog.operations import import_variants
from shipsmart.inbox import operations
from shipsmart.inbox.leases import LeasedWork
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Connection, Hub, Merchant, TaxRegistration
from shipsmart.ports import Party, StoreOrder, StoreOrderLine, StoreVariant
from shipsmart.quotes import snapshot
from shipsmart.quotes.values import CheckoutCart, CheckoutLine
from shipsmart.rating import quoting
from shipsmart.rating.models import Box, CarrierAccount, TableRate
from tests.fresh import fresh_cache

gc.disable()  # until all is collected (see the end): parsing thousands of tests leaves nothing to throw away
# Playwright's synchronous API keeps an event loop in this thread; without this Django then refuses every query.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
# A thread of its own would not see the rows of a test's transaction.
django_settings.QUOTES_KEPT_BEHIND = False
# Tests roll their rows back: what was true a moment ago belongs to another test.
django_settings.SHOP_CHECKED_EVERY_S = 0
# Each client of a test would read all static files' sizes and dates anew: an eighth of the whole suite.
django_settings.WHITENOISE_AUTOREFRESH = True
# Django's own hasher takes a third of a second a password, which is right for people and nothing for tests.
django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A busy or paused machine must not fail a property: nothing here asserts on wall-clock time.
hypothesis_settings.register_profile("calm", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("calm")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CHROMIUM_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SHARED = Path(os.environ.get("SHIPSMART_SHARED", Path(__file__).resolve().parents[2] / "shared"))


@pytest.fixture(autouse=True, scope="session")
def _no_permissions_after_flush() -> Iterator[None]:
    """Empty tables without writing Django's permissions anew: we use none, and it is most of the time of a flush."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_, **__: None)
        yield


@pytest.fixture
def shared() -> Path:
    """The folder of facts, contracts and cases outside the repository; the test skips where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the shared folder with contracts and cases is not here (set SHIPSMART_SHARED)")
    return SHARED


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all browser tests of a process; they skip where there is none."""
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_ARGS)
        yield running
        running.close()


@pytest.fixture(autouse=True)
def _fresh_memory(settings: Any) -> Iterator[None]:
    """No test sees what another left in the process's memory or in the cache."""
    fresh_cache(settings)
    snapshot.forget()
    quoting.forget()
    yield
    snapshot.forget()
    quoting.forget()


@pytest.fixture(scope="session")
def practice_carriers() -> Iterator[dict[str, str]]:
    """The practice carriers as a process of their own; a day passes in about four seconds. Returns their addresses."""
    child = subprocess.Popen(
        [sys.executable, "-m", "integrations.sandbox.carriers", "--port", "0", "--time-scale", "20000"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[1],
    )
    yield json.loads(child.stdout.readline())
    child.terminate()
    child.wait(10)


@pytest.fixture
def carriers(practice_carriers: dict[str, str], settings: Any) -> Iterator[dict[str, str]]:
    """Point the adapters at the practice carriers, with no fault set."""
    settings.DHL_EXPRESS_BASE_URL = practice_carriers["dhl_express"]
    settings.UPS_BASE_URL = practice_carriers["ups"]
    settings.FEDEX_BASE_URL = practice_carriers["fedex"]
    yield practice_carriers
    requests.delete(f"{practice_carriers['url']}/_practice/faults", timeout=10)


@pytest.fixture
def merchant(db: None) -> Merchant:
    """A merchant in Oslo with a DHL account, a box, a price list and IOSS."""
    row = Merchant.objects.create(
        name="Fjord",
        company="Fjord AS",
        address1="Karl Johans gate 12",
        city="Oslo",
        postcode="0154",
        country="NO",
        phone="+4722334455",
        email="fjord@example.com",
        signatory="Ingrid Solberg",
        currency="EUR",
    )
    TaxRegistration.objects.create(merchant=row, scheme="EU_IOSS", kind="IOSS", number="IM2460000006", country="EU")
    CarrierAccount.objects.create(
        merchant=row,
        carrier="dhl_express",
        number="951234567",
        credentials={"username": "practice", "password": "practice"},
        settings={"duties_account": "951234567"},
    )
    Box.objects.create(merchant=row, name="box", length_mm=300, width_mm=200, height_mm=150, tare_g=150)
    TableRate.objects.create(
        merchant=row,
        service="express",
        service_name="Express",
        max_weight_g=30_000,
        price=Decimal("25.00"),
        currency="EUR",
        stands_for="dhl_express:P",
    )
    return row


@pytest.fixture
def connection(merchant: Merchant) -> Connection:
    """The merchant's store, with a T-shirt (variant 1) and a tea without a code (variant 2)."""
    row = Connection.objects.create(merchant=merchant, storefront="shopify", account="fjord.myshopify.com")
    goods = (
        ("1", "TEE", "Cotton T-shirt, knitted", "610910", "PT", 180, "29.00"),
        ("2", "TEA", "Herbal tea", "", "FI", 150, "14.00"),
    )
    import_variants(
        row,
        [
            StoreVariant(
                external_id=key,
                product_id=f"p{key}",
                product_title=title,
                title="",
                sku=sku,
                price=Decimal(price),
                currency="EUR",
                weight_g=grams,
                hs_code=code,
                origin=origin,
            )
            for key, sku, title, code, origin, grams, price in goods
        ],
    )
    OutboundMessage.objects.filter(kind="catalog.classify").delete()  # tests count the messages of what they do
    return row


BERLIN = Party(
    name="Lena Vogel",
    address1="Lindenstr. 14",
    city="Berlin",
    postcode="10969",
    country="DE",
    phone="+493012345678",
    email="lena@example.com",
)


@pytest.fixture
def cart() -> CheckoutCart:
    """Two T-shirts for Berlin."""
    line = CheckoutLine(variant_id="1", quantity=2, unit_price=Decimal("29.00"))
    return CheckoutCart(ship_to=BERLIN, lines=(line,), currency="EUR", at=timezone.now(), locale="de")


@pytest.fixture
def hub(connection: Connection) -> Hub:
    """What is tagged “EU stock” lies in Amsterdam: the T-shirt."""
    place = {"address1": "Damrak 1", "city": "Amsterdam", "postcode": "1012 LG", "country": "NL"}
    made = Hub.objects.create(merchant=connection.merchant, name="Amsterdam", tags=["EU stock"], **place)
    Product.objects.filter(variants__external_id="1").update(tags=["eu stock", "summer"])
    connection.merchant.touch()
    connection.merchant.refresh_from_db()
    return made


@pytest.fixture
def store_order() -> Callable[..., StoreOrder]:
    """Build a paid store order of two T-shirts for Berlin; keywords replace its values."""

    def build(**changes: Any) -> StoreOrder:
        values: dict[str, Any] = {
            "external_id": "gid://shopify/Order/1",
            "number": "#1001",
            "placed_at": timezone.now(),
            "updated_at": timezone.now(),
            "currency": "EUR",
            "ship_to": BERLIN,
            "lines": (StoreOrderLine("l1", "1", "TEE", "Cotton T-shirt", 2, Decimal("29.00"), Decimal(0)),),
            "shipping_code": "standard",
            "shipping_title": "Standard",
            "shipping_paid": Decimal("12.00"),
            "total_paid": Decimal("70.00"),
            "paid": True,
        }
        return StoreOrder(**(values | changes))

    return build


PUT_OFF = timedelta(days=30)


@pytest.fixture
def drained(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Work off everything that is due, as a worker would; what is put off meanwhile waits for the next call.

    On a slow machine half a second is over before the queue is empty: without this the number of tries is chance.
    """

    def work() -> None:
        put_off: list[tuple[LeasedWork, datetime]] = []

        def later(row: LeasedWork, *, delay_s: float, error: str = "") -> bool:
            if delay_s <= 0:
                return original(row, delay_s=delay_s, error=error)
            due = timezone.now() + timedelta(seconds=delay_s)
            put_off.append((row, due))
            return row.settle(due=due + PUT_OFF, last_error=error[:2000])

        original = LeasedWork.put_off
        with monkeypatch.context() as patch:
            patch.setattr(LeasedWork, "put_off", later)
            while operations.drain():
                continue
        for row, due in put_off:
            type(row)._default_manager.filter(pk=row.pk, due=due + PUT_OFF).update(due=due)

    return work


def pytest_collection_finish() -> None:
    """What was collected stays to the end: the garbage collector need not look at it before every test."""
    gc.enable()
    gc.freeze()


class _Defects(logging.Handler):
    """Collects what the inbox logs with a traceback: an exception of no known kind, so a defect of ours."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.found: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.exc_info:
            self.found.append(f"{record.getMessage()}: {record.exc_info[1]!r}")


@pytest.fixture(autouse=True)
def _no_defect_is_retried_in_silence(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test whose handlers raised what is no ShipSmartError: the queue would only try them again and again."""
    defects, log = _Defects(), logging.getLogger("shipsmart.inbox.operations")
    log.addHandler(defects)
    yield
    log.removeHandler(defects)
    if not request.node.get_closest_marker("handler_breaks"):
        assert defects.found == []
