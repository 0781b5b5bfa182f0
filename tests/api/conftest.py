"""Two merchants with a key each: the owner of the `merchant` fixture, and a stranger."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from shipsmart.api.schema import shapes
from shipsmart.merchants.models import ApiKey, Merchant


class Api:
    """Calls the API with one key (or none), as a program from outside would."""

    def __init__(self, key: str | None) -> None:
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}
        self.client = Client(enforce_csrf_checks=True)

    def get(self, path: str, **query: Any) -> HttpResponse:
        return self.client.get(f"/api/v1/{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, **headers: str) -> HttpResponse:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.post(
            f"/api/v1/{path}", raw, content_type="application/json", headers={**self.headers, **named}
        )


@pytest.fixture
def key(merchant: Merchant) -> str:
    return ApiKey.make(merchant, "test")


@pytest.fixture
def api(key: str) -> Api:
    return Api(key)


@pytest.fixture
def stranger(db: None) -> Api:
    other = Merchant.objects.create(name="Other", company="Other Ltd", city="Leeds", country="GB", currency="GBP")
    return Api(ApiKey.make(other, "theirs"))


@pytest.fixture
def nobody(db: None) -> Api:
    return Api(None)


@pytest.fixture
def request_body() -> Callable[..., dict[str, Any]]:
    """A T-shirt from Oslo to Berlin under IOSS; keywords replace its values."""

    def build(**changes: Any) -> dict[str, Any]:
        line = {"id": "a", "quantity": 2, "unit_price": "30.00", "hs_code": "610910", "origin": "PT"}
        base = {
            "at": "2026-11-10T12:00:00+01:00",
            "ship_from": {"country": "NO"},
            "ship_to": {"country": "DE"},
            "currency": "EUR",
            "lines": [line],
            "freight": "10.00",
            "schemes": ["EU_IOSS"],
        }
        return {**base, **changes}

    return build


@pytest.fixture
def fits() -> Callable[[str, Any], None]:
    """Check that a value has the shape that the description promises under a name."""
    document = DRAFT202012.create_resource({"components": {"schemas": shapes()}})
    registry = Registry().with_resource("urn:api", document)

    def check(name: str, value: Any) -> None:
        promised = {"$ref": f"urn:api#/components/schemas/{name}"}
        validator = OAS31Validator(promised, registry=registry, format_checker=oas31_format_checker)
        assert [error.message for error in validator.iter_errors(value)] == []

    return check
