"""The app inside Shopify's admin: known by session tokens alone, framed by its own shop's admin alone."""

import re
import time
from datetime import UTC, datetime

import jwt
import pytest
import requests

from integrations.storefronts.shopify import embedded
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.orders.models import Order

pytestmark = pytest.mark.django_db(transaction=True)

SHOP, OTHER = "nordic-lights.myshopify.com", "other.myshopify.com"
SECRET = "practice-secret-of-forty-letters-or-more"


def token(shop=SHOP, secret=SECRET, ends_in_s=60):
    now = int(time.time())
    claims = {"iss": f"https://{shop}/admin", "dest": f"https://{shop}", "aud": "practice-client", "sub": "7"}
    claims |= {"jti": "1", "sid": "1", "nbf": now - 120, "exp": now + ends_in_s}
    return jwt.encode(claims, secret, algorithm="HS256")


def order(merchant, connection, number, **changes):
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    values = {"number": number, "external_id": number, "placed_at": at, "store_updated_at": at, "currency": "EUR"}
    values |= {"country": "DE", "channel": "shopify", **changes}
    return Order.objects.create(merchant=merchant, connection=connection, **values)


def bearer(text):
    return {"Authorization": f"Bearer {text}"}


def test_first_visit_connects_the_shop_by_token_exchange(practice, client):
    page = requests.get(f"{practice.url}/{SHOP}/admin/apps/practice-client", timeout=10).text
    address = re.search(r'<iframe[^>]*src="([^"]+)"', page)[1].replace("&amp;", "&")
    answer = requests.get(address, timeout=20)
    assert answer.status_code == 200
    connection = Connection.objects.get()
    assert (connection.account, connection.status) == (SHOP, Connection.Status.ACTIVE)
    assert connection.credentials["refresh_token"]
    assert answer.headers["Content-Security-Policy"] == f"frame-ancestors {practice.url};"
    assert "X-Frame-Options" not in answer.headers
    assert "Set-Cookie" not in answer.headers


def test_page_shows_this_shops_orders_only(client, shop, merchant):
    other = Connection.objects.create(
        merchant=Merchant.objects.create(name="Other"), storefront="shopify", account=OTHER
    )
    order(merchant, shop, "#1001", shopper="<b>Ana</b>")
    order(other.merchant, other, "#9999")
    page = client.get("/shopify/app", {"shop": SHOP, "id_token": token(), "embedded": "1"}).content.decode()
    assert "#1001" in page
    assert "#9999" not in page
    assert "&lt;b&gt;Ana" in page


def test_fragment_is_answered_to_session_tokens(client, shop, merchant):
    order(merchant, shop, "#1001")
    answer = client.get("/shopify/app/orders", headers=bearer(token()))
    assert answer.status_code == 200
    assert "#1001" in answer.content.decode()


@pytest.mark.parametrize(
    "headers",
    [
        lambda: {},
        lambda: bearer("rubbish"),
        lambda: bearer(token(ends_in_s=-60)),
        lambda: bearer(token(OTHER)),
        lambda: bearer(token(secret="x" * 40)),
    ],
)
def test_fragment_without_a_good_token_asks_app_bridge_again(client, shop, owner, headers):
    client.force_login(owner)  # a cookie proves nothing here
    answer = client.get("/shopify/app/orders", headers=headers())
    assert answer.status_code == 401
    assert answer["X-Shopify-Retry-Invalid-Session-Request"] == "1"


def test_connection_of_a_request_is_the_tokens_shop(rf, shop):
    found = embedded.merchant_from_request(rf.get("/", headers=bearer(token())))
    assert found == shop
    Connection.objects.update(status=Connection.Status.UNINSTALLED)
    assert embedded.merchant_from_request(rf.get("/", headers=bearer(token()))) is None


@pytest.mark.parametrize("query", [lambda: {"shop": SHOP}, lambda: {"shop": SHOP, "id_token": token(ends_in_s=-60)}])
def test_page_without_a_fresh_token_lets_app_bridge_bring_one(client, shop, query):
    answer = client.get("/shopify/app", query())
    assert answer.status_code == 302
    page = client.get(answer["Location"])
    assert page.status_code == 200
    assert "app-bridge.js" in page.content.decode()
    assert "frame-ancestors" in page["Content-Security-Policy"]


@pytest.mark.parametrize(
    "query",
    [
        lambda: {},
        lambda: {"shop": "evil.example"},
        lambda: {"shop": SHOP, "id_token": "rubbish"},
        lambda: {"shop": SHOP, "id_token": token(OTHER)},
    ],
)
def test_page_for_nobody_shows_nothing(client, shop, merchant, query):
    order(merchant, shop, "#1001")
    answer = client.get("/shopify/app", query())
    assert answer.status_code == 401
    assert "#1001" not in answer.content.decode()


@pytest.mark.parametrize(
    "target", ["", "https://evil.example", "//evil.example", "javascript:alert(1)", "/\\evil.example"]
)
def test_patch_page_goes_on_to_our_own_pages_only(client, app, target):
    assert client.get("/shopify/auth/patch-id-token", {"shop": SHOP, "shopify-reload": target}).status_code == 400


def test_shop_whose_tokens_died_is_connected_again_by_opening_the_app(practice, merchant, client):
    Connection.objects.create(
        merchant=merchant, storefront="shopify", account=SHOP, status=Connection.Status.REAUTHORISE
    )
    assert client.get("/shopify/app", {"shop": SHOP, "id_token": token()}).status_code == 200
    connection = Connection.objects.get()
    assert (connection.status, connection.merchant) == (Connection.Status.ACTIVE, merchant)


# Core Web Vitals as the browser itself measures them: the largest paint and all layout shifts.
WATCH = """() => {
  window.vitals = {paint: 0, shift: 0};
  const watch = (type, act, more = {}) => new PerformanceObserver(
    list => list.getEntries().forEach(act)).observe({type, buffered: true, ...more});
  watch("largest-contentful-paint", entry => { vitals.paint = entry.startTime; });
  watch("layout-shift", entry => { if (!entry.hadRecentInput) vitals.shift += entry.value; });
}"""
PAINTED = "() => vitals.paint > 0"
ALL_TOLD = "() => new Promise(done => requestAnimationFrame(() => setTimeout(() => done(vitals), 50)))"


@pytest.fixture
def admin_page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    context.route("https://cdn.shopify.com/**", lambda route: route.fulfill(body="", content_type="text/javascript"))
    yield context.new_page()
    assert context.cookies() == []
    context.close()


def vitals_of(page, address, click):
    page.goto(f"{address}?shop={SHOP}&id_token={token()}")
    page.evaluate(WATCH)
    page.wait_for_function(PAINTED)
    page.click(click)
    return page.evaluate(ALL_TOLD)


@pytest.mark.parametrize(
    ("path", "click"), [("/shopify/app", "text=#1001"), ("/shopify/app/extras", "text=Look at the zones")]
)
def test_page_in_the_admin_is_steady_and_needs_no_cookie(practice, shop, merchant, admin_page, path, click):
    order(merchant, shop, "#1001", shopper="Ana")
    told = vitals_of(admin_page, f"{practice.app_url}{path}", click)
    assert told["shift"] <= 0.1
    assert told["paint"] > 0  # how soon is a benchmark's matter: embedded.paint


def test_page_stands_in_the_frame_of_the_admin(practice, shop, merchant, admin_page):
    order(merchant, shop, "#1001", shopper="Ana")
    admin_page.goto(f"{practice.url}/{SHOP}/admin/apps/practice-client")
    frame = next(frame for frame in admin_page.frames if "/shopify/app" in frame.url)
    frame.wait_for_selector("text=#1001")
