import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from checkout import reading
from checkout.errors import Refused
from checkout.estimates import choose_currency
from shipsmart.core.convert import Converter
from shipsmart.core.law import RateSet
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.quotes.models import Quote

URL = "/checkout/estimate"
SHOP = "fjord.myshopify.com"


def ask(client: Client, **changes):
    body = {"shop": SHOP, "items": [{"variant_id": "1001", "quantity": 2}], "country": "DE", "locale": "de"} | changes
    return client.post(URL, json.dumps(body), content_type="text/plain")


@pytest.fixture
def shopper() -> Client:
    """A stranger's browser: no log-in, CSRF checks on."""
    return Client(enforce_csrf_checks=True)


def test_a_stranger_sees_the_landed_cost_of_our_own_prices(shopper, connection, variant):
    response = ask(shopper)
    assert response.status_code == 200
    option = response.json()["options"][0]
    breakdown = option["breakdown"]
    assert option["incoterm"] == "DDP"
    assert breakdown["goods"] == "90.00"
    assert Decimal(breakdown["freight"]) == Decimal("12.90")
    assert Decimal(breakdown["import_tax"]) > 0
    parts = ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")
    assert sum(Decimal(breakdown[key]) for key in parts) == Decimal(breakdown["landed_cost"])
    assert Decimal(option["pay_now"]) == Decimal(breakdown["landed_cost"])
    assert option["pay_at_door"] == "0"


def test_get_answers_like_post(shopper, connection, variant):
    items = json.dumps([{"variant_id": 1001, "quantity": 2}])
    got = shopper.get(URL, {"shop": SHOP, "items": items, "country": "de"}).json()
    assert (
        got["options"][0]["breakdown"]["landed_cost"] == ask(shopper).json()["options"][0]["breakdown"]["landed_cost"]
    )


def test_a_global_id_names_the_same_variant(shopper, connection, variant):
    response = ask(shopper, items=[{"variant_id": "gid://shopify/ProductVariant/1001"}])
    assert response.json()["options"][0]["breakdown"]["goods"] == "45.00"


def test_an_estimate_leaves_nothing_in_the_database_and_no_cookie(shopper, connection, variant):
    response = ask(shopper)
    assert Quote.objects.count() == 0
    assert not response.cookies
    assert "quote_id" not in response.json()["options"][0]["breakdown"]


def test_the_price_of_the_client_is_refused(shopper, connection, variant):
    response = ask(shopper, items=[{"variant_id": "1001", "quantity": 1, "price": "0.01"}])
    assert response.status_code == 400
    assert response.json()["error"]["details"] == {"field": "items[0]"}


def test_a_country_without_delivery_answers_with_no_option_and_the_reason(shopper, connection, variant):
    response = ask(shopper, country="AU")
    assert response.status_code == 200
    assert response.json()["options"] == []
    assert [message["code"] for message in response.json()["messages"]] == ["nothing_to_offer"]


def test_a_currency_we_have_no_rate_for_is_answered_in_the_shops_own(shopper, connection, variant):
    answer = ask(shopper, currency="KPW").json()
    assert answer["currency"] == "EUR"
    assert answer["messages"][0]["code"] == "currency_not_offered"


@pytest.mark.parametrize(
    ("day", "currency", "code"),
    [
        (datetime(2026, 10, 10, tzinfo=UTC), "GBP", "currency_converted"),
        (datetime(2027, 3, 1, tzinfo=UTC), "EUR", "currency_not_offered"),  # the stored rate is months old by then
    ],
)
def test_prices_are_converted_at_a_rate_of_these_weeks_only(day, currency, code):
    rates = (RateSet("EUR", date(2026, 10, 9), "ECB", "https://example.org", {"GBP": Decimal("0.85")}),)
    chosen, messages = choose_currency(Converter((), rates, day), own="EUR", wanted="GBP")
    assert (chosen, messages[0]["code"]) == (currency, code)


@pytest.mark.parametrize("shop", ["nobody.myshopify.com", "fjord"])
def test_an_unknown_shop_is_not_found(shopper, connection, variant, shop):
    response = ask(shopper, shop=shop)
    assert response.status_code == 404
    assert response.json()["error"]["code"] == "unknown_shop"


def test_an_uninstalled_shop_is_not_found(shopper, connection, variant):
    Connection.objects.update(status=Connection.Status.UNINSTALLED)
    assert ask(shopper).status_code == 404


def test_another_merchants_variant_is_unknown(shopper, connection, variant):
    other = Merchant.objects.create(name="Other", company="Other", address1="x", city="x", country="NO", currency="EUR")
    Connection.objects.create(merchant=other, storefront="shopify", account="other.myshopify.com")
    response = ask(shopper, shop="other.myshopify.com")
    assert response.status_code == 422
    assert response.json()["error"]["code"] == "unknown_variant"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"shop": ""}, "shop"),
        ({"shop": "a b"}, "shop"),
        ({"shop": "x\x00y"}, "shop"),
        ({"shop": ["fjord"]}, "shop"),
        ({"country": "Germany"}, "country"),
        ({"country": "ZZ"}, "country"),
        ({"country": None}, "country"),
        ({"country": 49}, "country"),
        ({"region": "\ud800"}, "region"),
        ({"postcode": "1" * 13}, "postcode"),
        ({"currency": "EURO"}, "currency"),
        ({"locale": "../etc"}, "locale"),
        ({"items": []}, "items"),
        ({"items": "1001"}, "items"),
        ({"items": [7]}, "items[0]"),
        ({"items": [{"variant_id": "1001", "quantity": 0}]}, "items[0].quantity"),
        ({"items": [{"variant_id": "1001", "quantity": 1000}]}, "items[0].quantity"),
        ({"items": [{"variant_id": "1001", "quantity": 1.5}]}, "items[0].quantity"),
        ({"items": [{"variant_id": "1001", "quantity": True}]}, "items[0].quantity"),
        ({"items": [{"variant_id": "1001"}, {"variant_id": "' OR 1=1"}]}, "items[1].variant_id"),
        ({"items": [{"variant_id": True}]}, "items[0].variant_id"),
        ({"items": [{"variant_id": "1"}] * 51}, "items"),
        ({"unit_price": "1"}, "unit_price"),
    ],
)
def test_bad_input_is_refused_by_the_name_of_its_field(shopper, connection, variant, changes, field):
    response = ask(shopper, **changes)
    assert response.status_code == 400
    assert response.json()["error"]["details"]["field"] == field


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe{}", b"[" * 9000, b'{"items": ' + b"[" * 9000, b"1" * 5000]
)
def test_what_is_not_a_json_object_is_refused(shopper, db, body):
    response = shopper.post(URL, body, content_type="application/json")
    assert response.status_code == 400
    assert response.json()["error"]["code"] == "not_json"


def test_a_body_over_16_kib_is_refused(shopper, db):
    response = shopper.post(URL, b" " * (reading.MAX_BYTES + 1), content_type="application/json")
    assert response.status_code == 413


def test_a_declared_length_over_16_kib_is_refused_before_reading(shopper, db):
    response = shopper.post(URL, b"{}", content_type="application/json", CONTENT_LENGTH="99999999")
    assert response.status_code == 413


def test_a_longer_body_than_declared_is_refused_too():
    with pytest.raises(Refused) as refused:
        reading.from_body(b" " * (reading.MAX_BYTES + 1))
    assert refused.value.status == 413


def test_a_body_of_exactly_16_kib_is_read(shopper, connection, variant):
    body = json.dumps({"shop": SHOP, "items": [{"variant_id": "1001"}], "country": "DE"}).encode()
    response = shopper.post(URL, body.ljust(reading.MAX_BYTES), content_type="application/json")
    assert response.status_code == 200


def test_every_origin_may_ask_and_read_the_refusal(shopper, connection, variant):
    for response in (ask(shopper), ask(shopper, country="")):
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Access-Control-Expose-Headers"] == "Retry-After"
        assert response["Cache-Control"] == "no-store"


def test_pre_flight_is_answered_without_a_body(shopper, db):
    response = shopper.options(URL, HTTP_ORIGIN="https://shop.example", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    assert (response.status_code, response.content) == (204, b"")
    assert "POST" in response["Access-Control-Allow-Methods"]
    assert response["Access-Control-Allow-Headers"] == "Content-Type"


def test_other_methods_are_not_allowed(shopper, db):
    response = shopper.delete(URL)
    assert response.status_code == 405
    assert response["Access-Control-Allow-Origin"] == "*"


def test_the_61st_request_of_a_minute_must_wait(shopper, connection, variant, monkeypatch):
    monkeypatch.setattr("checkout.limits.time.time", lambda: 1_000_000_000.0)  # 40 s into its minute
    cheap = [{"variant_id": "404"}]
    assert {ask(shopper, items=cheap).status_code for _ in range(60)} == {422}
    refused = ask(shopper, items=cheap)
    assert refused.status_code == 429
    assert refused["Retry-After"] == "20"
    assert shopper.post(URL, b"{}", content_type="text/plain", REMOTE_ADDR="10.0.0.9").status_code == 400
    assert ask(Client(REMOTE_ADDR="10.0.0.9"), items=cheap).status_code == 422


def test_a_forged_forwarded_address_does_not_escape_the_limit(shopper, connection, variant, settings):
    settings.SECURE_PROXY_SSL_HEADER = None
    cheap = json.dumps({"shop": SHOP, "items": [{"variant_id": "404"}], "country": "DE"})
    codes = [
        shopper.post(URL, cheap, content_type="text/plain", HTTP_X_FORWARDED_FOR=f"10.0.0.{n}").status_code
        for n in range(122)
    ]
    assert 429 in codes


def test_a_failure_of_ours_is_a_503_that_says_try_again(shopper, connection, variant, monkeypatch):
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("checkout.estimates.quote_checkout", broken)
    response = ask(shopper)
    assert response.status_code == 503
    assert response.json()["error"]["code"] == "unavailable"
    assert b"ZeroDivision" not in response.content


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=8,
)


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(reading.FIELDS, json_values)))
def test_whatever_the_fields_hold_is_read_or_refused(values):
    try:
        asked = reading.from_body(json.dumps(values).encode())
    except Refused as error:
        assert error.status in (400, 413)
    else:
        assert asked.items
        assert asked.country.isupper()
