"""The checkout extension: type-checked, built, and rendered in a browser with the rate callback's own metafields."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from integrations.storefronts.shopify.cart import rates_json
from integrations.storefronts.shopify.mapping import QUOTE_ATTRIBUTE
from shipsmart.ports import Incoterm
from shipsmart.quotes.values import CheckoutAnswer, CheckoutOption

FOLDER = Path(__file__).resolve().parents[2] / "checkout/extension"
WANTED = os.environ.get("SHIPSMART_NPM") == "1"
LANGUAGES = ("en.default", "de", "es", "fr", "pt-BR")
LIMIT = 64 * 1024

pytestmark = pytest.mark.browser


def npm(*words: str) -> str:
    done = subprocess.run(["npm", *words], cwd=FOLDER, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def packages() -> None:
    """Install the packages; the Makefile gives a whole file to one worker, so nobody else installs meanwhile."""
    if not WANTED:
        pytest.skip("set SHIPSMART_NPM=1 to build the checkout extension")
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("no Node.js on this machine")
    npm("ci", "--no-audit", "--no-fund")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep the test's output to the test."""


@pytest.fixture(scope="module")
def bundles(packages: None) -> Iterator[str]:
    """Build the extension; return the address its folder is served at."""
    npm("run", "build")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(FOLDER)))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()


def option(incoterm: Incoterm = Incoterm.DDP, **changes: Any) -> CheckoutOption:
    breakdown = {
        "goods": "100.00",
        "freight": "15.00",
        "insurance": "0.00",
        "duty": "13.80",
        "additional_duty": "0.00",
        "excise": "0.00",
        "import_tax": "25.76",
        "fees": "2.10",
        "landed_cost": "156.66",
        "currency": "EUR",
        "incoterm": incoterm.value,
        "scheme": None,
        "status": "complete",
        "lines": [
            {
                "kind": "duty",
                "name": "<b>Customs duty</b>",
                "amount": "13.80",
                "why": "0.12 of 115.00 EUR",
                "source_title": "Tariff",
                "source_url": "https://example.org/tariff",
            },
            {"name": "Fee", "amount": "2.10", "why": "flat", "source_title": "x", "source_url": "javascript:alert(1)"},
        ],
        "warnings": [],
        "quote_id": "q_1",
    }
    return CheckoutOption(
        quote_id="q_1",
        service_code="table:std:DDP",
        service_name="Standard",
        description="",
        price=Decimal("56.66"),
        currency="EUR",
        incoterm=incoterm,
        freight=Decimal("15.00"),
        charges=Decimal("41.66"),
        status="complete",
        source="fallback",
        breakdown=breakdown | changes,
    )


def metafields(made: CheckoutOption) -> list[dict[str, Any]]:
    answer = CheckoutAnswer(checkout="c", options=(made,), keep=lambda: None, keep_behind=lambda: None)
    return json.loads(rates_json(answer))["rates"][0]["metafields"]


STUB = """
window.told = [];
const words = %(words)s;
const value = (one) => ({ value: one });
window.shopify = {
  i18n: {
    translate: (key, values = {}) => words[key].replace(/\\{\\{(\\w+)\\}\\}/g, (_, name) => values[name]),
    formatCurrency: (number, options) =>
      new Intl.NumberFormat('%(locale)s', { style: 'currency', ...options }).format(number),
  },
  target: value({ metafields: %(metafields)s }),
  isTargetSelected: value(%(selected)s),
  instructions: value({ attributes: { canUpdateAttributes: true } }),
  attributes: value(%(attributes)s),
  applyAttributeChange: async (change) => { told.push(change); return { type: 'success' }; },
  deliveryGroups: value([{ selectedDeliveryOption: { handle: 'h2' }, deliveryOptions: [
    { handle: 'h1', metafields: [] }, { handle: 'h2', metafields: %(metafields)s }] }]),
  order: value({ id: 'gid://shopify/Order/5', confirmationNumber: 'ABC123' }),
  fulfillmentId: 'gid://shopify/Fulfillment/7',
  orderId: 'gid://shopify/Order/5',
  close: () => told.push('closed'),
  sessionToken: { get: async () => 'token' },
};
window.fetch = async (address, request) => {
  told.push({ address, ...request, signal: undefined });
  return new Response(JSON.stringify(%(answer)s), { status: %(status)s });
};
null;  // Playwright would call a function that stands last
"""


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context()
    made = context.new_page()
    problems: list[str] = []
    made.on("pageerror", lambda error: problems.append(str(error)))
    made.set_default_timeout(8000)
    yield made
    context.close()
    assert problems == []


def show(page: Page, bundles: str, target: str, **said: Any) -> str:
    """Render a target as the checkout would and return its text."""
    locale = said.pop("locale", "en.default")
    values = {
        "words": json.loads((FOLDER / f"locales/{locale}.json").read_text()),
        "metafields": [],
        "selected": False,
        "attributes": [],
        "answer": {},
        "status": 200,
    } | said
    stub = {name: json.dumps(value) for name, value in values.items()} | {"locale": locale.split(".")[0]}
    page.route("**/blank.html", lambda route: route.fulfill(body="<!doctype html><body></body>"))
    page.goto(f"{bundles}/blank.html")
    page.evaluate(STUB % stub)
    page.evaluate(f"import('{bundles}/dist/{target}.js').then((module) => module.default())")
    page.wait_for_timeout(150)
    return page.inner_text("body")


def test_types_fit_shopifys_own(packages: None) -> None:
    npm("run", "check")


def test_every_bundle_is_small_enough_for_shopify(bundles: str) -> None:
    sizes = {path.name: path.stat().st_size for path in (FOLDER / "dist").glob("*.js")}
    assert set(sizes) == {path.stem + ".js" for path in (FOLDER / "src").glob("[A-Z]*.tsx")} - {"BreakdownView.js"}
    assert max(sizes.values()) < LIMIT  # uncompressed even, so compressed too


def test_shipping_option_shows_charges_of_its_own_rate(bundles: str, page: Page) -> None:
    text = show(page, bundles, "ShippingOption", metafields=metafields(option()))
    for said in ("Customs duty", "€13.80", "Import tax", "€25.76", "Fees", "€2.10", "nothing to pay at the door"):
        assert said in text
    assert "Additional duty" not in text
    assert "<b>Customs duty</b>: €13.80 (0.12 of 115.00 EUR)" in text
    assert page.eval_on_selector_all("s-link", "all => all.map(a => a.getAttribute('href'))") == [
        "https://example.org/tariff"
    ]


def test_selected_option_writes_its_quote_into_the_order(bundles: str, page: Page) -> None:
    show(page, bundles, "ShippingOption", metafields=metafields(option()), selected=True)
    assert page.evaluate("told") == [{"type": "updateAttribute", "key": QUOTE_ATTRIBUTE, "value": "q_1"}]


def test_quote_that_is_noted_already_is_not_noted_again(bundles: str, page: Page) -> None:
    noted = [{"key": QUOTE_ATTRIBUTE, "value": "q_1"}]
    show(page, bundles, "ShippingOption", metafields=metafields(option()), selected=True, attributes=noted)
    assert page.evaluate("told") == []


def test_somebody_elses_rate_shows_nothing(bundles: str, page: Page) -> None:
    others = [{"namespace": "other", "key": "breakdown", "value": '{"currency": "EUR"}'}]
    assert show(page, bundles, "ShippingOption", metafields=others) == ""


def test_unpaid_charges_are_summed_exactly_in_the_shoppers_language(bundles: str, page: Page) -> None:
    text = show(page, bundles, "ShippingOption", metafields=metafields(option(Incoterm.DAP)), locale="de")
    assert "An der Tür werden etwa 41,66\xa0€ fällig." in text  # 13.80 + 25.76 + 2.10


def test_unknown_duty_is_said_and_not_shown_as_nothing(bundles: str, page: Page) -> None:
    unknown = option(Incoterm.DAP, status="not_computable", duty=None, import_tax=None, landed_cost=None, fees="0.00")
    text = show(page, bundles, "ShippingOption", metafields=metafields(unknown))
    assert "could not be worked out" in text
    assert "No duties" not in text


def test_thank_you_page_shows_goods_freight_and_total(bundles: str, page: Page) -> None:
    text = show(page, bundles, "ThankYou", metafields=metafields(option()))
    for said in ("Goods", "€100.00", "Delivery", "€15.00", "Total cost", "€156.66"):
        assert said in text


def test_order_status_page_asks_the_app_with_its_token(bundles: str, page: Page) -> None:
    text = show(page, bundles, "OrderStatus", answer=dict(option().breakdown))
    assert "€156.66" in text
    asked = page.evaluate("told")
    assert len(asked) == 1
    assert asked[0]["address"].endswith("/shopify/ext/quote")
    assert asked[0]["headers"]["Authorization"] == "Bearer token"
    assert json.loads(asked[0]["body"]) == {
        "order_id": "gid://shopify/Order/5",
        "confirmation_number": "ABC123",
        "quote_id": "",
    }


def test_fulfilment_shows_where_its_own_parcel_is(bundles: str, page: Page) -> None:
    parcel = {
        "fulfilment": "7",
        "carrier": "UPS",
        "waybill": "1Z1",
        "url": "https://app.example/t",
        "status": "On the way",
    }
    parcel |= {"next": "It travels on", "duties_paid": True}
    other = parcel | {"fulfilment": "8", "waybill": "1Z2"}
    script = parcel | {"waybill": "1Z3", "url": "javascript:alert(1)"}
    text = show(page, bundles, "Tracking", answer={"parcels": [parcel, other, script]})
    for said in ("On the way", "It travels on", "UPS 1Z1", "nothing to pay at the door", "UPS 1Z3"):
        assert said in text
    assert "1Z2" not in text
    links = page.eval_on_selector_all("s-link", "all => all.map(a => a.getAttribute('href'))")
    assert links == ["https://app.example/t"]
    assert page.evaluate("told")[0]["address"].endswith("/shopify/ext/track")


@pytest.mark.parametrize("status", [404, 503])
def test_fulfilment_without_an_answer_stays_as_it_is(bundles: str, page: Page, status: int) -> None:
    assert show(page, bundles, "Tracking", status=status) == ""


@pytest.mark.parametrize("status", [404, 503])
def test_order_status_page_without_an_answer_stays_empty(bundles: str, page: Page, status: int) -> None:
    assert show(page, bundles, "OrderStatus", status=status) == ""


RETURNABLE = {
    "data": {"order": {"confirmationNumber": "ABC123"}},  # the same stub answers for the Customer Account API
    "lines": [{"line": "11", "title": "Shirt", "quantity": 2}, {"line": "12", "title": "Mug", "quantity": 1}],
    "reasons": ["changed_mind", "size"],
    "returns": [{"number": "#5-R1", "state": "requested", "note": ""}],
}


def choose(page: Page, selector: str, value: str) -> None:
    page.eval_on_selector(
        selector, "(one, value) => { one.value = value; one.dispatchEvent(new Event('change')); }", value
    )
    page.wait_for_timeout(50)


def test_return_is_asked_for_with_its_proof_and_the_same_key(bundles: str, page: Page) -> None:
    text = show(page, bundles, "ReturnRequest", answer=RETURNABLE)
    for said in ("Shirt", "Mug", "Ask for the return", "#5-R1: asked for"):
        assert said in text
    page.click("s-button[slot=primary-action]")
    assert "Choose at least one item" in page.inner_text("body")
    choose(page, "s-number-field", "9")  # two were bought
    choose(page, "s-select", "size")
    choose(page, "s-text-area", " too tight ")
    page.click("s-button[slot=primary-action]")
    page.wait_for_timeout(100)
    assert "The shop has your request" in page.inner_text("body")
    customer, offered, asked = page.evaluate("told")
    assert customer["address"].startswith("shopify://customer-account/api/2026-07/")
    proof = {"order_id": "gid://shopify/Order/5", "confirmation_number": "ABC123"}
    assert json.loads(offered["body"]) == proof
    wish = json.loads(asked["body"])
    assert asked["address"].endswith("/shopify/ext/return")
    assert len(wish.pop("key")) == 36
    assert wish == proof | {"lines": [{"line": "11", "quantity": 2, "reason": "size", "note": "too tight"}]}


def test_order_of_which_nothing_may_come_back_says_so(bundles: str, page: Page) -> None:
    text = show(page, bundles, "ReturnRequest", answer=RETURNABLE | {"lines": []})
    assert "Nothing of this order can be sent back now" in text
    page.click("s-button[slot=secondary-actions]")
    assert page.evaluate("told.at(-1)") == "closed"


def test_return_page_without_an_answer_says_that_nothing_is_lost(bundles: str, page: Page) -> None:
    assert "nothing is asked for twice" in show(page, bundles, "ReturnRequest", status=503)


def test_orders_menu_names_the_return_in_the_shoppers_language(bundles: str, page: Page) -> None:
    assert show(page, bundles, "ReturnMenuItem", locale="de") == "Waren zurücksenden"


def test_theme_widget_is_the_same_source_with_flat_languages(bundles: str) -> None:
    built = (FOLDER / "theme/assets/landed-cost.js").read_text()
    source = (FOLDER.parent / "widget/landed-cost.js").read_text()
    assert built.replace("`landed-cost-${", "`words/${") == source
    words = {path.stem for path in (FOLDER.parent / "widget/words").glob("*.js")}
    assert {path.stem.removeprefix("landed-cost-") for path in (FOLDER / "theme/assets").glob("landed-cost-*")} == words


def test_every_language_has_every_word() -> None:
    words = {name: json.loads((FOLDER / f"locales/{name}.json").read_text()) for name in LANGUAGES}
    assert {path.stem for path in (FOLDER / "locales").glob("*.json")} == set(LANGUAGES)
    for said in words.values():
        assert list(said) == list(words["en.default"])
        assert all(said.values())
        assert "{{amount}}" in said["at_the_door"]


def test_lock_file_names_no_host_and_pins_by_hash() -> None:
    lock = json.loads((FOLDER / "package-lock.json").read_text())
    packages = {name: entry for name, entry in lock["packages"].items() if name and not entry.get("link")}
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if not entry["integrity"].startswith("sha512-")] == []
    assert packages["node_modules/preact"]["version"]


PRODUCT_PAGE = """<!doctype html><html lang="de"><body>
<form action="/cart/add"><input name="id" value="11"><input name="quantity" value="1"></form>
<landed-cost endpoint="/apps/shipsmart/estimate" shop="a.myshopify.com" items='[{"variant_id": "11", "quantity": 1}]'
  locale="de" data-follow-product></landed-cost>
<script type="module" src="/theme/assets/landed-cost.js"></script>
<script type="module" src="/theme/assets/follow-product.js"></script></body></html>"""


def test_theme_block_speaks_the_pages_language_and_follows_the_product(bundles: str, page: Page) -> None:
    fetched: list[str] = []
    page.on("response", lambda got: fetched.append(f"{got.status} {got.url.removeprefix(bundles)}"))
    page.route("**/product.html", lambda route: route.fulfill(body=PRODUCT_PAGE, content_type="text/html"))
    page.goto(f"{bundles}/product.html")
    page.wait_for_function("document.querySelector('landed-cost').shadowRoot?.querySelector('[lang=de]')")
    assert "200 /theme/assets/landed-cost-de.js" in fetched
    page.fill("[name=id]", "12")
    page.fill("[name=quantity]", "3")
    page.press("[name=quantity]", "Tab")
    # Each field is followed a moment after its own change: wait for the second.
    page.wait_for_function("JSON.parse(document.querySelector('landed-cost').getAttribute('items'))[0].quantity === 3")
    items = json.loads(page.get_attribute("landed-cost", "items") or "")
    assert items == [{"variant_id": "12", "quantity": 3}]
