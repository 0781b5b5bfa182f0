"""The practice carriers as a real process, sample requests for them, and the descriptions to check answers by."""

from __future__ import annotations

import functools
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml
from openapi_schema_validator import OAS30Validator

ROOT = Path(__file__).resolve().parents[4]
CONTRACTS = Path(os.environ.get("SHIPSMART_SHARED", ROOT.parent / "shared")) / "contracts"
TIMEOUT_S = 10


@dataclass
class Practice:
    """A running practice process and short ways to talk to it."""

    url: str
    dhl_url: str
    ups_url: str

    def dhl(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", TIMEOUT_S)
        options.setdefault("auth", ("merchant", "secret"))
        return requests.request(method, self.dhl_url + path, **options)

    def ups(self, method: str, path: str, **options: Any) -> requests.Response:
        options.setdefault("timeout", TIMEOUT_S)
        headers = {"Authorization": f"Bearer {self.token()}", "transId": "t-1", "transactionSrc": "testing"}
        options["headers"] = {**headers, **options.get("headers", {})}
        return requests.request(method, self.ups_url + path, **options)

    def token(self) -> str:
        form = {"grant_type": "client_credentials"}
        url = f"{self.ups_url}/security/v1/oauth/token"
        return requests.post(url, data=form, auth=("id", "secret"), timeout=TIMEOUT_S).json()["access_token"]

    def handle(self, method: str, path: str, **options: Any) -> Any:
        response = requests.request(method, f"{self.url}/_practice{path}", timeout=TIMEOUT_S, **options)
        assert response.ok, response.text
        return response.json()

    def fault(self, **fault: Any) -> None:
        self.handle("POST", "/faults", json=fault)

    def advance(self, hours: float) -> None:
        self.handle("POST", "/clock", json={"advance_s": hours * 3600})

    def sold(self, **filters: str) -> list[dict[str, Any]]:
        return self.handle("GET", "/shipments", params=filters)["shipments"]

    def with_reference(self, reference: str) -> list[dict[str, Any]]:
        return [s for s in self.sold() if any(r["value"] == reference for r in s["references"])]


@pytest.fixture(scope="session")
def process() -> Iterator[Practice]:
    command = [sys.executable, "-m", "integrations.sandbox.carriers", "--port", "0"]
    running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert running.stdout is not None
    ready = json.loads(running.stdout.readline())
    yield Practice(ready["url"], ready["dhl_express"], ready["ups"])
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=10) == 0


@pytest.fixture
def practice(process: Practice) -> Iterator[Practice]:
    yield process
    process.handle("DELETE", "/faults")
    process.handle("DELETE", "/requests")


@functools.cache
def _description(path: str) -> dict[str, Any]:
    file = CONTRACTS / path
    if not file.exists():
        pytest.skip(f"the partner's description {path} is not here; set SHIPSMART_SHARED")
    loaded = yaml.load(file.read_text(), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return _cleaned(loaded, is_ups=path.startswith("ups/"))


def _cleaned(node: Any, *, is_ups: bool) -> Any:
    """Floats become Decimal, as the answers are read. UPS writes `maximum: 1` for 'occurs once': that goes."""
    if isinstance(node, dict):
        dropped = {"maximum"} if is_ups else set()
        return {k: _cleaned(v, is_ups=is_ups) for k, v in node.items() if k not in dropped}
    if isinstance(node, list):
        return [_cleaned(item, is_ups=is_ups) for item in node]
    return Decimal(str(node)) if isinstance(node, float) else node


@pytest.fixture
def misfits() -> Callable[..., list[str]]:
    """Return a function that lists how a response breaks the partner's description; empty when it fits."""

    def check(response: requests.Response, path: str, operation: tuple[str, str]) -> list[str]:
        description = _description(path)
        route, method = operation
        answers = description["paths"][route][method]["responses"]
        schema = answers[str(response.status_code)]["content"]["application/json"]["schema"]
        document = json.loads(response.text, parse_float=Decimal)
        validator = OAS30Validator({**schema, "components": description["components"]})
        return [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(document)]

    return check


@pytest.fixture
def request_misfits() -> Callable[[Any, str, tuple[str, str]], list[str]]:
    """Return a function that lists how one of our sample requests breaks the partner's description."""

    def check(document: Any, path: str, operation: tuple[str, str]) -> list[str]:
        description = _description(path)
        schema = description["paths"][operation[0]][operation[1]]["requestBody"]["content"]["application/json"][
            "schema"
        ]
        document = json.loads(json.dumps(document), parse_float=Decimal)
        validator = OAS30Validator({**schema, "components": description["components"]})
        return [f"{list(error.path)}: {error.message[:200]}" for error in validator.iter_errors(document)]

    return check


def _dhl_party(country: str, city: str, postcode: str) -> dict[str, Any]:
    return {
        "postalAddress": {
            "addressLine1": "Rua das Flores 12", "cityName": city, "postalCode": postcode, "countryCode": country,
        },
        "contactInformation": {"companyName": "Loja Norte", "fullName": "Ana Reis", "phone": "+5511999990000"},
    }  # fmt: skip


@pytest.fixture
def dhl_shipment() -> Callable[..., dict[str, Any]]:
    """Return a maker of valid DHL shipment requests from Brazil to Germany, DDP."""

    def make(reference: str) -> dict[str, Any]:
        line = {
            "number": 1, "description": "Cotton T-shirt, knitted", "price": 19.99, "manufacturerCountry": "PT",
            "quantity": {"value": 3, "unitOfMeasurement": "PCS"}, "weight": {"netValue": 0.6, "grossValue": 0.66},
            "commodityCodes": [{"typeCode": "inbound", "value": "6109100010"}],
        }  # fmt: skip
        return {
            "plannedShippingDateAndTime": f"{datetime.now(UTC):%Y-%m-%d}T18:00:00 GMT+00:00",
            "pickup": {"isRequested": False},
            "productCode": "P",
            "accounts": [
                {"typeCode": "shipper", "number": "123456789"},
                {"typeCode": "duties-taxes", "number": "123456789"},
            ],
            "valueAddedServices": [{"serviceCode": "DD"}],
            "customerReferences": [{"value": reference, "typeCode": "CU"}],
            "customerDetails": {
                "shipperDetails": _dhl_party("BR", "Sao Paulo", "01310-100"),
                "receiverDetails": _dhl_party("DE", "Berlin", "10115"),
            },
            "content": {
                "packages": [{"weight": 1.25, "dimensions": {"length": 30.5, "width": 20.9, "height": 10.4}}],
                "isCustomsDeclarable": True,
                "declaredValue": 59.97,
                "declaredValueCurrency": "USD",
                "description": "Cotton T-shirts",
                "incoterm": "DDP",
                "unitOfMeasurement": "metric",
                "exportDeclaration": {"lineItems": [line], "invoice": {"number": "INV-1", "date": "2026-11-22"}},
            },
            "outputImageProperties": {
                "encodingFormat": "pdf",
                "imageOptions": [
                    {"typeCode": "label", "isRequested": True},
                    {"typeCode": "waybillDoc", "isRequested": True},
                    {"typeCode": "invoice", "isRequested": True},
                ],
            },
        }

    return make


@pytest.fixture
def dhl_rates() -> dict[str, Any]:
    return {
        "customerDetails": {
            "shipperDetails": {"postalCode": "01310-100", "cityName": "Sao Paulo", "countryCode": "BR"},
            "receiverDetails": {"postalCode": "10115", "cityName": "Berlin", "countryCode": "DE"},
        },
        "accounts": [{"typeCode": "shipper", "number": "123456789"}],
        "plannedShippingDateAndTime": "2026-11-20T13:00:00GMT+00:00",
        "unitOfMeasurement": "metric",
        "isCustomsDeclarable": True,
        "packages": [{"weight": 1.25, "dimensions": {"length": 30.5, "width": 20.9, "height": 10.4}}],
    }


def _ups_party(country: str, city: str, postcode: str) -> dict[str, Any]:
    return {
        "Name": "Loja Norte", "AttentionName": "Ana Reis", "Phone": {"Number": "5511999990000"},
        "Address": {"AddressLine": ["12 Main Street"], "City": city, "PostalCode": postcode, "CountryCode": country},
    }  # fmt: skip


@pytest.fixture
def ups_shipment() -> Callable[..., dict[str, Any]]:
    """Return a maker of valid UPS shipment requests from the United States to Great Britain, duties to the shipper."""

    def make(reference: str, label: str = "GIF") -> dict[str, Any]:
        shipper = {**_ups_party("US", "New York", "10001"), "ShipperNumber": "A1B2C3"}
        product = {
            "Description": ["Cotton T-shirt, knitted"], "CommodityCode": "6109100010", "OriginCountryCode": "PT",
            "Unit": {"Number": "3", "UnitOfMeasurement": {"Code": "PCS"}, "Value": "19.99"},
        }  # fmt: skip
        forms = {
            "FormType": ["01"], "Product": [product], "InvoiceNumber": "INV-1", "InvoiceDate": "20261122",
            "TermsOfShipment": "DDP", "ReasonForExport": "SALE", "CurrencyCode": "USD",
            "Contacts": {"SoldTo": _ups_party("GB", "London", "SW1A 1AA")},
        }  # fmt: skip
        shipment = {
            "Description": "Cotton T-shirts",
            "Shipper": shipper,
            "ShipFrom": _ups_party("US", "New York", "10001"),
            "ShipTo": _ups_party("GB", "London", "SW1A 1AA"),
            "PaymentInformation": {
                "ShipmentCharge": [
                    {"Type": "01", "BillShipper": {"AccountNumber": "A1B2C3"}},
                    {"Type": "02", "BillShipper": {"AccountNumber": "A1B2C3"}},
                ]
            },
            "Service": {"Code": "65"},
            "ReferenceNumber": [{"Code": "PO", "Value": reference}],
            "InvoiceLineTotal": {"CurrencyCode": "USD", "MonetaryValue": "59.97"},
            "ShipmentServiceOptions": {"InternationalForms": forms},
            "Package": [
                {
                    "Packaging": {"Code": "02"},
                    "PackageWeight": {"UnitOfMeasurement": {"Code": "KGS"}, "Weight": "1.25"},
                }
            ],
        }
        return {
            "ShipmentRequest": {
                "Request": {"RequestOption": "nonvalidate", "TransactionReference": {"CustomerContext": reference}},
                "Shipment": shipment,
                "LabelSpecification": {
                    "LabelImageFormat": {"Code": label},
                    "LabelStockSize": {"Height": "6", "Width": "4"},
                },
            }
        }

    return make


@pytest.fixture
def ups_rates() -> dict[str, Any]:
    where = {"AddressLine": ["12 Main Street"], "City": "New York", "PostalCode": "10001", "CountryCode": "US"}
    there = {"AddressLine": ["1 The Mall"], "City": "London", "PostalCode": "SW1A 1AA", "CountryCode": "GB"}
    weight = {"UnitOfMeasurement": {"Code": "KGS", "Description": "Kilograms"}, "Weight": "1.25"}
    return {
        "RateRequest": {
            "Request": {"TransactionReference": {"CustomerContext": "c"}},
            "Shipment": {
                "Shipper": {"ShipperNumber": "A1B2C3", "Address": where},
                "ShipTo": {"Address": there},
                "Package": [{"PackageWeight": weight}],
            },
        }
    }
