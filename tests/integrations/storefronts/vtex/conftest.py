"""The practice VTEX as a process of its own, an account afresh for each test, and our app reachable for it."""

import itertools
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from django.contrib.auth import get_user_model
from django.test import Client

from integrations.storefronts.vtex import client, installing
from shipsmart.catalog.models import Classification, Product, Variant
from shipsmart.merchants.models import Connection, Member, Merchant

_numbers = itertools.count(1)
BERLIN = {"country": "DEU", "postalCode": "10969", "city": "Berlin", "street": "Lindenstr.", "number": "14",
          "receiverName": "Lena Vogel"}  # fmt: skip


@pytest.fixture(scope="session")
def practice_vtex() -> Iterator[str]:
    """The address of the practice VTEX."""
    child = subprocess.Popen(
        [sys.executable, "-m", "integrations.sandbox.vtex", "--port", "0", "--patience", "300"],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[4],
    )
    yield json.loads(child.stdout.readline())["url"]
    child.terminate()
    child.wait(10)


@dataclass
class Practice:
    """One account of the practice VTEX, seen from outside."""

    url: str
    account: str
    key: str = "vtexappkey-test-AAAA"
    token: str = "token-of-the-test"  # noqa: S105

    @property
    def base(self) -> str:
        return f"{self.url}/{self.account}"

    def api_key(self, **changes: str) -> client.Key:
        return client.Key(**({"account": self.account, "app_key": self.key, "app_token": self.token} | changes))

    def faults(self, **values: Any) -> None:
        requests.post(f"{self.base}/_practice/faults", json=values, timeout=300).raise_for_status()

    def state(self) -> dict[str, Any]:
        return requests.get(f"{self.base}/_practice/state", timeout=300).json()

    def order(self, order_id: str) -> dict[str, Any]:
        return requests.get(f"{self.base}/_practice/orders/{order_id}", timeout=300).json()

    def tax_calls(self) -> list[dict[str, Any]]:
        return requests.get(f"{self.base}/_practice/tax-calls", timeout=300).json()

    def post(self, path: str, body: Any) -> None:
        url = f"{self.base}{path}"
        requests.post(url, json=body, headers=self.headers(), timeout=300).raise_for_status()

    def headers(self) -> dict[str, str]:
        return {"X-VTEX-API-AppKey": self.key, "X-VTEX-API-AppToken": self.token}

    def cart(self, path: str = "", body: Any = None, *, method: str = "POST") -> dict[str, Any]:
        url = f"{self.base}/api/checkout/pub/orderForm{path}"
        answer = (
            requests.get(url, timeout=300) if body is None else requests.request(method, url, json=body, timeout=300)
        )
        return answer.json()

    def filled(self, *items: tuple[Any, ...], address: dict[str, Any] = BERLIN) -> dict[str, Any]:
        """Return an order form with these SKUs (id, quantity, seller if not "1") for an address."""
        of = "/" + self.cart()["orderFormId"]
        rows = [{"id": sku, "quantity": n, "seller": (*by, "1")[0], "index": 0} for sku, n, *by in items]
        self.cart(f"{of}/items", {"orderItems": rows})
        person = {"email": "lena@example.com", "firstName": "Lena", "lastName": "Vogel", "phone": "+493012345678"}
        self.cart(f"{of}/attachments/clientProfileData", person)
        return self.cart(f"{of}/attachments/shippingData", {"selectedAddresses": [address]})

    def place(self, form: dict[str, Any]) -> dict[str, Any]:
        of, value = form["orderFormId"], form["value"]
        body = {"referenceId": of, "value": value, "referenceValue": value, "interestValue": 0}
        return self.cart(f"/{of}/transaction", body)

    def bought(self, *items: tuple[str, int], address: dict[str, Any] = BERLIN) -> str:
        return str(self.place(self.filled(*items, address=address))["orders"][0]["orderId"])


@pytest.fixture
def practice(practice_vtex: str, settings: Any) -> Practice:
    settings.VTEX_BASE_URL = f"{practice_vtex}/{{account}}"
    made = Practice(practice_vtex, f"shop{next(_numbers)}")
    body = {"key": made.key, "token": made.token}
    requests.post(f"{made.base}/_practice/open", json=body, timeout=300).raise_for_status()
    return made


@pytest.fixture
def goods(merchant: Merchant) -> None:
    """The practice store's T-shirt (101) and mug (102), with what customs ask about them."""
    for sku, title, code, origin, grams in (
        ("101", "Cotton T-shirt, knitted", "610910", "PT", 180),
        ("102", "Ceramic mug", "691200", "CN", 420),
    ):
        product = Product.objects.create(merchant=merchant, external_id=f"v{sku}", title=title)
        variant = Variant.objects.create(
            merchant=merchant, product=product, external_id=sku, sku=sku, currency="EUR", weight_g=grams, origin=origin
        )
        Classification.objects.create(variant=variant, code=code)


def _connect(practice: Practice, merchant: Merchant, drained: Callable[[], None]) -> Connection:
    connection = installing.connect(practice.api_key(), merchant=merchant, actor="owner")
    drained()
    connection.refresh_from_db()
    return connection


@pytest.fixture
def connected(
    merchant: Merchant, goods: None, practice: Practice, settings: Any, drained: Callable[[], None]
) -> Connection:
    """The practice account connected and set up; what it calls of ours ends in the practice VTEX itself, untaxed."""
    settings.PUBLIC_URL = f"{practice.url}/_practice/sink"
    return _connect(practice, merchant, drained)


@pytest.fixture
def reachable(
    transactional_db: None,
    goods: None,
    practice: Practice,
    live_server: Any,
    settings: Any,
    drained: Callable[[], None],
) -> Connection:
    """The practice account connected and set up, and it really reaches our app.

    Its hook is silent, so that no notification comes when the test is over; one about the hook switches it on.
    """
    settings.PUBLIC_URL = live_server.url
    connection = _connect(practice, Merchant.objects.get(), drained)
    practice.faults(hook_lost=True)
    return connection


def logged_in(merchant: Merchant | None, name: str, role: str = Member.Role.OWNER) -> Client:
    person = get_user_model().objects.create_user(name)
    if merchant:
        Member.objects.create(merchant=merchant, user=person, role=role)
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def owner(merchant: Merchant) -> Client:
    return logged_in(merchant, "owner")


@pytest.fixture
def stranger() -> Client:
    """The owner of another merchant."""
    other = Merchant.objects.create(name="Other", company="Other", city="Oslo", country="NO", currency="NOK")
    return logged_in(other, "stranger")
