"""What asking five carrier accounts costs in CPU beyond the HTTP calls themselves."""

import itertools
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.test.utils import override_settings
from requests.adapters import HTTPAdapter

from integrations.bench.load import LoadFailed
from integrations.bench.measure import Result, median_of
from shipsmart.ports import CarrierEnquiry, CustomsItem, Incoterm, ParcelSpec, Party
from shipsmart.rating import quoting
from shipsmart.rating.values import AccountSnapshot

QUOTES_PER_RUN = 10
OWN_CACHE = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "bench"}}
_zones = itertools.count(100)  # a place nobody asked for before: nothing is served from memory


class Spent:
    """CPU seconds that all threads spent inside requests' own sending."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.calls = 0
        self._lock = threading.Lock()

    def add(self, seconds: float) -> None:
        with self._lock:
            self.seconds += seconds
            self.calls += 1


@contextmanager
def sending_measured() -> Iterator[Spent]:
    spent, original = Spent(), HTTPAdapter.send

    def send(self: HTTPAdapter, *args: Any, **kwargs: Any) -> Any:
        started = time.thread_time()
        try:
            return original(self, *args, **kwargs)
        finally:
            spent.add(time.thread_time() - started)

    HTTPAdapter.send = send  # type: ignore[method-assign]
    try:
        yield spent
    finally:
        HTTPAdapter.send = original  # type: ignore[method-assign]


def overhead() -> list[Result]:
    """Five accounts (three of DHL Express, two of UPS) of the practice carriers, nothing remembered between quotes."""
    child = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "integrations.sandbox.carriers", "--port", "0"],
        stdout=subprocess.PIPE,
        cwd=settings.BASE_DIR,
    )
    assert child.stdout is not None  # noqa: S101 - Popen was asked for a pipe
    try:
        addresses = json.loads(child.stdout.readline())
        partners = {"DHL_EXPRESS_BASE_URL": addresses["dhl_express"], "UPS_BASE_URL": addresses["ups"]}
        with override_settings(**partners, CACHES=OWN_CACHE):
            value = median_of(_one_run)
    finally:
        child.terminate()
        child.wait(10)
    setup = "CPU of the whole process less that inside requests' send; 3 DHL Express and 2 UPS accounts"
    return [Result("carriers.overhead", value, "ms", setup=setup)]


def _one_run() -> float:
    accounts = _accounts()
    enquiries = [_enquiry(f"{next(_zones)}99") for _ in range(QUOTES_PER_RUN)]
    with sending_measured() as spent:
        started = time.process_time()
        for enquiry in enquiries:
            found = quoting.gather(accounts, enquiry, deadline_s=10, table_rates=())
            if found.messages or not found.quotes:
                raise LoadFailed(f"the practice carriers did not answer: {'; '.join(found.messages)}")
        used = time.process_time() - started
    if spent.calls < len(accounts) * QUOTES_PER_RUN:
        raise LoadFailed(f"only {spent.calls} calls went out: some answers were remembered")
    return (used - spent.seconds) / QUOTES_PER_RUN * 1000


def _accounts() -> list[AccountSnapshot]:
    dhl = {"username": "practice", "password": "practice"}
    ups = {"client_id": "practice", "client_secret": "practice"}
    rows = [("dhl_express", f"95123456{n}", dhl) for n in range(3)] + [("ups", f"A1B2C{n}", ups) for n in range(2)]
    return [
        AccountSnapshot(
            id=n,
            carrier=carrier,
            number=number,
            label="",
            credentials=credentials,
            settings={"duties_account": number} if carrier == "dhl_express" else {},
            services=(),
        )
        for n, (carrier, number, credentials) in enumerate(rows, start=1)
    ]


def _enquiry(postcode: str) -> CarrierEnquiry:
    item = CustomsItem(
        sku="TEE",
        description="Cotton T-shirt, knitted",
        hs_code="610910",
        origin="PT",
        quantity=2,
        unit_price=Decimal("29.00"),
        unit_weight_g=180,
    )
    ends = {
        "shipper": Party(name="Ingrid", address1="Gate 1", city="Oslo", postcode="0154", country="NO", phone="+4722"),
        "consignee": Party(
            name="Lena", address1="Weg 1", city="Berlin", postcode=postcode, country="DE", phone="+4930"
        ),
    }
    return CarrierEnquiry(
        **ends,
        parcels=(ParcelSpec("1", 510, 300, 200, 150),),
        items=(item,),
        currency="EUR",
        goods_value=Decimal("58.00"),
        incoterm=Incoterm.DDP,
        ship_on=datetime.now(UTC).date(),
    )
