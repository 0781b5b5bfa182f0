"""The pages in a real browser: by keyboard alone, with htmx, under the content security policy."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from playwright.sync_api import Browser, Page

from shipsmart.merchants.models import Member
from tests.dashboard.conftest import PASSWORD, make_order, make_shop
from tests.dashboard.test_dashboard_code_review import suggest

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    yield context.new_page()
    context.close()


def test_a_day_by_keyboard_on_a_phone(live_server: Any, page: Any) -> None:
    shop = make_shop("lume")
    make_order(shop.merchant, "#77", shopper="João Lima", country="BR")
    user = get_user_model().objects.create_user("owner@example.com", password=PASSWORD)
    Member.objects.create(merchant=shop.merchant, user=user, role=Member.Role.OWNER)
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    page.goto(f"{live_server.url}/orders/")
    page.keyboard.type("owner@example.com")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{live_server.url}/orders/")
    assert page.locator("tbody tr").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    page.keyboard.press("/")
    page.keyboard.type("lima")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=lima**")
    page.wait_for_function("document.querySelectorAll('tbody tr').length === 1")
    page.keyboard.press("Tab")
    page.locator("a.open").focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("h1:has-text('#77')")

    page.goto(f"{live_server.url}/products/?gaps=1")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("HS code").fill("3401.11")
    page.get_by_label("Weight of one unit").fill("250")
    page.get_by_role("button", name="Save").click()
    page.wait_for_selector("text=Saved.")
    assert complaints == []
    shop.gap.refresh_from_db()
    assert shop.gap.weight_g == 250


def test_codes_are_decided_and_taken_back_by_keyboard(live_server: Any, page: Any, client: Any) -> None:
    shop = make_shop("lume")
    user = get_user_model().objects.create_user("owner@example.com", password=PASSWORD)
    Member.objects.create(merchant=shop.merchant, user=user, role=Member.Role.OWNER)
    suggest(shop.gap, "340111", "340130")
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])

    page.goto(f"{live_server.url}/products/review/")
    for key in ("j", "2", "Enter"):
        page.keyboard.press(key)
    page.wait_for_selector("text=1 code is decided.")
    assert shop.gap.classifications.get(country="").code == "340130"
    page.keyboard.press("u")
    page.wait_for_selector("text=1 code is taken back.")
    assert not shop.gap.classifications.exists()
