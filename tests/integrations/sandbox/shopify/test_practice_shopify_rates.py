"""The carrier-service callback, as the checkout makes it and as it reads the answer."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import pytest

SECRET = b"practice-secret-of-forty-letters-in-length"
GOOD: dict[str, Any] = {
    "service_name": "Express (duties & taxes paid)",
    "service_code": "express_ddp",
    "description": "Incl. import VAT 4.66 EUR",
    "currency": "EUR",
    "total_price": "2345",
    "min_delivery_date": "2026-11-25 12:00:00 +0100",
    "metafields": [{"namespace": "shipsmart", "key": "breakdown", "type": "json", "value": '{"import_tax":"4.66"}'}],
}


def _answers(shop: Any, path: str, *rates: dict[str, Any], status: int = 200, pause: float = 0.0) -> None:
    body = json.dumps({"rates": rates}).encode()
    shop.app.answers[path] = lambda _: (status, body, {"Content-Type": "application/json"}, pause)


def _checkout(shop: Any, **changes: Any) -> dict[str, Any]:
    answer = shop.post("/api/checkout", json=shop.cart("NL-MUG-350", "NL-TEE-M", **changes))
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_request_has_the_true_shape_and_signature(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, GOOD)
    _checkout(installed, discount="WELCOME10")
    [got] = installed.app.wait(hook_path)
    signature = base64.b64encode(hmac.new(SECRET, got.body, hashlib.sha256).digest()).decode()
    assert got.headers["x-shopify-hmac-sha256"] == signature
    assert got.headers["x-shopify-shop-domain"] == installed.domain
    assert got.headers["x-shopify-timeout"] == "10000"
    rate = json.loads(got.body)["rate"]
    assert rate["origin"]["country"] == "NO"
    assert (rate["destination"]["country"], rate["destination"]["postal_code"]) == ("DE", "10969")
    mug = rate["items"][0]
    assert (mug["sku"], mug["price"], mug["grams"], mug["quantity"]) == ("NL-MUG-350", 2450, 420, 1)
    assert rate["currency"] == "EUR"
    # 24.50 + 29.00 = 53.50; ten per cent of it is 5.35.
    assert rate["order_totals"] == {"subtotal_price": "5350", "total_price": "4815", "discount_amount": "535"}


def test_currency_of_the_shopper_on_demand(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, GOOD)
    installed.faults(callback_currency="presentment")
    _checkout(installed, currency="GBP")
    rate = json.loads(installed.app.wait(hook_path)[0].body)["rate"]
    assert (rate["currency"], rate["items"][0]["price"]) == ("GBP", 2107)


def test_cheapest_option_comes_first_with_its_breakdown(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    cheap = {**GOOD, "service_code": "economy", "service_name": "Economy", "total_price": 990}
    _answers(installed, hook_path, GOOD, cheap)
    offer = _checkout(installed)
    assert offer["source"] == "carrier"
    assert [(r["service_code"], r["price"]) for r in offer["rates"]] == [("economy", "9.90"), ("express_ddp", "23.45")]
    assert offer["rates"][1]["metafields"] == GOOD["metafields"]


def test_currency_without_subunits_travels_in_hundredths(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, {**GOOD, "currency": "JPY", "total_price": "330000"})
    [rate] = _checkout(installed, currency="JPY")["rates"]
    assert (rate["price"], rate["shop_price"]) == ("3300", "20.00")


@pytest.mark.parametrize(
    "spoilt",
    [
        {"total_price": 23.45},
        {"total_price": "23.45"},
        {"total_price": -1},
        {"total_price": None},
        {"service_code": ""},
        {"description": None},
        {"currency": "XXX"},
        {"min_delivery_date": "2026-11-25T12:00:00Z"},
        {"metafields": [{"namespace": "a", "key": "b", "value": "c"}]},
        {"metafields": [{"namespace": "a", "key": "b", "type": "json", "value": "{"}]},
    ],
)
def test_answer_that_is_not_to_the_letter_gives_backup_rates(
    installed: Any, hook_path: str, spoilt: dict[str, Any]
) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, {**GOOD, **spoilt})
    offer = _checkout(installed)
    assert (offer["source"], [r["service_code"] for r in offer["rates"]]) == ("backup", ["backup_standard"])
    assert offer["errors"]


@pytest.mark.parametrize("status", [404, 500, 302])
def test_failing_callback_gives_backup_rates_without_a_second_try(installed: Any, hook_path: str, status: int) -> None:
    installed.carrier_service(hook_path)
    headers = {"Location": "http://elsewhere.example/"}
    installed.app.answers[hook_path] = lambda _: (status, b"{}", headers, 0.0)
    assert _checkout(installed)["source"] == "backup"
    assert len(installed.app.at(hook_path)) == 1


def test_callback_that_hangs_gives_backup_rates_when_the_time_is_up(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, GOOD, pause=4)
    installed.faults(callback_timeout_s=1.5)
    started = time.monotonic()
    offer = _checkout(installed)
    assert offer["source"] == "backup"
    assert time.monotonic() - started > 1.4
    assert installed.app.at(hook_path)[0].headers["x-shopify-timeout"] == "1500"


def test_empty_list_means_not_served(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path)
    offer = _checkout(installed)
    assert (offer["source"], offer["rates"]) == ("carrier", [])


def test_same_cart_is_not_asked_for_again_even_with_a_discount(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, GOOD)
    assert _checkout(installed)["cached"] is False
    assert _checkout(installed, discount="WELCOME10")["cached"] is True
    assert len(installed.app.at(hook_path)) == 1
    installed.faults(rate_cache=False)
    assert _checkout(installed)["cached"] is False
    assert len(installed.app.at(hook_path)) == 2


def test_another_quantity_or_address_is_asked_for_anew(installed: Any, hook_path: str) -> None:
    installed.carrier_service(hook_path)
    _answers(installed, hook_path, GOOD)
    first = installed.cart("NL-MUG-350")
    more = {**first, "items": [{**first["items"][0], "quantity": 2}]}
    elsewhere = {**first, "address": {**first["address"], "zip": "80331", "city": "München"}}
    cached = [installed.post("/api/checkout", json=cart).json()["cached"] for cart in (first, more, elsewhere, first)]
    assert cached == [False, False, False, True]


def test_switched_off_carrier_service_is_not_asked(installed: Any, hook_path: str) -> None:
    gid = installed.carrier_service(hook_path)
    update = """mutation ($input: DeliveryCarrierServiceUpdateInput!) {
      carrierServiceUpdate(input: $input) { carrierService { active } userErrors { message } } }"""
    installed.data(update, input={"id": gid, "active": False})
    assert _checkout(installed)["source"] == "backup"
    assert installed.app.at(hook_path) == []
    deleted = installed.data(f'mutation {{ carrierServiceDelete(id: "{gid}") {{ deletedId }} }}')
    assert deleted == {"carrierServiceDelete": {"deletedId": gid}}


@pytest.mark.parametrize(
    ("change", "field"),
    [({"country": "XX"}, "country"), ({"zip": ""}, "zip"), ({"country": "US", "province": "ZZ"}, "province")],
)
def test_address_that_cannot_be_used_is_named(installed: Any, change: dict[str, str], field: str) -> None:
    cart = installed.cart("NL-MUG-350")
    cart["address"] |= change
    answer = installed.post("/api/checkout", json=cart)
    assert (answer.status_code, answer.json()["field"]) == (422, field)
