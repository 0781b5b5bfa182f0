"""Who may ask, how often, and that every refusal has one shape."""

import json

import pytest
from django.utils import timezone

from shipsmart.api import throttling
from shipsmart.merchants.models import ApiKey

ADDRESSES = [
    ("get", "orders"),
    ("get", "orders/1001"),
    ("get", "landed-cost/quotes/q_1"),
    ("get", "landed-cost/quotes/q_1/explain"),
    ("post", "landed-cost/quotes"),
    ("post", "landed-cost/verify"),
    ("post", "landed-cost/replay/q_1"),
    ("post", "landed-cost/revise"),
    ("post", "papers"),
]


def error_of(response):
    body = json.loads(response.content)
    assert response["Content-Type"] == "application/json"
    assert list(body) == ["error"]
    assert set(body["error"]) == {"code", "message", "details"}
    return body["error"]


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_nobody_gets_in_without_a_key(nobody, method, path):
    response = getattr(nobody, method)(path)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == 'Bearer realm="ShipSmart"'
    assert error_of(response)["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "header",
    ["Bearer", "Bearer ss_wrong", "Basic c3M6c3M=", "ss_bare", "Bearer ss_" + "x" * 300, "Bearer ss_ä", "Bearer \x00"],
)
def test_a_wrong_key_is_refused(nobody, header):
    nobody.headers = {"Authorization": header}
    response = nobody.get("orders")
    assert response.status_code == 401
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert error_of(response)["code"] == "bad_credentials"


def test_a_revoked_key_is_refused_at_once(api, merchant):
    assert api.get("orders").status_code == 200
    ApiKey.objects.filter(merchant=merchant).update(revoked_at=timezone.now())
    assert error_of(api.get("orders"))["code"] == "bad_credentials"


def test_a_session_opens_nothing(nobody, django_user_model):
    nobody.client.force_login(django_user_model.objects.create_user("ingrid"))
    assert nobody.get("orders").status_code == 401


def test_a_key_is_stopped_at_its_limit_and_others_are_not(api, stranger, settings, monkeypatch):
    settings.API_PER_MINUTE = 3
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_015.0)
    assert [api.get("orders").status_code for _ in range(4)] == [200, 200, 200, 429]
    response = api.get("orders")
    assert response["Retry-After"] == "45"
    assert error_of(response)["details"] == {"retry_after_s": 45}
    assert stranger.get("orders").status_code == 200
    monkeypatch.setattr(throttling.time, "time", lambda: 1_800_000_060.0)
    assert api.get("orders").status_code == 200


def test_an_unknown_address_is_answered_in_json(api):
    response = api.get("landed-cost/nothing")
    assert response.status_code == 404
    assert error_of(response)["code"] == "not_found"
    assert api.get("landed-cost/quotes/%00").status_code == 404


def test_a_wrong_method_is_answered_in_json(api):
    response = api.get("landed-cost/quotes")
    assert response.status_code == 405
    assert "POST" in response["Allow"]
    assert error_of(response)["code"] == "method_not_allowed"


def test_an_unknown_parameter_is_refused_by_name(api):
    response = api.get("orders", colour="red")
    assert response.status_code == 400
    assert error_of(response)["details"] == {"field": "colour"}


def test_what_nobody_expected_is_recorded_and_tells_nothing(api, monkeypatch, caplog):
    def break_down(*_, **__):
        raise RuntimeError("the secret inside")

    monkeypatch.setattr("shipsmart.api.orders.page_of_orders", break_down)
    response = api.get("orders")
    assert response.status_code == 500
    assert error_of(response)["code"] == "internal_error"
    assert b"secret" not in response.content
    assert "the API failed at /api/v1/orders" in caplog.text
