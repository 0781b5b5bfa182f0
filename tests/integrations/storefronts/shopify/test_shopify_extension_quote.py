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
from shipsmart.orders.models import Consignment, Order
from shipsmart.ports import Party
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import quote_checkout
from shipsmart.quotes.values import CheckoutCart, CheckoutLine
from shipsmart.rating.models import TableRate
from shipsmart.shipments.models import Shipment

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


def track(client, text, **body):
    headers = {"Authorization": f"Bearer {text}", "Origin": "null"}
    return client.post("/shopify/ext/track", body, content_type="application/json", headers=headers)


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


@pytest.mark.django_db
def test_quote_of_a_part_opens_the_whole_order(client, shop):
    """A cart that was priced in parts: the order notes one of its quotes, the shopper sees the sum."""
    one = quoted(shop)
    at = datetime.now(UTC)
    order = Order.objects.create(
        merchant=shop.merchant, connection=shop, channel="shopify", external_id="9", number="#9", placed_at=at,
        store_updated_at=at, currency="EUR", country="DE", quote=one,
    )  # fmt: skip
    other = quoted(shop)
    for number, quote in enumerate((one, other), start=1):
        Consignment.objects.create(order=order, number=number, quote=quote, incoterm=quote.incoterm)
    assert ask(client, token(shop.account), quote_id=other.quote_id).json()["goods"] == "180.00"


@PRACTICE
def test_order_opens_with_its_confirmation_number_only(client, practice, connected, settings):
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
    asked = {"order_id": gid("Order", number), "confirmation_number": said}
    assert track(client, text, **asked).status_code == 404
    order = Order.objects.get()
    terms = {"incoterm": "DDP", "duties_collected": True, "duty_payer": "sender", "carrier": "ups", "service": "65"}
    for position, (waybill, state) in enumerate((("1Z1", "bought"), ("1Z2", "voided"), ("", "planned"))):
        Shipment.objects.create(
            merchant=order.merchant, order=order, number=position + 1, waybill=waybill, state=state,
            store_fulfilment_id="7", **terms,
        )  # fmt: skip
    answer = track(client, text, **asked)
    [parcel] = answer.json()["parcels"]
    assert (parcel["waybill"], parcel["fulfilment"], parcel["carrier"], parcel["duties_paid"]) == (
        "1Z1",
        "7",
        "UPS",
        True,
    )
    assert parcel["steps"][0]["state"] == "current"
    assert client.get(parcel["url"].removeprefix(settings.PUBLIC_URL)).status_code == 200
    assert answer["Access-Control-Allow-Origin"] == "*"
    assert track(client, text, **{**asked, "confirmation_number": "GUESS"}).status_code == 404
    assert track(client, "", **asked).status_code == 401
