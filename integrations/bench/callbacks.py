"""What stores ask over HTTP: the rate callback of a checkout and the intake of webhooks."""

import base64
import hashlib
import hmac
import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from time import perf_counter
from typing import Any

import requests

from integrations.bench.load import Load, LoadFailed, client_name, latencies, throughput
from integrations.bench.measure import Result, median_of, medians_of, short
from integrations.bench.server import Server

STORE_LIMIT_MS = 3000  # Shopify's shortest: over 3,000 calls a minute (5 s and 10 s below that)
HUNG_CALLS = 100
AT_ONCE = 8
WARM_CALLS = 20
LINES = 5
LIVE = frozenset({"dhl_express", "ups", "fedex", "usps"})
CARTS = 1000  # more than a process remembers: each is computed anew every time it comes round


def rate_body(server: Server, *, postcode: str = "10969", more: int = 0) -> str:
    """Return a checkout's question as Shopify writes it: five of the prepared products for Berlin.

    `more`: cents on the price of the first, which make it another cart with the same carriers' prices.
    """
    items = [
        {
            "name": item["sku"],
            "sku": item["sku"],
            "quantity": n,
            "grams": item["weight_g"],
            "price": int(item["price"].replace(".", "")) + (more if n == 1 else 0),
            "vendor": "Prepared Goods",
            "requires_shipping": True,
            "taxable": True,
            "fulfillment_service": "manual",
            "properties": {},
            "product_id": n,
            "variant_id": int(item["variant_id"]),
        }
        for n, item in enumerate(server.prepared["products"][:LINES], start=1)
    ]
    origin = {"country": "US", "postal_code": "37203", "city": "Nashville", "address1": "500 Commerce St"}
    ship_to = {"country": "DE", "postal_code": postcode, "city": "Berlin", "name": "Lena Vogel", "address1": "Weg 1"}
    rate = {"origin": origin, "destination": ship_to, "items": items, "currency": "USD", "locale": "de"}
    return json.dumps({"rate": rate})


def signed(server: Server, body: str, **headers: str) -> dict[str, str]:
    store = server.prepared["shopify"]
    digest = hmac.new(store["secret"].encode(), body.encode(), hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "X-Shopify-Hmac-Sha256": base64.b64encode(digest).decode(),
        "X-Shopify-Shop-Domain": store["shop"],
        **headers,
    }


def rate_load(server: Server, **changes: Any) -> Load:
    body = rate_body(server)
    load = Load(server.url + server.prepared["shopify"]["rates_path"], body, signed(server, body))
    return replace(load, **changes)


def warm(server: Server) -> None:
    """Ask until live carriers have answered: what follows is served from memory."""
    load = rate_load(server)
    for _ in range(WARM_CALLS):  # each of the server's processes fills its memory
        answer = requests.post(load.url, load.body.encode(), headers=dict(load.headers), timeout=30)
        if not answer.ok or not answer.json()["rates"]:
            raise LoadFailed(f"the rate callback answered {answer.status_code}: {answer.text[:300]}")
    offered = {rate["service_code"].split(":")[0] for rate in answer.json()["rates"]}
    if LIVE - offered:
        raise LoadFailed(f"not every live carrier is in the answer: {', '.join(sorted(offered))}")


def cold_load(server: Server) -> Load:
    """Return carts that differ in a price: carriers' prices are known, landed costs are not."""
    bodies = [rate_body(server, more=n) for n in range(1, CARTS + 1)]
    return rate_load(server, turns=[(body, signed(server, body)) for body in bodies])


def rates(server: Server) -> list[Result]:
    """Throughput against the empty view in turns, then p99 at half of it, measured from when a request was due.

    Twice: the same cart again (a store asks anew when a name or a currency is chosen), and every cart another (a store
    keeps equal answers for 15 minutes by itself, so that most of what reaches us is new).
    """
    warm(server)
    asked, floor = rate_load(server), rate_load(server, url=f"{server.url}/shopify/rates/bench/empty")
    setup = f"{server.setup}; {client_name()}, 16 connections, {LINES} lines, {len(LIVE)} carriers and a price list"
    found = []
    for name, load, said in (
        ("rate_callback.throughput", asked, "the same cart"),
        ("rate_callback.cold", cold_load(server), "every cart another"),
    ):
        ours, empty = medians_of(partial(throughput, load), partial(throughput, floor))
        found.append(Result(name, ours, "requests/s", "empty", empty, f"{setup}, {said}"))
        half = replace(load, rate=ours / 2)
        p99 = median_of(partial(_p99, half))
        at = f"{server.setup}; {said}, {half.rate:.0f} requests/s, open loop"
        found.append(Result("rate_callback.p99" if load is asked else "rate_callback.cold_p99", p99, "ms", setup=at))
    return found


def _p99(load: Load) -> float:
    return latencies(load)["p99"]


def hung(server: Server) -> list[Result]:
    """Let every carrier hang; ask for places nobody asked for before. The slowest of a hundred answers counts."""
    server.fault(kind="hang")
    try:
        with ThreadPoolExecutor(AT_ONCE) as pool:
            slowest = max(pool.map(lambda n: _unseen(server, n), range(HUNG_CALLS)))
    finally:
        server.mend()
    setup = f"{server.setup}; {HUNG_CALLS} calls, {AT_ONCE} at once, one run"
    return [Result("rate_callback.hung", short(slowest), "ms", "store's deadline", STORE_LIMIT_MS, setup)]


def _unseen(server: Server, number: int) -> float:
    body = rate_body(server, postcode=f"{200 + number}99")
    headers = signed(server, body, **{"X-Shopify-Timeout": str(STORE_LIMIT_MS)})
    started = perf_counter()
    url = server.url + server.prepared["shopify"]["rates_path"]
    answer = requests.post(url, body.encode(), headers=headers, timeout=60)
    took_ms = (perf_counter() - started) * 1000
    if not answer.ok or not answer.json()["rates"]:
        raise LoadFailed(f"with hung carriers a checkout got {answer.status_code}: {answer.text[:300]}")
    return took_ms


def webhooks(server: Server) -> list[Result]:
    """Deliveries with ids of their own, each stored; their topic asks for no work, so that intake alone is measured."""
    body = json.dumps({"id": 1, "note": "x" * 1000})
    headers = signed(server, body, **{"X-Shopify-Topic": "bench/measured", "X-Shopify-API-Version": "2026-07"})
    asked = Load(f"{server.url}/shopify/webhooks", body, headers, numbered="X-Shopify-Webhook-Id")
    floor = replace(asked, url=f"{server.url}/bench/empty")
    ours, empty = medians_of(
        lambda: throughput(replace(asked, prefix=f"{secrets.token_hex(8)}-")), lambda: throughput(floor)
    )
    setup = f"{server.setup}; {client_name()}, 16 connections"
    return [Result("intake.webhooks", ours, "acknowledged/s", "empty", empty, setup)]
