"""A real Chromium against the real server; a page that logs an error or misses a file fails its test."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from decimal import Decimal
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

SHOP = "fjord.myshopify.com"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def lost(request: Request) -> bool:
    """Whether a request failed by itself: one that the page gave up, or that a new page replaced, is no fault."""
    return request.failure != "net::ERR_ABORTED"


def watch(page: Page) -> list[str]:
    """Return a list that grows with every error the page meets."""
    problems: list[str] = []
    page.on("pageerror", lambda error: problems.append(f"script: {error}"))
    page.on("console", lambda line: problems.append(f"console: {line.text}") if line.type == "error" else None)
    page.on("requestfailed", lambda request: problems.append(f"failed: {request.url}") if lost(request) else None)
    page.on("response", lambda got: problems.append(f"{got.status}: {got.url}") if got.status >= 400 else None)
    return problems


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that gives a watched page; errors that a test wants go to its `expected` texts."""
    opened: list[tuple[Page, list[str], tuple[str, ...]]] = []

    def make(*, width: int = 1280, locale: str = "en-US", expected: tuple[str, ...] = ()) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, locale=locale)
        page = context.new_page()
        page.set_default_timeout(8000)
        opened.append((page, watch(page), expected))
        return page

    yield make
    surprises = []
    for page, problems, expected in opened:
        surprises += [problem for problem in problems if not any(text in problem for text in expected)]
        page.context.close()
    assert surprises == []


class StorePage(BaseHTTPRequestHandler):
    """A merchant's page on an origin of its own: the widget's script tag and its element, attributes from the query."""

    app_url = ""

    def do_GET(self) -> None:
        values = dict(parse_qsl(urlsplit(self.path).query))
        attributes = {"endpoint": f"{self.app_url}/checkout/estimate", "shop": SHOP} | values
        element = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
        body = f"""<!doctype html><html lang="en"><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<h1>Cotton T-shirt</h1><landed-cost {element}></landed-cost>
<script>window.told = []; addEventListener("landedcost:change", (event) => told.push(event.detail));</script>
<script type="module" src="{self.app_url}/checkout/widget.js"></script></html>""".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the test's output for the test."""


@contextlib.contextmanager
def serving(handler: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store_page(live_server, shop) -> Iterator[str]:
    """Return the address of a store's page beside the app: another origin, as in real life."""
    handler = type("Handler", (StorePage,), {"app_url": live_server.url})
    with serving(handler) as url:
        yield f"{url}/?items={json.dumps([{'variant_id': '1001', 'quantity': 2}])}"


@pytest.fixture
def shop(transactional_db) -> None:
    """A shop in Oslo: Germany duties paid under IOSS, Brazil unpaid, no way to Australia."""
    from shipsmart.catalog.models import Classification, Product, Variant
    from shipsmart.merchants.models import Connection, Market, Merchant, TaxRegistration
    from shipsmart.rating.models import Box, TableRate

    merchant = Merchant.objects.create(
        name="Fjord",
        company="Fjord AS",
        address1="Storgata 1",
        city="Oslo",
        postcode="0155",
        country="NO",
        currency="EUR",
    )
    Connection.objects.create(merchant=merchant, storefront="shopify", account=SHOP)
    TaxRegistration.objects.create(merchant=merchant, scheme="EU_IOSS", kind="IOSS", number="IM4420001234")
    Market.objects.create(merchant=merchant, country="BR", incoterm="DAP")
    Box.objects.create(merchant=merchant, name="small", length_mm=300, width_mm=200, height_mm=100, tare_g=80)
    for service, name, price in (("standard", "Parcel abroad", "12.90"), ("fast", "<b>Fast</b> parcel", "24.50")):
        TableRate.objects.create(
            merchant=merchant,
            service=service,
            service_name=name,
            countries=["DE", "BR"],
            max_weight_g=5000,
            price=Decimal(price),
            currency="EUR",
        )
    product = Product.objects.create(merchant=merchant, external_id="900", title="Cotton T-shirt")
    variant = Variant.objects.create(
        merchant=merchant,
        product=product,
        external_id="1001",
        price=Decimal("45.00"),
        currency="EUR",
        weight_g=180,
        origin="PT",
    )
    Classification.objects.create(variant=variant, code="610910")
