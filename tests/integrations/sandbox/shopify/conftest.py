"""The practice Shopify as a real process, and a small app that receives what it sends."""

import json
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parents[4]
CLIENT_ID, CLIENT_SECRET = "practice-client", "practice-secret-of-forty-letters-in-length"
SCOPES = (
    "write_shipping,write_orders,read_products,write_inventory,write_merchant_managed_fulfillment_orders,"
    "write_fulfillments,read_locations,write_returns"
)


@dataclass
class Received:
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """A server that keeps every request and answers as `answers[path]` says: (status, body, headers, seconds)."""

    url: str = ""
    requests: list[Received] = field(default_factory=list)
    answers: dict[str, Callable[[Received], tuple[int, bytes, dict[str, str], float]]] = field(default_factory=dict)

    def at(self, path: str) -> list[Received]:
        return [r for r in self.requests if r.path == path]

    def wait(self, path: str, count: int = 1, timeout_s: float = 8.0) -> list[Received]:
        """Return the requests at `path` once there are `count`; fails with those that came."""
        deadline = time.monotonic() + timeout_s
        while time.monotonic() < deadline:
            if len(self.at(path)) >= count:
                return self.at(path)
            time.sleep(0.005)
        raise AssertionError(
            f"{len(self.at(path))} of {count} requests at {path}; all: {[r.path for r in self.requests]}"
        )


def _handler(receiver: Receiver) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # noqa: N802 - the name http.server calls
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            got = Received(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            receiver.requests.append(got)
            status, content, headers, pause = receiver.answers.get(self.path, lambda _: (200, b"", {}, 0.0))(got)
            time.sleep(pause)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(content)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return

    return Handler


@pytest.fixture(scope="session")
def app_receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(receiver))
    receiver.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield receiver
    server.shutdown()
    server.server_close()


@dataclass
class PracticeShop:
    """One shop name of its own per test, so that tests do not see each other's orders."""

    url: str
    domain: str
    app: Receiver
    token: str = ""

    def post(self, path: str, **kwargs: Any) -> requests.Response:
        return requests.post(f"{self.url}{path}", timeout=15, **kwargs)

    def get(self, path: str, **kwargs: Any) -> requests.Response:
        return requests.get(f"{self.url}{path}", timeout=15, allow_redirects=False, **kwargs)

    def install(self) -> dict[str, Any]:
        id_token = self.post("/admin/_practice/id_token").json()["id_token"]
        answer = self.grant(
            grant_type="urn:ietf:params:oauth:grant-type:token-exchange",
            subject_token=id_token,
            subject_token_type="urn:ietf:params:oauth:token-type:id_token",
            requested_token_type="urn:shopify:params:oauth:token-type:offline-access-token",
            expiring="1",
        )
        self.token = answer.json()["access_token"]
        return answer.json()

    def grant(self, **body: Any) -> requests.Response:
        return self.post(
            "/admin/oauth/access_token", json={"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, **body}
        )

    def graphql(self, query: str, **variables: Any) -> requests.Response:
        body = {"query": query, "variables": variables}
        return self.post("/admin/api/2026-07/graphql.json", json=body, headers={"X-Shopify-Access-Token": self.token})

    def data(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = self.graphql(query, **variables).json()
        assert "errors" not in answer, json.dumps(answer["errors"], indent=1)
        return answer["data"]

    def subscribe(self, topic: str, path: str, **details: Any) -> dict[str, Any]:
        mutation = """mutation ($topic: WebhookSubscriptionTopic!, $webhook: WebhookSubscriptionInput!) {
          webhookSubscriptionCreate(topic: $topic, webhookSubscription: $webhook) {
            webhookSubscription { id uri topic } userErrors { field message } } }"""
        webhook = {"uri": f"{self.app.url}{path}", **details}
        return self.data(mutation, topic=topic, webhook=webhook)["webhookSubscriptionCreate"]

    def carrier_service(self, path: str) -> str:
        mutation = """mutation ($input: DeliveryCarrierServiceCreateInput!) {
          carrierServiceCreate(input: $input) { carrierService { id } userErrors { message code } } }"""
        given = {"name": "ShipSmart", "callbackUrl": f"{self.app.url}{path}", "active": True}
        made = self.data(mutation, input={**given, "supportsServiceDiscovery": False})
        return made["carrierServiceCreate"]["carrierService"]["id"]

    def variant(self, sku: str) -> dict[str, Any]:
        products = self.get("/api/products").json()["products"]
        return next(v for p in products for v in p["variants"] if v["sku"] == sku)

    def cart(self, *skus: str, **changes: Any) -> dict[str, Any]:
        address = {
            "first_name": "Anna", "last_name": "Müller", "address1": "Lindenstraße 5", "city": "Berlin",
            "zip": "10969", "country": "DE", "phone": "+49301234567",
        }  # fmt: skip
        items = [{"variant_id": self.variant(sku)["variant_id"], "quantity": 1} for sku in skus]
        return {"items": items, "address": address, "email": "anna@example.com", "locale": "de", **changes}

    def order(self, *skus: str, **changes: Any) -> dict[str, Any]:
        checkout = self.post("/api/checkout", json=self.cart(*skus, **changes)).json()
        done = self.post(f"/api/checkout/{checkout['token']}/complete", json={})
        assert done.status_code == 201, done.text
        return done.json()

    def routed(self, order_id: str) -> dict[str, Any]:
        """Return the practice side's view of an order once it has its fulfilment order."""
        deadline = time.monotonic() + 5
        while time.monotonic() < deadline:
            view = self.get(f"/api/orders/{order_id}").json()
            if view["fulfilment_orders"]:
                return view
            time.sleep(0.005)
        raise AssertionError("the order was not routed")

    def faults(self, **switches: Any) -> requests.Response:
        return self.post("/_practice/faults", json=switches)


_NAMES = [f"test-{number:03d}.myshopify.com" for number in range(150)]


@pytest.fixture(scope="session")
def shop_process(app_receiver: Receiver) -> Iterator[str]:
    command = [sys.executable, "-m", "integrations.sandbox.shopify", "--port", "0", "--app-url", app_receiver.url]
    command += ["--client-id", CLIENT_ID, "--client-secret", CLIENT_SECRET, "--scopes", SCOPES]
    command += ["--time-scale", "30000", "--routing-delay", "0.1", *(a for n in _NAMES for a in ("--shop", n))]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield json.loads(process.stdout.readline())["url"]
    process.terminate()
    assert process.wait(timeout=5) == 0


@pytest.fixture
def shop(shop_process: str, app_receiver: Receiver) -> PracticeShop:
    domain = _NAMES.pop()
    return PracticeShop(f"{shop_process}/{domain}", domain, app_receiver)


@pytest.fixture
def installed(shop: PracticeShop) -> PracticeShop:
    shop.install()
    return shop


@pytest.fixture
def hook_path() -> str:
    """A path of the receiver that no other test uses."""
    return f"/hooks/{uuid.uuid4().hex}"
