"""What the order-status extension is told: the promised landed cost, to the order's own shopper only."""

import time
from datetime import UTC, datetime
from decimal import Decimal

import jwt
import pytest
from django.test import Client

from integrations.storefronts.shopify.client import graphql
from integrations.storefronts.shopify.shop import gid
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.orders.models import Order
from shipsmart.ports import Party
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart, CheckoutLine
from shipsmart.rating.models import TableRate

SECRET = "practice-secret-of-forty-letters-or-more"
PRACTICE = pytest.mark.django_db(transaction=True)


@pytest.fixture
def client():
    """A stranger's browser: no log-in, CSRF checks on."""
    return Client(enforce_csrf_checks=True)


def token(shop, secret=SECRET, **claims):
    said = {"dest": shop, "aud": "practice-client", "exp": int(time.time()) + 300, **claims}
    return jwt.encode({key: value for key, value in said.items() if value is not None}, secret, algorithm="HS256")


def ask(client, text, **body):
    headers = {"Authorization": f"Bearer {text}", "Origin": "null"}
    return client.post("/shopify/ext/quote", body, content_type="application/json", headers=headers)


def quoted(connection):
    TableRate.objects.create(
        merchant=connection.merchant,
        countries=["DE"],
        service="economy",
        service_name="Economy",
        max_weight_g=2000,
        price=Decimal("9.90"),
        currency="EUR",
    )
    line = CheckoutLine(variant_id="1001", quantity=2, unit_price=Decimal("45.00"), weight_g=200)
    cart = CheckoutCart(ship_to=Party(country="DE"), lines=(line,), currency="EUR", at=datetime.now(UTC))
    quote_checkout(connection, cart).keep()
    return Quote.objects.first()


@pytest.mark.django_db
@pytest.mark.parametrize("dest", ["nordic-lights.myshopify.com", "https://nordic-lights.myshopify.com"])
def test_the_quotes_own_id_opens_it(client, shop, dest):
    quote = quoted(shop)
    answer = ask(client, token(dest), quote_id=quote.quote_id)
    assert answer.status_code == 200
    assert answer.json()["goods"] == "90.00"
    assert answer.json()["quote_id"] == quote.quote_id
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert answer["Cache-Control"] == "private, no-store"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [
        lambda shop: "",
        lambda shop: token(shop, secret="another-secret-of-forty-letters-or-more"),
        lambda shop: token(shop, exp=int(time.time()) - 60),
        lambda shop: token(shop, exp=None),
        lambda shop: token(shop, aud="another-app"),
        lambda shop: token("evil.example"),
    ],
)
def test_a_token_that_proves_nothing_is_refused(client, shop, bad):
    quote = quoted(shop)
    assert ask(client, bad(shop.account), quote_id=quote.quote_id).status_code == 401


@pytest.mark.django_db
def test_another_shops_token_does_not_open_a_quote(client, shop):
    quote = quoted(shop)
    other = Connection.objects.create(
        merchant=Merchant.objects.create(name="Other"), storefront="shopify", account="other.myshopify.com"
    )
    assert ask(client, token(other.account), quote_id=quote.quote_id).status_code == 404


@pytest.mark.django_db
def test_pre_flight_allows_the_token(client):
    answer = client.options("/shopify/ext/quote")
    assert answer.status_code == 204
    assert "Authorization" in answer["Access-Control-Allow-Headers"]


@PRACTICE
def test_order_opens_with_its_confirmation_number_only(client, practice, connected):
    variant = practice.get("/api/products")["products"][0]["variants"][0]
    address = {"first_name": "Ana", "last_name": "Lund", "address1": "A 1", "city": "Berlin", "zip": "10115"}
    items = [{"variant_id": variant["variant_id"], "quantity": 1}]
    checkout = practice.post(
        "/api/checkout", {"items": items, "address": {**address, "country": "DE"}, "email": "ana@example.com"}
    )
    placed = practice.post(f"/api/checkout/{checkout['token']}/complete")
    number = str(placed["order_id"]).rsplit("/", 1)[-1]
    said = graphql(connected, "order_confirmation", {"id": gid("Order", number)})["order"]["confirmationNumber"]
    quote = quoted(connected)
    at = datetime.now(UTC)
    Order.objects.create(
        merchant=connected.merchant,
        connection=connected,
        channel="shopify",
        external_id=number,
        number="#1",
        placed_at=at,
        store_updated_at=at,
        currency="EUR",
        country="DE",
        quote=quote,
    )
    text = token(connected.account)
    right = ask(client, text, order_id=gid("Order", number), confirmation_number=said)
    assert (right.status_code, right.json()["quote_id"]) == (200, quote.quote_id)
    assert ask(client, text, order_id=gid("Order", number), confirmation_number="GUESS").status_code == 404
    assert ask(client, text, order_id=gid("Order", number)).status_code == 404
