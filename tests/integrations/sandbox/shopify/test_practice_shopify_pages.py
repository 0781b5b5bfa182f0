"""The storefront's pages, without a browser and in one."""

import json
import re
from typing import Any

import pytest
import requests
from playwright.sync_api import Browser, expect

FORM = {
    "email": "anna@example.com", "first_name": "Anna", "last_name": "Müller", "address1": "Lindenstraße 5",
    "zip": "10969", "city": "Berlin", "phone": "+49301234567", "country": "DE",
}  # fmt: skip
BREAKDOWN = {"currency": "EUR", "incoterm": "DDP", "lines": [{"name": "Import VAT", "amount": "6.54"}]}


def _rates(shop: Any, path: str) -> None:
    shop.carrier_service(path)
    metafield = {"namespace": "x", "key": "breakdown", "type": "json", "value": json.dumps(BREAKDOWN)}
    rate = {"service_name": "Parcel DDP", "service_code": "ddp", "description": "All paid", "currency": "EUR"}
    body = json.dumps({"rates": [{**rate, "total_price": "1944", "metafields": [metafield]}]}).encode()
    shop.app.answers[path] = lambda _: (200, body, {}, 0.0)


def test_product_list_shows_all_products(shop: Any) -> None:
    assert shop.get("/").text.count('class="card"') == 20


def test_product_page_carries_the_landed_cost_component(shop: Any) -> None:
    page = shop.get("/products/lofoten-wool-sweater").text
    assert f'<script type="module" src="{shop.app.url}/checkout/widget.js">' in page
    variant = shop.variant("NL-SWE-M")["variant_id"]
    items = re.search(r"items='([^']*)'", page)
    assert items is not None
    assert json.loads(items[1].replace("&#34;", '"')) == [{"variant_id": variant, "quantity": 1}]
    assert f'endpoint="{shop.app.url}/checkout/estimate"' in page
    assert f'shop="{shop.domain}"' in page


def test_destination_changes_the_currency(shop: Any) -> None:
    browser = requests.Session()
    browser.post(f"{shop.url}/destination", data={"country": "GB", "next": "//evil.example/"}, timeout=5)
    page = browser.get(f"{shop.url}/products/lofoten-wool-sweater", timeout=5).text
    assert "£128.14" in page  # 149.00 EUR at 0.86
    assert 'country="GB"' in page


def test_shopper_without_scripts_gets_from_product_to_order(installed: Any, hook_path: str) -> None:
    _rates(installed, hook_path)
    browser, url = requests.Session(), installed.url
    variant = installed.variant("NL-MUG-350")["variant_id"]
    browser.post(f"{url}/cart/add", data={"variant_id": variant, "quantity": "2"}, timeout=5)
    wrong = browser.post(f"{url}/checkout", data={**FORM, "zip": ""}, timeout=5)
    assert (wrong.status_code, "Enter a postcode" in wrong.text) == (422, True)
    options = browser.post(f"{url}/checkout", data=FORM, timeout=5)
    assert "Parcel DDP" in options.text
    assert "Import VAT" in options.text
    done = browser.post(options.url, data={"service_code": "ddp"}, timeout=5)
    assert "Thank you, Anna!" in done.text
    assert "€68.44" in done.text  # 2 x 24.50 + 19.44
    assert len(installed.get("/api/orders").json()["orders"]) == 1


def test_option_that_was_not_offered_cannot_be_chosen(installed: Any) -> None:
    checkout = installed.post("/api/checkout", json=installed.cart("NL-MUG-350")).json()
    answer = installed.post(f"/api/checkout/{checkout['token']}/complete", json={"service_code": "free"})
    assert (answer.status_code, answer.json()["field"]) == (422, "service_code")


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_checkout_in_a_browser(installed: Any, hook_path: str, browser: Browser, width: int) -> None:
    _rates(installed, hook_path)
    context = browser.new_context(viewport={"width": width, "height": 800})
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(f"{installed.url}/products/stoneware-ceramic-mug")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click("text=Add to cart")
    page.click("main >> text=Check out")
    page.wait_for_load_state()  # before its script runs, nobody hears of a choice
    page.select_option("#country", "BR")
    expect(page.locator("#province-BR")).to_be_visible()
    expect(page.locator("#tax_id")).to_be_visible()
    page.select_option("#country", "DE")
    expect(page.locator("#province-BR")).to_be_hidden()
    for name, value in FORM.items():
        if name != "country":
            page.fill(f"#{name}", value)
    page.click("text=Go on to delivery")
    expect(page.locator("[data-sum]")).to_have_text("€43.94")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.click("text=Pay now")
    page.wait_for_url("**/orders/*")
    assert "Thank you, Anna!" in page.text_content("h1")
    context.close()
