"""The estimate behind the app proxy: only what Shopify signed, only for the shop it names."""

import json
import time
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client
from django.utils import timezone

from checkout import limits
from checkout.errors import Refused
from integrations.storefronts.shopify import proxy
from shipsmart.catalog.models import Product, Variant
from shipsmart.rating.models import TableRate

SECRET = "practice-secret-of-forty-letters-or-more"
OTHER = "other.myshopify.com"
ITEMS = json.dumps([{"variant_id": "1001", "quantity": 2}])


@pytest.fixture
def client():
    """A stranger's browser: no log-in, CSRF checks on."""
    return Client(enforce_csrf_checks=True)


def signed(shop, secret=SECRET, **own):
    pairs = {"shop": shop, "path_prefix": "/apps/shipsmart", "timestamp": str(int(time.time()))}
    pairs |= {"logged_in_customer_id": "", **own}
    return {**pairs, "signature": proxy.proxy_signature(secret, {key: [value] for key, value in pairs.items()})}


@pytest.fixture
def goods(merchant):
    product = Product.objects.create(merchant=merchant, external_id="900", title="Cotton T-shirt")
    TableRate.objects.create(
        merchant=merchant,
        countries=["DE"],
        service="economy",
        service_name="Economy",
        max_weight_g=2000,
        price=Decimal("9.90"),
        currency="EUR",
    )
    return Variant.objects.create(
        merchant=merchant,
        product=product,
        external_id="1001",
        price=Decimal("45.00"),
        currency="EUR",
        weight_g=200,
        origin="PT",
    )


def test_signature_equals_the_published_example():
    query = {
        "extra": ["1", "2"],
        "shop": ["shop-name.myshopify.com"],
        "logged_in_customer_id": ["1"],
        "path_prefix": ["/apps/awesome_reviews"],
        "timestamp": ["1317327555"],
        "signature": ["not part of the message"],
    }
    expected = "4c68c8624d737112c91818c11017d24d334b524cb5c2b8ba08daa056f7395ddb"
    assert proxy.proxy_signature("hush", query) == expected


def test_a_repeated_name_is_refused_although_it_is_signed(app):
    query = {"shop": ["a.myshopify.com", "b.myshopify.com"], "timestamp": [str(int(time.time()))]}
    query["signature"] = [proxy.proxy_signature(SECRET, query)]
    with pytest.raises(Refused, match="twice"):
        proxy.checked_query(query)


@pytest.mark.parametrize("age_s", [91, -91])
def test_a_query_that_is_not_of_now_is_refused(app, age_s):
    stamp = str(int(time.time()) - age_s)
    query = {key: [value] for key, value in signed(OTHER, timestamp=stamp).items()}
    with pytest.raises(Refused, match="90 seconds"):
        proxy.checked_query(query)


def test_the_old_secret_is_taken_while_a_new_one_rolls_out(app, settings):
    query = {key: [value] for key, value in signed(OTHER, secret="old").items()}
    with pytest.raises(Refused, match="signature"):
        proxy.checked_query(query)
    settings.SHOPIFY_OLD_CLIENT_SECRET, settings.SHOPIFY_SECRET_ROTATED_AT = "old", timezone.now()
    assert proxy.checked_query(query)["shop"] == OTHER


@pytest.mark.django_db
def test_get_and_post_answer_like_the_public_estimate(client, shop, goods):
    question = {"country": "DE", "locale": "de"}
    got = client.get("/shopify/proxy/estimate", signed(shop.account, items=ITEMS, **question))
    assert got.status_code == 200
    body = json.dumps({"shop": shop.account, "items": json.loads(ITEMS), **question})
    posted = client.post("/shopify/proxy/estimate", body, content_type="text/plain", query_params=signed(shop.account))
    public = client.post("/checkout/estimate", body, content_type="text/plain")
    answers = [answer.json()["options"][0]["breakdown"] for answer in (got, posted, public)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["goods"] == "90.00"


@pytest.mark.django_db
def test_an_unsigned_question_is_refused(client, shop, goods):
    answer = client.get("/shopify/proxy/estimate", {"shop": shop.account, "items": ITEMS, "country": "DE"})
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "bad_signature")


@pytest.mark.django_db
def test_a_page_cannot_ask_for_another_shop_than_it_is_of(client, shop, goods):
    body = json.dumps({"shop": shop.account, "items": json.loads(ITEMS), "country": "DE"})
    answer = client.post("/shopify/proxy/estimate", body, content_type="text/plain", query_params=signed(OTHER))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "wrong_shop")


@pytest.mark.django_db
def test_one_shopper_cannot_use_up_what_another_may_ask(client, shop, monkeypatch):
    # All within one minute, however busy the machine is.
    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))

    def ask(shopper):
        query = signed(shop.account, items=ITEMS, country="DE")
        return client.get("/shopify/proxy/estimate", query, headers={"X-Forwarded-For": f"{shopper}, 10.0.0.1"})

    # Each question has its own signed address, as the country differs only for the first of them.
    answers = [
        client.get(
            "/shopify/proxy/estimate",
            signed(shop.account, items=ITEMS, country="DE", postcode=str(number)),
            headers={"X-Forwarded-For": "1.2.3.4, 10.0.0.1"},
        ).status_code
        for number in range(61)
    ]
    assert answers.count(429) == 1
    assert answers[-1] == 429
    assert ask("5.6.7.8").status_code == 422  # the shop has no such product: it was looked for
