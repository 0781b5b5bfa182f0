"""A shopper: looks, chooses, pays, through the practice storefront."""

from decimal import Decimal
from typing import Any

import requests

from integrations.demo import vtex_shopper
from integrations.demo.processes import DemoFailed
from integrations.demo.purchases import Purchase
from integrations.demo.stories import DEST, Story
from integrations.demo.world import World


def buy(world: World, story: Story) -> Purchase:
    """Place one order; raise DemoFailed when the checkout offers nothing of ours."""
    return vtex_shopper.buy(world, story) if story.channel == "vtex" else _buy(world, story)


def _buy(world: World, story: Story) -> Purchase:
    story.before(world)
    checkout = _checkout(world, story)
    story.after_quote(world)
    rate = _choose(checkout["rates"], story.carrier)
    placed = _post(f"{world.shop}/api/checkout/{checkout['token']}/complete", {"service_code": rate["service_code"]})
    return Purchase(
        story=story,
        order_id=placed["order_id"],
        name=placed["name"],
        rate=rate,
        rates=checkout["rates"],
        elapsed_ms=checkout["elapsed_ms"],
        source=checkout["source"],
    )


def _checkout(world: World, story: Story) -> dict[str, Any]:
    variants = _variants(world)
    body = {
        "items": [{"variant_id": variants[sku], "quantity": quantity} for sku, quantity in story.skus],
        "address": DEST[story.country],
        "tax_id": DEST[story.country].get("tax_id", ""),
        "email": "shopper@example.com",
        "currency": "EUR",
        "locale": story.locale,
    }
    checkout = _post(f"{world.shop}/api/checkout", body)
    if checkout["source"] != "carrier" or not checkout["rates"]:
        raise DemoFailed(f"{story.title}: the checkout fell back to {checkout['source']}: {checkout.get('errors')}")
    return checkout  # type: ignore[no-any-return]


def _variants(world: World) -> dict[str, str]:
    answer = requests.get(f"{world.shop}/api/products", timeout=30)
    answer.raise_for_status()
    return {v["sku"]: v["variant_id"] for p in answer.json()["products"] for v in p["variants"]}


def _choose(rates: list[dict[str, Any]], carrier: str) -> dict[str, Any]:
    """Return the carrier's cheapest way with duties paid; raise DemoFailed when the checkout does not offer one."""
    fitting = [r for r in rates if r["service_code"].startswith(f"{carrier}:") and r["service_code"].endswith(":DDP")]
    if not fitting:
        raise DemoFailed(f"no {carrier} service with duties paid among {[r['service_code'] for r in rates]}")
    return min(fitting, key=lambda rate: Decimal(rate["price"]))


def _post(url: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = requests.post(url, json=body, timeout=60)
    if not answer.ok:
        raise DemoFailed(f"POST {url.split('/', 3)[-1]} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json()  # type: ignore[no-any-return]


def seen_by_store(world: World, purchase: Purchase) -> dict[str, Any]:
    """Return everything the store was told about an order."""
    if purchase.story.channel == "vtex":
        return vtex_shopper.seen_by_store(world, purchase.order_id)
    answer = requests.get(f"{world.shop}/api/orders/{purchase.order_id}", timeout=30)
    answer.raise_for_status()
    return answer.json()  # type: ignore[no-any-return]
