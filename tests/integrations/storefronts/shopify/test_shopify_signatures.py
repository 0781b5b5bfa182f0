"""Queries, bodies and session tokens: what is signed is taken, everything else is not."""

import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from django.core.exceptions import ImproperlyConfigured

from checkout.errors import Refused as ProxyRefused
from integrations.kit.signing import hmac_base64, hmac_hex, valid_hmac_base64
from integrations.storefronts.shopify import embedded, oauth
from integrations.storefronts.shopify.incoming import Refused, check_signature
from integrations.storefronts.shopify.proxy import checked_query as checked_proxy_query
from integrations.storefronts.shopify.shop import NotAShop, framing_origins, gid, number_of, shop_domain
from shipsmart.environment import rotated_at

SHOP = "nordic-lights.myshopify.com"
NEW, OLD, OTHER = ("new-" * 10, "old-" * 10, "else" * 10)


@pytest.fixture(autouse=True)
def _secrets(settings):
    settings.SHOPIFY_CLIENT_ID = "client"
    settings.SHOPIFY_CLIENT_SECRET, settings.SHOPIFY_OLD_CLIENT_SECRET = NEW, OLD
    settings.SHOPIFY_SECRET_ROTATED_AT = datetime.now(UTC) - timedelta(minutes=59)


def query(secret=NEW, **changes):
    pairs = {"code": "0907", "shop": SHOP, "state": "x", "timestamp": str(int(time.time())), **changes}
    return {key: [value] for key, value in {**pairs, "hmac": oauth.query_hmac(secret, pairs)}.items()}


def test_query_signature_equals_the_published_example():
    pairs = {
        "code": "0907a61c0c8d55e99db179b68161bc00",
        "shop": "some-shop.myshopify.com",
        "timestamp": "1337178173",
        "hmac": "not part of the message",
    }
    assert oauth.query_hmac("hush", pairs) == "4712bf92ffc2917d15a2f5a273e39f0116667419aa4b6ac0b3baaf26fa3c4d20"


def test_separators_inside_values_cannot_be_moved():
    assert oauth.query_hmac("hush", {"a": "1&b=2"}) != oauth.query_hmac("hush", {"a": "1", "b": "2"})


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_query_signed_with_the_new_or_the_old_secret_is_taken(secret):
    assert oauth.checked_query(query(secret))["shop"] == SHOP


@pytest.mark.parametrize(
    "bad",
    [
        lambda: query(OTHER),
        lambda: {**query(), "shop": ["other.myshopify.com"]},
        lambda: {**query(), "shop": [SHOP, SHOP]},
        lambda: {key: value for key, value in query().items() if key != "hmac"},
        lambda: {**query(), "hmac": ["ü"]},
        lambda: query(timestamp=str(int(time.time()) - 91)),
        lambda: query(timestamp=str(int(time.time()) + 91)),
        lambda: query(timestamp="yesterday"),
        lambda: query(timestamp="²"),
    ],
)
def test_query_that_is_not_shopifys_is_refused(bad):
    with pytest.raises(oauth.BadQuery):
        oauth.checked_query(bad())


def test_body_signature_is_over_raw_bytes():
    body = '{"id": 1, "name": "Jürgen"}'.encode()
    signature = hmac_base64(NEW, body)
    assert valid_hmac_base64([NEW], body, signature)
    assert not valid_hmac_base64([NEW], body.replace(b" ", b""), signature)


def token(secret=NEW, **changes):
    now = int(time.time())
    claims = {
        "iss": f"https://{SHOP}/admin",
        "dest": f"https://{SHOP}",
        "aud": "client",
        "sub": "42",
        "nbf": now - 1,
        "iat": now - 1,
        "exp": now + 60,
        "jti": "f8912129-1af6-4cad-9ca3-76b0f7621087",
        "sid": "aaea182f2732d44c23057c0fea584021a4485b2bd25d3eb7fd349313ad24c685",
        **changes,
    }
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, secret, algorithm="HS256")


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_session_token_names_shop_and_user(secret):
    found = embedded.session_token(token(secret))
    assert (found.shop, found.user) == (SHOP, "42")


def test_clocks_may_differ_by_ten_seconds():
    now = int(time.time())
    assert embedded.session_token(token(exp=now - 5, nbf=now + 5)).shop == SHOP


@pytest.mark.parametrize(
    "bad",
    [
        lambda: token(OTHER),
        lambda: token(aud="another app"),
        lambda: token(iss="https://other.myshopify.com/admin"),
        lambda: token(iss=f"https://{SHOP}/elsewhere"),
        lambda: token(iss="https://evil.example/admin", dest="https://evil.example"),
        lambda: token(iss=f"http://{SHOP}/admin", dest=f"http://{SHOP}"),
        lambda: token(exp=None),
        lambda: token(nbf=int(time.time()) + 60),
        lambda: token(sub=None),
        lambda: jwt.encode({"dest": f"https://{SHOP}"}, None, algorithm="none"),
        lambda: "rubbish",
        lambda: "",
    ],
)
def test_session_token_that_proves_nothing_is_refused(bad):
    with pytest.raises(embedded.BadSessionToken) as caught:
        embedded.session_token(bad())
    assert not caught.value.expired


def test_ended_session_token_asks_for_a_fresh_one():
    with pytest.raises(embedded.BadSessionToken) as caught:
        embedded.session_token(token(exp=int(time.time()) - 11, nbf=int(time.time()) - 71))
    assert caught.value.expired


@pytest.mark.parametrize(
    "value",
    [
        "",
        "example.com",
        f"{SHOP}.evil.example",
        f"evil.example/{SHOP}",
        "a b.myshopify.com",
        f"{SHOP}\n.x",
        "-a.myshopify.com",
    ],
)
def test_only_shops_are_shops(value):
    with pytest.raises(NotAShop):
        shop_domain(value)


def test_shop_domain_is_one_spelling():
    assert shop_domain(" Nordic-Lights.MyShopify.com ") == SHOP


def test_only_the_shops_own_admin_may_frame_us(settings):
    settings.SHOPIFY_BASE_URL = "https://{shop}"
    assert framing_origins(SHOP) == (f"https://{SHOP}", "https://admin.shopify.com")
    settings.SHOPIFY_BASE_URL = "http://127.0.0.1:9000/{shop}"
    assert framing_origins(SHOP) == ("http://127.0.0.1:9000",)


def test_global_ids_and_numbers_go_both_ways():
    assert number_of(gid("Order", "17")) == "17"
    assert gid("Order", "gid://shopify/Order/17") == "gid://shopify/Order/17"


def proxy_query(secret):
    pairs = {"shop": SHOP, "timestamp": str(int(time.time()))}
    message = "".join(f"{key}={value}" for key, value in sorted(pairs.items()))
    return {key: [value] for key, value in {**pairs, "signature": hmac_hex(secret, message.encode())}.items()}


@pytest.mark.parametrize("minutes", [-61, -60])
def test_old_secret_signs_nothing_an_hour_after_it_was_changed(settings, rf, minutes):
    settings.SHOPIFY_SECRET_ROTATED_AT = datetime.now(UTC) + timedelta(minutes=minutes)
    with pytest.raises(oauth.BadQuery):
        oauth.checked_query(query(OLD))
    with pytest.raises(ProxyRefused):
        checked_proxy_query(proxy_query(OLD))
    with pytest.raises(embedded.BadSessionToken):
        embedded.session_token(token(OLD))
    with pytest.raises(Refused):
        check_signature(rf.post("/", headers={"X-Shopify-Hmac-Sha256": hmac_base64(OLD, b"{}")}), b"{}")
    assert oauth.checked_query(query(NEW))["shop"] == SHOP
    assert checked_proxy_query(proxy_query(NEW))["shop"] == SHOP


def test_old_secret_signs_webhooks_and_proxy_calls_within_the_hour(rf):
    check_signature(rf.post("/", headers={"X-Shopify-Hmac-Sha256": hmac_base64(OLD, b"{}")}), b"{}")
    assert checked_proxy_query(proxy_query(OLD))["shop"] == SHOP


def test_moment_of_the_change_is_read_with_its_zone():
    assert rotated_at("2026-11-22T10:00:00Z", old_secret="x") == datetime(2026, 11, 22, 10, tzinfo=UTC)
    assert rotated_at("", old_secret="") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "without SHOPIFY_SECRET_ROTATED_AT"),
        ("yesterday", "must be an ISO 8601 moment"),
        ("2026-11-22T10:00:00", "must name its time zone"),
        ("2999-01-01T00:00:00Z", "lies more than an hour ahead"),
    ],
)
def test_old_secret_without_a_sound_moment_stops_the_start(text, says):
    with pytest.raises(ImproperlyConfigured, match=says):
        rotated_at(text, old_secret="x")
