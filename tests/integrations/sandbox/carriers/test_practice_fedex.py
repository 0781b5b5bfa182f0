import base64
import io
from datetime import UTC, datetime
from typing import Any

import pypdfium2
import pytest
import requests
import zxingcpp

from integrations.sandbox.carriers.numbers import fedex_check_digit

RATE_API, SHIP_API, TRACK_API = "fedex/rate-api.json", "fedex/ship-api.json", "fedex/track.json"


@pytest.fixture
def call(practice):
    form = {"grant_type": "client_credentials", "client_id": "id", "client_secret": "secret"}
    token = requests.post(f"{practice.url}/fedex/oauth/token", data=form, timeout=5).json()["access_token"]

    def send(method: str, path: str, document: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {token}"}
        return requests.request(method, f"{practice.url}/fedex{path}", json=document, headers=headers, timeout=10)

    return send


def _commodity() -> dict[str, Any]:
    return {
        "description": "Cotton T-shirt, knitted", "quantity": 3, "quantityUnits": "PCS", "countryOfManufacture": "PT",
        "unitPrice": {"amount": 19.99, "currency": "USD"}, "customsValue": {"amount": 59.97, "currency": "USD"},
        "harmonizedCode": "610910", "weight": {"units": "KG", "value": 0.66},
    }  # fmt: skip


def _rates() -> dict[str, Any]:
    return {
        "accountNumber": {"value": "123456789"},
        "requestedShipment": {
            "shipper": {"address": {"postalCode": "10001", "countryCode": "US"}},
            "recipient": {"address": {"postalCode": "10115", "countryCode": "DE"}},
            "pickupType": "USE_SCHEDULED_PICKUP",
            "customsClearanceDetail": {"commodities": [_commodity()]},
            "requestedPackageLineItems": [{"weight": {"units": "KG", "value": 1.25}}],
        },
    }


def _party(country: str) -> dict[str, Any]:
    return {
        "address": {"streetLines": ["12 Main Street"], "city": "Town", "postalCode": "10001", "countryCode": country},
        "contact": {"personName": "Ana Reis", "companyName": "Loja Norte", "phoneNumber": "5511999990000"},
    }


def _shipment(reference: str) -> dict[str, Any]:
    return {
        "accountNumber": {"value": "123456789"},
        "labelResponseOptions": "LABEL",
        "requestedShipment": {
            "shipper": _party("US"),
            "recipients": [_party("DE")],
            "pickupType": "USE_SCHEDULED_PICKUP",
            "serviceType": "INTERNATIONAL_ECONOMY",
            "packagingType": "YOUR_PACKAGING",
            "totalWeight": 1.25,
            "shippingChargesPayment": {"paymentType": "SENDER"},
            "customsClearanceDetail": {
                "dutiesPayment": {"paymentType": "SENDER"},
                "commodities": [_commodity()],
                "totalCustomsValue": {"amount": 59.97, "currency": "USD"},
                "commercialInvoice": {"termsOfSale": "DDP"},
            },
            "labelSpecification": {"labelStockType": "STOCK_4X6", "imageType": "PDF"},
            "requestedPackageLineItems": [
                {
                    "weight": {"units": "KG", "value": 1.25},
                    "customerReferences": [{"customerReferenceType": "CUSTOMER_REFERENCE", "value": reference}],
                }
            ],
        },
    }


def _buy(call, reference: str) -> str:
    response = call("POST", "/ship/v1/shipments", _shipment(reference))
    assert response.status_code == 200, response.text
    return response.json()["output"]["transactionShipments"][0]["masterTrackingNumber"]


def test_check_digit_is_that_of_a_published_number() -> None:
    assert fedex_check_digit("98657878885") == 5


def test_without_a_token_nothing_is_answered(practice, call) -> None:
    practice.handle("DELETE", "/tokens")
    response = call("POST", "/rate/v1/rates/quotes", _rates())
    assert (response.status_code, response.json()["errors"][0]["code"]) == (401, "NOT.AUTHORIZED.ERROR")


def test_rates_fit_the_description(call, misfits) -> None:
    response = call("POST", "/rate/v1/rates/quotes", _rates())
    assert misfits(response, RATE_API, ("/rate/v1/rates/quotes", "post")) == []
    details = response.json()["output"]["rateReplyDetails"]
    assert [d["serviceType"] for d in details] == ["FEDEX_INTERNATIONAL_PRIORITY", "INTERNATIONAL_ECONOMY"]
    assert details[0]["ratedShipmentDetails"][0]["currency"] == "USD"
    without = _rates()
    del without["requestedShipment"]["customsClearanceDetail"]
    assert call("POST", "/rate/v1/rates/quotes", without).status_code == 400


def test_a_shipment_fits_the_description_and_its_label_carries_the_number(practice, call, misfits) -> None:
    response = call("POST", "/ship/v1/shipments", _shipment("FX-LABEL"))
    assert misfits(response, SHIP_API, ("/ship/v1/shipments", "post")) == []
    piece = response.json()["output"]["transactionShipments"][0]["pieceResponses"][0]
    drawn = base64.b64decode(piece["packageDocuments"][0]["encodedLabel"])
    page = pypdfium2.PdfDocument(io.BytesIO(drawn))[0].render(scale=203 / 72).to_pil()
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [piece["trackingNumber"]]
    sold = practice.with_reference("FX-LABEL")
    assert [(s["duties_payer"], s["incoterm"], s["declared_value"]) for s in sold] == [("shipper", "DDP", 59.97)]


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda s: s.pop("customsClearanceDetail"), "Customs clearance detail is required"),
        (lambda s: s["customsClearanceDetail"]["commodities"][0].pop("unitPrice"), "unitPrice is required"),
        (lambda s: s["shipper"]["contact"].pop("phoneNumber"), "required key [phoneNumber]"),
        (lambda s: s.update(serviceType="FEDEX_GROUND"), "not available"),
    ],
)
def test_a_bad_shipment_is_refused_in_fedexs_shape(practice, call, misfits, spoil, says) -> None:
    document = _shipment("FX-BAD")
    spoil(document["requestedShipment"])
    response = call("POST", "/ship/v1/shipments", document)
    assert response.status_code == 400
    assert misfits(response, SHIP_API, ("/ship/v1/shipments", "post")) == []
    assert any(says in error["message"] for error in response.json()["errors"])
    assert practice.with_reference("FX-BAD") == []


def test_tracking_fits_the_description_newest_first_and_names_unknown_numbers(practice, call, misfits) -> None:
    number = _buy(call, "FX-TRACK")
    practice.advance(hours=24 * 20)
    asked = [{"trackingNumberInfo": {"trackingNumber": n}} for n in (number, "999999999999")]
    response = call("POST", "/track/v1/trackingnumbers", {"includeDetailedScans": True, "trackingInfo": asked})
    assert misfits(response, TRACK_API, ("/track/v1/trackingnumbers", "post")) == []
    known, unknown = (entry["trackResults"][0] for entry in response.json()["output"]["completeTrackResults"])
    codes = " ".join(event["eventType"] for event in known["scanEvents"])
    assert codes == "DL OD AF CC CP AR DP AR DP EA AR PU OC"
    moments = [datetime.fromisoformat(e["date"]).astimezone(UTC) for e in known["scanEvents"]]
    assert moments == sorted(moments, reverse=True)
    assert known["latestStatusDetail"]["code"] == "DL"
    assert unknown["error"]["code"] == "TRACKING.TRACKINGNUMBER.NOTFOUND"


def test_a_shipment_is_found_by_reference_and_can_be_cancelled_once(call, misfits) -> None:
    number = _buy(call, "FX-FIND")
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    asked = {"value": "FX-FIND", "accountNumber": "123456789", "shipDateBegin": today, "shipDateEndDate": today}
    found = call("POST", "/track/v1/referencenumbers", {"referencesInformation": asked})
    assert misfits(found, TRACK_API, ("/track/v1/referencenumbers", "post")) == []
    assert [r["trackingNumber"] for r in found.json()["output"]["completeTrackResults"]] == [number]
    document = {"accountNumber": {"value": "123456789"}, "trackingNumber": number}
    cancelled = call("PUT", "/ship/v1/shipments/cancel", document)
    assert misfits(cancelled, SHIP_API, ("/ship/v1/shipments/cancel", "put")) == []
    assert cancelled.json()["output"]["cancelledShipment"] is True
    assert call("PUT", "/ship/v1/shipments/cancel", document).status_code == 400


def test_request_refused_for_its_token_uses_up_no_fault(practice, call) -> None:
    practice.fault(carrier="fedex", operation="ship", kind="accept_then_http_500", count=1)
    stale = {"Authorization": "Bearer of-yesterday"}
    refused = requests.post(f"{practice.url}/fedex/ship/v1/shipments", json={}, headers=stale, timeout=5)
    assert refused.status_code == 401
    assert call("POST", "/ship/v1/shipments", {}).status_code == 400
    assert [fault["count"] for fault in practice.handle("GET", "/faults")["faults"]] == [1]
