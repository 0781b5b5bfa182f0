"""The script in VTEX's checkout, in Chromium: charges explained, the choice of who pays, a template without anchor."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from integrations.storefronts.vtex import codes
from shipsmart.merchants.models import Connection, Market
from tests.integrations.storefronts.vtex.conftest import Practice

SCRIPT = "/static/vtex/checkout6-custom.js"


def test_the_script_knows_every_name_that_the_tax_service_gives() -> None:
    text = (Path(__file__).resolve().parents[4] / "static" / "vtex" / "checkout6-custom.js").read_text()
    assert [name for name in codes._OUR_NAMES if f'"{name}":' not in text] == []


@pytest.fixture
def page(browser: Browser, reachable: Connection) -> Any:
    Market.objects.create(merchant=reachable.merchant, country="DE", incoterm="DDP", offer_both=True)
    reachable.merchant.touch()
    opened = browser.new_page(viewport={"width": 390, "height": 900})
    opened.errors = []
    opened.on("pageerror", lambda error: opened.errors.append(str(error)))
    yield opened
    assert opened.errors == []
    opened.close()


def at_checkout(
    page: Page, practice: Practice, live_server: Any, *, choice: bool = True, query: str = "", terms: str = ""
) -> None:
    form = practice.filled(("101", 2))
    loader = (
        "(()=>{const s=document.createElement('script');"
        f"s.src='{live_server.url}{SCRIPT}';s.dataset.choice='{str(choice).lower()}';s.dataset.terms='{terms}';document.head.append(s);}})()"
    )
    page.goto(f"{practice.base}/")
    page.evaluate("id => localStorage.setItem('orderFormId', id)", form["orderFormId"])
    page.goto(f"{practice.base}/checkout{query}")
    page.wait_for_function("window.vtexjs.checkout.orderForm")
    page.evaluate(loader)
    page.wait_for_selector("#shipsmart-charges")


@pytest.mark.browser
def test_each_charge_is_explained_and_the_shopper_may_pay_on_delivery(
    page: Page, practice: Practice, live_server: Any
) -> None:
    at_checkout(page, practice, live_server)
    box = page.locator("#shipsmart-charges")
    assert "Customs duty: €3.00 Charged by customs" in box.inner_text()
    assert "nothing is due at the door" in box.inner_text()
    assert page.evaluate("document.querySelector('.totalizers-list').nextElementSibling.id") == "shipsmart-charges"
    page.get_by_label("Pay them on delivery").check()
    page.wait_for_selector("#shipsmart-charges >> text=collected at the door")
    assert "Customs duty" not in page.locator("#totals").inner_text()
    page.get_by_label("Pay them now").check()
    page.wait_for_selector("#shipsmart-charges >> text=Customs duty")
    asked = [call["asked"].get("taxApp", {}).get("fields", {}).get("incoterm") for call in practice.tax_calls()]
    assert asked[-2:] == ["DAP", "DDP"]
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.browser
def test_a_template_without_its_anchor_shows_the_box_all_the_same(
    page: Page, practice: Practice, live_server: Any
) -> None:
    at_checkout(page, practice, live_server, choice=False, query="?bare")
    assert page.locator("#shipsmart-charges").count() == 1
    assert page.locator("#shipsmart-charges input").count() == 0


@pytest.mark.browser
def test_who_may_not_pay_on_delivery_is_told_so(
    page: Page, practice: Practice, live_server: Any, reachable: Connection
) -> None:
    Market.objects.filter(merchant=reachable.merchant).update(offer_both=False)
    reachable.merchant.touch()
    at_checkout(page, practice, live_server)
    page.get_by_label("Pay them on delivery").click()  # not check(): the answer takes the choice away
    page.wait_for_selector("#shipsmart-charges >> text=they cannot wait for the delivery")
    assert "Customs duty: €3.00" in page.locator("#shipsmart-charges").inner_text()


@pytest.mark.browser
@pytest.mark.parametrize("both", [True, False])
def test_the_choice_is_shown_where_the_market_leaves_it(
    page: Page, practice: Practice, live_server: Any, reachable: Connection, both: bool
) -> None:
    Market.objects.filter(merchant=reachable.merchant).update(offer_both=both)
    reachable.merchant.touch()
    with page.expect_response("**/vtex/terms/**") as told:
        at_checkout(page, practice, live_server, terms=f"{live_server.url}/vtex/terms/{practice.account}")
    assert told.value.json() == {"both": both}
    if both:
        page.wait_for_selector("#shipsmart-charges input")
    else:
        page.wait_for_timeout(300)
        assert page.locator("#shipsmart-charges input").count() == 0
    assert "Customs duty: €3.00" in page.locator("#shipsmart-charges").inner_text()


def test_an_account_that_is_not_here_has_no_terms(reachable: Connection, client: Any) -> None:
    assert client.get(f"/vtex/terms/{reachable.account}/DEU").json() == {"both": False}
    assert client.get("/vtex/terms/nobody/DEU").status_code == 404
    assert client.get(f"/vtex/terms/{reachable.account}/XYZ").status_code == 200
