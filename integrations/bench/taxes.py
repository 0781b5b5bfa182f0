"""VTEX's tax service over HTTP: the cart that is asked again (as VTEX does when the order is placed), and new carts."""

import itertools
import json
from dataclasses import replace
from typing import Any

import requests

from integrations.bench.load import Load, LoadFailed, client_name, latencies, throughput
from integrations.bench.measure import Result, median_of, medians_of
from integrations.bench.server import Server

ITEMS = 5
POSTCODE = "@POSTCODE@"
_first = itertools.count(10_000, 10_000_000)


def tax_body(server: Server) -> str:
    """Return a cart of five lines for Berlin as VTEX writes it; its postcode is another each time."""
    items = [
        {
            "id": str(n),
            "sku": item["variant_id"],
            "productId": str(n),
            "refId": item["sku"],
            "unitMultiplier": 1,
            "measurementUnit": "un",
            "targetPrice": float(item["price"]),
            "itemPrice": float(item["price"]),
            "quantity": 1,
            "discountPrice": 0,
            "dockId": "1",
            "freightPrice": 2.5,
            "sellerId": "1",
            "shippingDestinationId": 1,
        }
        for n, item in enumerate(server.prepared["products"][:ITEMS])
    ]
    place = {"id": 1, "country": "DEU", "state": None, "city": "Berlin", "postalCode": POSTCODE, "street": "Weg 1"}
    totals = [{"id": "Items", "name": "Items Total", "value": 10000}]
    body: dict[str, Any] = {"orderFormId": "of", "salesChannel": "1", "items": items, "totals": totals}
    return json.dumps(body | {"shippingDestinations": [place], "clientEmail": "x@example.com"})


def tax_load(server: Server, **changes: Any) -> Load:
    store = server.prepared["vtex"]
    headers = {"Content-Type": "application/json", "Authorization": store["authorization"]}
    load = Load(server.url + store["tax_path"], tax_body(server), headers, varied=POSTCODE, first=next(_first))
    return replace(load, **changes)


def tax_service(server: Server) -> list[Result]:
    """Throughput of a cart asked before and of carts never asked, each against the empty view in turns.

    Each with its p99 at half of what it reaches.
    """
    load = tax_load(server)
    again = replace(load, body=load.body_of(0), varied="")
    answer = requests.post(load.url, again.body.encode(), headers=dict(load.headers), timeout=30)
    if not answer.ok or not answer.json()["itemTaxResponse"]:
        raise LoadFailed(f"the tax service answered {answer.status_code}: {answer.text[:300]}")
    floor = replace(again, url=f"{server.url}/shopify/rates/bench/empty")
    warm, empty = medians_of(lambda: throughput(again), lambda: throughput(floor))
    new, beside = medians_of(lambda: throughput(tax_load(server)), lambda: throughput(floor))
    p99 = median_of(lambda: latencies(replace(again, rate=warm / 2))["p99"])
    new_p99 = median_of(lambda: latencies(tax_load(server, rate=new / 2))["p99"])
    setup = f"{server.setup}; {client_name()}, 16 connections, {ITEMS} lines"
    return [
        Result("vtex_tax.throughput", warm, "requests/s", "empty", empty, f"{setup}, the cart asked before"),
        Result("vtex_tax.new_carts", new, "requests/s", "empty", beside, f"{setup}, every cart another"),
        Result("vtex_tax.p99", p99, "ms", setup=f"{server.setup}; the same cart, {warm / 2:.0f}/s, open loop"),
        Result("vtex_tax.new_carts_p99", new_p99, "ms", setup=f"{server.setup}; {new / 2:.0f} new carts/s, open loop"),
    ]
