"""The practice Royal Mail answers as Click & Drop's own descriptions say, and couriers as UPS's and FedEx's do."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from typing import Any

import pytest
import requests
from openapi_schema_validator import OAS30Validator

from tests.integrations.sandbox.carriers.conftest import TIMEOUT_S, Practice, _description

ADDRESS = {"fullName": "Joan Smith", "addressLine1": "7 Mill Lane", "city": "Leeds", "postcode": "LS1 4AP",
           "countryCode": "GB"}  # fmt: skip
KEY = {"Authorization": "Bearer k"}


def royal_mail(practice: Practice, method: str, path: str, **options: Any) -> requests.Response:
    url = f"{practice.url}/royal_mail{path}"
    return requests.request(method, url, timeout=TIMEOUT_S, headers=KEY, **options)


def order(reference: str, **changes: Any) -> dict[str, Any]:
    content = {"name": "Cotton T-shirt", "quantity": 1, "unitValue": 19.99, "unitWeightInGrams": 180}
    package = {"weightInGrams": 300, "packageFormatIdentifier": "smallParcel", "contents": [content]}
    return {
        "orderReference": reference, "recipient": {"address": ADDRESS}, "packages": [package],
        "orderDate": "2026-11-22T00:00:00Z", "subtotal": 19.99, "shippingCostCharged": 0, "total": 19.99,
        "currencyCode": "GBP", "postageDetails": {"serviceCode": "TPN24"},
        "label": {"includeLabelInResponse": True, "includeCN": False, "includeReturnsLabel": False}, **changes,
    }  # fmt: skip


def misfits_of(document: Any, path: str, name: str) -> list[str]:
    rule = {"$ref": f"#/definitions/{name}", "definitions": _description(path)["definitions"]}
    exact = json.loads(json.dumps(document), parse_float=Decimal)
    return [error.message[:200] for error in OAS30Validator(rule).iter_errors(exact)]


def test_an_order_is_taken_shown_printed_and_deleted_as_described(practice: Practice) -> None:
    made = royal_mail(practice, "POST", "/orders", json={"items": [order("prm-1")]}).json()
    (created,) = made["createdOrders"]
    assert base64.b64decode(created["label"]).startswith(b"%PDF")
    shown = royal_mail(practice, "GET", "/orders/%22prm-1%22").json()
    assert [row["orderIdentifier"] for row in shown] == [created["orderIdentifier"]]
    assert royal_mail(practice, "GET", "/orders/%22prm-1%22/label").content.startswith(b"%PDF")
    gone = royal_mail(practice, "DELETE", f"/orders/{created['orderIdentifier']}").json()
    assert royal_mail(practice, "GET", "/orders/%22prm-1%22").status_code == 404
    assert misfits_of(made, "royal_mail/orders.yml", "CreateOrdersResponse") == []
    assert misfits_of(shown[0], "royal_mail/orders.yml", "GetOrderInfoResource") == []
    assert misfits_of(gone, "royal_mail/orders.yml", "DeleteOrdersResource") == []


def test_a_sample_order_is_one_that_the_description_takes() -> None:
    assert misfits_of({"items": [order("prm-2")]}, "royal_mail/orders.yml", "CreateOrdersRequest") == []


@pytest.mark.parametrize("field", ["recipient", "orderDate", "subtotal", "total"])
def test_an_order_without_what_is_demanded_is_refused(practice: Practice, field: str) -> None:
    wrong = {name: value for name, value in order("prm-3").items() if name != field}
    answer = royal_mail(practice, "POST", "/orders", json={"items": [wrong]})
    assert (answer.status_code, field in answer.json()["message"]) == (400, True)


def test_goods_abroad_without_customs_data_fail_beside_a_200(practice: Practice) -> None:
    abroad = order("prm-4", recipient={"address": ADDRESS | {"countryCode": "DE"}})
    answer = royal_mail(practice, "POST", "/orders", json={"items": [abroad]}).json()
    assert (answer["successCount"], answer["errorsCount"]) == (0, 1)
    assert "Customs code" in answer["failedOrders"][0]["errors"][0]["errorMessage"]


def test_a_manifest_has_its_paper_at_the_second_look(practice: Practice) -> None:
    royal_mail(practice, "POST", "/orders", json={"items": [order("prm-5")]})
    made = royal_mail(practice, "POST", "/manifests", json={})
    assert (made.status_code, "documentPdf" in made.json()) == (202, False)
    shown = royal_mail(practice, "GET", f"/manifests/{made.json()['manifestNumber']}").json()
    assert base64.b64decode(shown["documentPdf"]).startswith(b"%PDF")
    assert misfits_of(made.json(), "royal_mail/manifests.yml", "ManifestOrdersResponse") == []


def test_a_stranger_is_not_let_in(practice: Practice) -> None:
    url = f"{practice.url}/royal_mail/orders"
    for headers in ({}, {"Authorization": "Bearer refused"}):
        assert requests.get(url, timeout=TIMEOUT_S, headers=headers).status_code == 401


def ups_pickup() -> dict[str, Any]:
    address = {"CompanyName": "Shop", "ContactName": "Ana", "AddressLine": ["1 Main St"], "City": "New York",
               "StateProvince": "NY", "PostalCode": "10001", "CountryCode": "US", "ResidentialIndicator": "N",
               "Phone": {"Number": "2125550123"}}  # fmt: skip
    piece = {"ServiceCode": "065", "Quantity": "2", "DestinationCountryCode": "DE", "ContainerCode": "01"}
    when = {"CloseTime": "1730", "ReadyTime": "1000", "PickupDate": "20261123"}
    asked = {"Request": {}, "RatePickupIndicator": "Y", "PickupDateInfo": when, "PickupAddress": address,
             "AlternateAddressIndicator": "Y", "PickupPiece": [piece], "PaymentMethod": "01"}  # fmt: skip
    return {"PickupCreationRequest": asked}


def test_a_ups_courier_is_booked_once_a_call_and_cancelled_once(practice: Practice) -> None:
    first, second = (practice.ups("POST", "/api/pickupcreation/v2409/pickup", json=ups_pickup()) for _ in range(2))
    numbers = [answer.json()["PickupCreationResponse"]["PRN"] for answer in (first, second)]
    assert len(set(numbers)) == 2
    cancel = "/api/shipments/v2409/pickup/02"
    statuses = [practice.ups("DELETE", cancel, headers={"Prn": numbers[0]}).status_code for _ in range(2)]
    assert statuses == [200, 400]
    schemas = _description("ups/Pickup.yaml")["components"]
    rule = {"$ref": "#/components/schemas/PICKUPCreationResponseWrapper", "components": schemas}
    found = [error.message for error in OAS30Validator(rule).iter_errors(first.json())]
    # The description asks for amounts of exactly eight characters.
    assert [text for text in found if "6.85" not in text] == []
