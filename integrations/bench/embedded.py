"""How soon the app's page inside Shopify's admin is painted, as Chromium itself measures it (largest contentful paint).

App Bridge comes from Shopify's own servers, which nobody here reaches: it is answered with an empty file.
"""

import shutil
import sys
import time
from typing import Any

import jwt

from integrations.bench.load import LoadFailed
from integrations.bench.measure import Result, median_of
from integrations.bench.server import CLIENT_ID, Server

LIMIT_MS = 1000
SHOWN = "#1001"  # of the orders that prepare.py makes
PAINT = """() => new Promise(done => new PerformanceObserver(
  list => done(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""


def page(server: Server) -> list[Result]:
    """The list of orders at a laptop's width, each load with an empty cache; nothing where there is no Chromium."""
    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        print("embedded.paint is left out: there is no Chromium here", file=sys.stderr)
        return []
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - a tool of development

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        try:
            value = median_of(lambda: _painted(browser, server))
        finally:
            browser.close()
    setup = f"{server.setup}; Chromium 1280 x 800, empty cache, App Bridge left out"
    return [Result("embedded.paint", value, "ms", "limit", LIMIT_MS, setup)]


def _painted(browser: Any, server: Server) -> float:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route("https://cdn.shopify.com/**", lambda route: route.fulfill(body="", content_type="text/javascript"))
    try:
        tab = context.new_page()
        store = server.prepared["shopify"]
        tab.goto(f"{server.url}/shopify/app?shop={store['shop']}&id_token={_token(store)}")
        painted = float(tab.evaluate(PAINT))
        if SHOWN not in tab.content():
            raise LoadFailed(f"the page shows no order {SHOWN}: {tab.title()}")
        return painted
    finally:
        context.close()


def _token(store: dict[str, Any]) -> str:
    now, home = int(time.time()), f"https://{store['shop']}"
    claims = {"iss": f"{home}/admin", "dest": home, "aud": CLIENT_ID}
    return jwt.encode(
        claims | {"sub": "1", "jti": "1", "sid": "1", "nbf": now - 5, "exp": now + 60},
        store["secret"],
        algorithm="HS256",
    )
