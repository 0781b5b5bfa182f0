"""The whole way of a shopper, from product page to payment, on the practice store that really installed the app."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from http.cookies import SimpleCookie

import pytest
import requests
from django.conf import settings as django_settings
from django.contrib.auth import get_user_model
from django.test import Client
from playwright.sync_api import Page, expect

from shipsmart.inbox import operations as inbox
from shipsmart.merchants.models import Connection, Market, Member, Merchant, TaxRegistration
from shipsmart.quotes import snapshot
from shipsmart.rating.models import Box, TableRate

SHOP = "nordic-lights.myshopify.com"
SHIRT = "fjord-cotton-t-shirt"
CLIENT = {"SHOPIFY_CLIENT_ID": "practice-app", "SHOPIFY_CLIENT_SECRET": "practice-secret"}


@pytest.fixture
def practice_shopify(live_server) -> Iterator[str]:
    """Start the practice Shopify as a process of its own and return its address."""
    arguments = ["--port", "0", "--app-url", live_server.url, "--time-scale", "60"]
    arguments += ["--client-id", CLIENT["SHOPIFY_CLIENT_ID"], "--client-secret", CLIENT["SHOPIFY_CLIENT_SECRET"]]
    command = [sys.executable, "-m", "integrations.sandbox.shopify", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=django_settings.BASE_DIR) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["url"]
        process.terminate()


@pytest.fixture
def merchant(transactional_db) -> Merchant:
    oslo = {"address1": "Karl Johans gate 1", "city": "Oslo", "postcode": "0154", "country": "NO"}
    merchant = Merchant.objects.create(name="Nordic Lights", company="Nordic Lights AS", currency="EUR", **oslo)
    TaxRegistration.objects.create(merchant=merchant, scheme="EU_IOSS", kind="IOSS", number="IM2460000006")
    Market.objects.create(merchant=merchant, country="BR", incoterm="DAP")
    Box.objects.create(merchant=merchant, name="small", length_mm=300, width_mm=200, height_mm=100, tare_g=80)
    TableRate.objects.create(
        merchant=merchant,
        service="standard",
        service_name="Parcel abroad",
        max_weight_g=5000,
        price=Decimal("12.90"),
        currency="EUR",
    )
    return merchant


@pytest.fixture
def storefront(live_server, practice_shopify: str, merchant: Merchant, settings) -> str:
    """Install the app into the practice store as its owner would; return the storefront's address."""
    snapshot.forget()
    settings.PUBLIC_URL = live_server.url
    settings.SHOPIFY_BASE_URL = practice_shopify + "/{shop}"
    settings.SHOPIFY_CLIENT_ID = CLIENT["SHOPIFY_CLIENT_ID"]
    settings.SHOPIFY_CLIENT_SECRET = CLIENT["SHOPIFY_CLIENT_SECRET"]
    owner = get_user_model().objects.create_user("owner", password="a long pass-phrase")
    Member.objects.create(merchant=merchant, user=owner, role=Member.Role.OWNER)
    with requests.Session() as session:
        session.cookies.update(_cookies_of(owner))
        installed = session.get(f"{live_server.url}/shopify/install", params={"shop": SHOP}, timeout=20)
    assert installed.ok, installed.text[:300]
    for _ in range(10):  # the worker's part: webhooks, carrier service, catalogue
        if not inbox.drain():
            break
    assert Connection.objects.get(account=SHOP).merchant == merchant
    assert merchant.variants.count() > 20
    return f"{practice_shopify}/{SHOP}"


def _cookies_of(user) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    cookies: SimpleCookie = client.cookies
    return {name: morsel.value for name, morsel in cookies.items()}


def figure(text: str) -> Decimal:
    """Return the number in `47,05 €` or `€47.05`."""
    digits = re.sub(r"[^\d.,]", "", text)
    return Decimal(re.sub(r"[.,](?=\d{3})", "", digits).replace(",", "."))


def total(page: Page) -> Decimal:
    expect(page.locator("landed-cost section")).to_have_attribute("data-state", "ready")
    return figure(page.locator('landed-cost tr[data-row="total"] td').inner_text())


def fits(page: Page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_what_the_german_product_page_shows_is_what_the_checkout_charges(open_page, storefront):
    page = open_page(locale="de-DE")
    page.goto(f"{storefront}/products/{SHIRT}")
    # 29.00 goods + 12.90 freight = 41.90; duty EUR 3 flat; 19 % VAT of 41.90 = 7.961 → 7.96; together 52.86.
    assert total(page) == Decimal("52.86")
    expect(page.locator("landed-cost section")).to_contain_text("An der Haustür ist nichts zu zahlen.")
    assert fits(page)

    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart")
    page.goto(f"{storefront}/checkout")
    assert total(page) == Decimal("52.86")
    assert fits(page)
    fields = {
        "email": "erika@example.com",
        "first_name": "Erika",
        "last_name": "Mustermann",
        "address1": "Hauptstrasse 5",
        "zip": "10115",
        "city": "Berlin",
        "phone": "+493012345678",
    }
    for name, value in fields.items():
        page.locator(f"#{name}").fill(value)
    page.get_by_role("button", name="Go on to delivery").click()
    assert figure(page.locator("[data-sum]").inner_text()) == Decimal("52.86")
    assert fits(page)

    page.get_by_role("button", name="Pay now").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Thank you, Erika!")
    assert figure(page.locator("li.sum .price").last.inner_text()) == Decimal("52.86")


def test_on_a_phone_a_brazilian_shopper_reads_portuguese_and_what_comes_at_the_door(open_page, storefront):
    page = open_page(width=390, locale="pt-BR")
    page.goto(f"{storefront}/products/{SHIRT}")
    assert total(page) == Decimal("52.86")
    assert fits(page)
    page.get_by_label("Deliver to").select_option("BR")
    widget = page.locator("landed-cost section")
    expect(widget).to_contain_text("Custo total com entrega: Brasil")
    expect(widget).to_contain_text("A transportadora vai cobrar cerca de")
    now, door = (figure(page.locator(f'landed-cost tr[data-row="{row}"] td').inner_text()) for row in ("now", "door"))
    assert now > 0
    assert door > 0
    assert now + door == total(page)
    assert fits(page)
    page.get_by_role("button", name="Add to cart").click()
    page.wait_for_url("**/cart")
    page.goto(f"{storefront}/checkout")
    assert total(page) == now + door
    assert fits(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    assert fits(page)


def test_more_pieces_cost_more_without_a_reload(open_page, storefront):
    page = open_page()
    page.goto(f"{storefront}/products/{SHIRT}")
    assert total(page) == Decimal("52.86")
    page.get_by_label("Quantity").fill("2")
    page.get_by_label("Quantity").blur()
    # 58.00 + 12.90 = 70.90; duty 3.00 (one heading); 19 % of 70.90 = 13.471 → 13.47; together 87.37.
    expect(page.locator('landed-cost tr[data-row="total"] td')).to_contain_text("87,37")
