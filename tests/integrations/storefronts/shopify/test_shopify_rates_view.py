"""The rate callback as the checkout calls it: always a clear answer, never a blank, at most the queries it may use."""

import json
from decimal import Decimal

import pytest

from integrations.kit.signing import hmac_base64
from integrations.storefronts.shopify import rates as view
from shipsmart.catalog.models import Classification, Product, Variant
from shipsmart.merchants.models import AuditEntry, Connection, Market
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer
from shipsmart.rating.models import FeeRule, TableRate

pytestmark = pytest.mark.django_db

SECRET = "practice-secret-of-forty-letters-or-more"


def cart(**changes):
    destination = {"country": "DE", "postal_code": "10115", "province": None, "city": "Berlin", "address1": "A 1"}
    item = {"name": "Mug", "sku": "M", "quantity": 1, "grams": 420, "price": 2450, "variant_id": 7, "product_id": 3}
    rate = {"destination": destination, "items": [item], "currency": "EUR", "locale": "de", **changes}
    return json.dumps({"rate": rate}).encode()


def ask(client, shop, body=None, *, secret=SECRET, token=None, **headers):
    body = cart() if body is None else body
    named = {"X-Shopify-Shop-Domain": shop.account, "X-Shopify-Timeout": "10000"}
    if secret:
        named["X-Shopify-Hmac-Sha256"] = hmac_base64(secret, body)
    named |= {key.replace("_", "-"): value for key, value in headers.items()}
    return client.post(
        f"/shopify/rates/{token or shop.token}", data=body, content_type="application/json", headers=named
    )


@pytest.fixture
def price_list(merchant):
    """The merchant's own prices, which answer when no carrier does."""
    return TableRate.objects.create(
        merchant=merchant,
        countries=["DE"],
        service="economy",
        service_name="Economy",
        max_weight_g=2000,
        price=Decimal("9.90"),
        currency="EUR",
    )


def test_rates_come_in_shopifys_shape_cheapest_first(client, shop, price_list):
    Market.objects.create(merchant=shop.merchant, country="DE", incoterm="DDP", offer_both=True)
    answer = ask(client, shop)
    assert answer.status_code == 200
    rates = answer.json()["rates"]
    prices = [int(rate["total_price"]) for rate in rates]
    assert prices == sorted(prices)
    assert min(prices) >= 990
    assert {rate["currency"] for rate in rates} == {"EUR"}
    for rate in rates:
        fields = {field["key"]: field for field in rate["metafields"]}
        assert json.loads(fields["breakdown"]["value"])
        assert fields["quote_id"]["value"].startswith("q_")


def test_cart_asked_about_in_parts_is_told_to_the_merchant_once(client, shop, price_list):
    totals = {"subtotal_price": "9800", "total_price": "9800", "discount_amount": "0"}
    for _ in range(2):
        assert ask(client, shop, cart(order_totals=totals)).status_code == 200
    assert AuditEntry.objects.filter(merchant=shop.merchant, action="store.cart_in_parts").count() == 1


def test_quotes_are_kept_after_the_answer(client, shop, price_list):
    shown = ask(client, shop).json()["rates"]
    kept = {quote.service_code: quote for quote in Quote.objects.all()}
    assert {rate["service_code"] for rate in shown} == set(kept)
    for rate in shown:
        assert int(rate["total_price"]) == kept[rate["service_code"]].price * 100


def test_service_codes_stay_the_same(client, shop, price_list):
    first, second = (ask(client, shop).json()["rates"] for _ in range(2))
    assert [rate["service_code"] for rate in first] == [rate["service_code"] for rate in second]


def test_warm_answer_takes_one_query_and_one_write_afterwards(client, shop, price_list, django_assert_max_num_queries):
    ask(client, shop)
    with django_assert_max_num_queries(1) as asked:
        view._asked(_request(shop), shop.token)
    assert len(asked) == 1


def _request(shop):
    from django.test import RequestFactory

    body = cart()
    return RequestFactory().post(
        "/", data=body, content_type="application/json", headers={"X-Shopify-Hmac-Sha256": hmac_base64(SECRET, body)}
    )


def test_change_of_settings_counts_from_the_next_request(client, shop, price_list):
    before = ask(client, shop).json()["rates"][0]["total_price"]
    TableRate.objects.update(price=Decimal("19.90"))
    shop.merchant.touch()
    after = ask(client, shop).json()["rates"][0]["total_price"]
    assert int(after) > int(before)


@pytest.mark.parametrize(
    ("status", "changes"),
    [
        (401, {"secret": "another secret"}),
        (401, {"secret": None}),
        (401, {"X_Shopify_Shop_Domain": "other.myshopify.com"}),
        (404, {"token": "guessed"}),
        (404, {"token": "%00"}),
        (400, {"body": b"{"}),
        (400, {"body": b"\xff"}),
        (400, {"body": cart(currency=None)}),
        (413, {"body": b" " * (1024 * 1024 + 1)}),
    ],
)
def test_what_is_not_right_is_refused_in_words(client, shop, price_list, status, changes):
    answer = ask(client, shop, **changes)
    assert answer.status_code == status
    assert set(answer.json()) == {"error", "message"}
    assert not Quote.objects.exists()


def test_the_field_that_does_not_fit_is_named(client, shop):
    assert "$.rate.currency" in ask(client, shop, cart(currency=None)).json()["message"]


def test_only_posting_is_allowed(client, shop):
    assert client.get(f"/shopify/rates/{shop.token}").status_code == 405


def test_unsigned_requests_are_answered_where_the_merchant_allows_them(client, shop, price_list):
    assert ask(client, shop, secret=None).status_code == 401
    Connection.objects.update(settings={"allow_unsigned_rates": True})
    assert ask(client, shop, secret=None).status_code == 200
    assert ask(client, shop, secret="another secret").status_code == 401


def test_uninstalled_shop_gets_its_backup_rates(client, shop, price_list):
    assert ask(client, shop).status_code == 200
    Connection.objects.update(status=Connection.Status.UNINSTALLED)
    assert ask(client, shop).status_code == 404
    Connection.objects.all().delete()
    assert ask(client, shop).status_code == 404


def test_merchant_with_nothing_to_offer_gets_the_backup_rates(client, shop):
    answer = ask(client, shop)
    assert (answer.status_code, answer.json()["error"]) == (503, "no_rates")


def test_unexpected_error_is_answered_from_the_price_list(client, shop, price_list, monkeypatch, caplog):
    def broken(*_args, **_named):
        raise ZeroDivisionError

    monkeypatch.setattr(view, "quote_checkout", broken)
    expected = fallback_answer(Connection.objects.get(), view.asked(cart(), at=view.timezone.now()).cart)
    shown = ask(client, shop).json()["rates"]
    assert [rate["service_code"] for rate in shown] == [option.service_code for option in expected.options]
    assert len([record for record in caplog.records if record.exc_info]) == 1


def test_quote_that_cannot_be_kept_spoils_nothing(client, shop, price_list, monkeypatch):
    monkeypatch.setattr(Quote.objects, "bulk_create", lambda *_: 1 / 0)
    assert ask(client, shop).status_code == 200


@pytest.mark.parametrize(("stated", "left"), [("10000", 9.5), ("3000", 2.5), ("100", 0.2), ("", None), ("x", None)])
def test_stores_own_limit_is_the_budget(rf, stated, left):
    assert view._deadline_s(rf.post("/", headers={"X-Shopify-Timeout": stated})) == left


def part_of(cart_total, *prices, currency="EUR", country="DE"):
    """One of the calls for a cart whose goods lie at several origins: its own goods, the totals of all."""
    destination = {"country": country, "postal_code": "10115", "city": "Berlin", "address1": "A 1"}
    items = [
        {"name": "Mug", "quantity": 1, "grams": 420, "price": price, "variant_id": 70 + number}
        for number, price in enumerate(prices)
    ]
    totals = {"subtotal_price": str(cart_total), "total_price": str(cart_total), "discount_amount": "0"}
    return cart(destination=destination, items=items, currency=currency, order_totals=totals)


@pytest.fixture
def mugs(merchant, shop):
    product = Product.objects.create(merchant=merchant, connection=shop, external_id="3", title="Mug")
    for number in (70, 71):
        variant = Variant.objects.create(
            merchant=merchant, product=product, external_id=str(number), weight_g=420, origin="CN"
        )
        Classification.objects.create(variant=variant, country="", code="691110", source="person")
    Market.objects.create(merchant=merchant, country="DE", incoterm="DDP")
    merchant.touch()


def test_flat_fee_is_charged_once_over_the_parts_of_a_cart(client, shop, price_list, mugs):
    def price(body):
        [rate] = ask(client, shop, body).json()["rates"]
        return rate["service_name"], int(rate["total_price"])

    bodies = [part_of(6000, 4000), part_of(6000, 2000)]
    without = [price(body) for body in bodies]
    FeeRule.objects.create(merchant=shop.merchant, name="Handling", flat=Decimal("6.00"), currency="EUR")
    shop.merchant.touch()
    charged = [price(body) for body in bodies]
    # 6.00 over 40.00 and 20.00 of goods, import tax on the fee not included.
    assert [after[1] - before[1] for after, before in zip(charged, without, strict=True)] == [400, 200]
    assert charged[0][0] == charged[1][0]  # rates of one name are added up by the checkout


@pytest.mark.parametrize(("incoterm", "codes"), [("DDP", ["table:economy:DDP"]), ("DAP", ["table:economy:DAP"])])
def test_market_decides_who_pays_duties(client, shop, price_list, mugs, incoterm, codes):
    Market.objects.update(incoterm=incoterm)
    shop.merchant.touch()
    rates = ask(client, shop, part_of(20000, 20000)).json()["rates"]
    assert [rate["service_code"] for rate in rates] == codes
    assert (int(rates[0]["total_price"]) > 990) is (incoterm == "DDP")


def test_yen_are_answered_in_hundredths(client, shop, price_list, mugs):
    [rate] = ask(client, shop, part_of(2_000_000, 2_000_000, currency="JPY")).json()["rates"]
    assert rate["currency"] == "JPY"
    assert int(rate["total_price"]) % 100 == 0
