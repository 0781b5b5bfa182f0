"""A shopper in the practice VTEX store: fills the order form as a browser does, and pays."""

import time
from typing import Any

import pycountry
import requests

from integrations.demo.processes import DemoFailed
from integrations.demo.purchases import Purchase
from integrations.demo.stories import DEST, Story
from integrations.demo.world import World

SKUS = {"VX-TEE-M": "101", "VX-MUG": "102", "VX-SWE-L": "103", "VX-WAL": "104", "VX-COF": "105"}


def buy(world: World, story: Story) -> Purchase:
    """Place one order; raise DemoFailed when the checkout shows no duties or taxes of ours."""
    story.before(world)
    cart = _ask(world, "")["orderFormId"]
    goods = [{"id": SKUS[sku], "quantity": n, "seller": "1", "index": i} for i, (sku, n) in enumerate(story.skus)]
    _ask(world, f"/{cart}/items", {"orderItems": goods})
    _ask(world, f"/{cart}/attachments/clientPreferencesData", {"locale": story.locale})
    _ask(world, f"/{cart}/attachments/clientProfileData", _person(story))
    started = time.perf_counter()
    form = _ask(world, f"/{cart}/attachments/shippingData", {"selectedAddresses": [_address(story)]})
    elapsed_ms = (time.perf_counter() - started) * 1000
    rows = [(row["id"], row["value"]) for row in form["totalizers"]]
    if form["messages"] or "CustomTax" not in dict(rows):
        raise DemoFailed(f"{story.title}: the checkout shows no duties: {form['messages']}")
    story.after_quote(world)
    value = form["value"]
    body = {"referenceId": cart, "value": value, "referenceValue": value, "interestValue": 0}
    order_id = _ask(world, f"/{cart}/transaction", body)["orders"][0]["orderId"]
    delivery = sum(value for kind, value in rows if kind in ("Shipping", "CustomTax"))
    rate = {"service_code": "Express", "price": f"{delivery / 100:.2f}"}
    return Purchase(story, order_id, order_id, rate, [rate], round(elapsed_ms, 1), "tax service")


def _person(story: Story) -> dict[str, Any]:
    place = DEST[story.country]
    first, _, last = place["name"].partition(" ")
    document = place.get("tax_id")
    return {
        "email": "shopper@example.com",
        "firstName": first,
        "lastName": last,
        "phone": place["phone"],
        "document": document,
        "documentType": "cpf" if document else None,
    }


def _address(story: Story) -> dict[str, Any]:
    place = DEST[story.country]
    return {
        "country": pycountry.countries.get(alpha_2=story.country).alpha_3,
        "postalCode": place["zip"],
        "city": place["city"],
        "state": place.get("province"),
        "street": place["address1"],
        "receiverName": place["name"],
    }


def _ask(world: World, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    url = f"{world.account}/api/checkout/pub/orderForm{path}"
    answer = requests.get(url, timeout=30) if body is None else requests.post(url, json=body, timeout=60)
    if not answer.ok:
        raise DemoFailed(f"{path or 'a new order form'} answered {answer.status_code}: {answer.text[:300]}")
    return answer.json()  # type: ignore[no-any-return]


def seen_by_store(world: World, order_id: str) -> dict[str, Any]:
    """Return what VTEX was told about an order, in the words of the other store."""
    answer = requests.get(f"{world.account}/_practice/orders/{order_id}", timeout=30)
    answer.raise_for_status()
    order = answer.json()
    packages = order["packageAttachment"]["packages"]
    return {
        "fulfilment_status": order["status"],
        "tracking_numbers": [package["trackingNumber"] for package in packages],
        "fulfilments": [{"events": _events(package)} for package in packages],
        "webhooks": [],
    }


def _events(package: dict[str, Any]) -> list[dict[str, str]]:
    status = package["courierStatus"] or {"data": [], "finished": False}
    told = [row["description"] for row in status["data"]]
    if status["finished"] and "DELIVERED" not in map(str.upper, told):
        told.append("delivered")
    return [{"status": text} for text in told]
