import base64
import io
import json
from datetime import UTC, datetime
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp

from integrations.sandbox.carriers.numbers import is_dhl_waybill

MYDHL = "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"


def test_our_sample_requests_fit_the_description(request_misfits, dhl_shipment, dhl_rates) -> None:
    assert request_misfits(dhl_shipment("R"), MYDHL, ("/shipments", "post")) == []
    assert request_misfits(dhl_rates, MYDHL, ("/rates", "post")) == []


def test_rates_fit_the_description_and_name_the_shippers_currency(practice, misfits, dhl_rates) -> None:
    response = practice.dhl("POST", "/rates", json=dhl_rates, headers={"Message-Reference": "quote-1"})
    assert response.status_code == 200
    assert misfits(response, MYDHL, ("/rates", "post")) == []
    assert response.headers["Message-Reference"] == "quote-1"
    products = {product["productCode"]: product for product in response.json()["products"]}
    assert set(products) == {"P", "Y"}
    assert products["P"]["totalPrice"][0]["priceCurrency"] == "BRL"
    assert products["P"]["deliveryCapabilities"]["estimatedDeliveryDateAndTime"] == "2026-11-26T23:59:00"


def test_price_follows_the_greater_of_actual_and_volumetric_weight(practice, dhl_rates) -> None:
    # 60 x 50 x 40 cm / 5000 = 24 kg: 46.70 + 47 x 4.95 = 279.35 EUR, fuel 63.55, demand 7.20
    dhl_rates["packages"] = [{"weight": 2, "dimensions": {"length": 60, "width": 50, "height": 40}}]
    products = practice.dhl("POST", "/rates", json=dhl_rates).json()["products"]
    euros = next(t for t in products[0]["totalPrice"] if t["currencyType"] == "BASEC")
    assert Decimal(str(euros["price"])) == Decimal("350.10")


def test_economy_exists_only_where_there_is_a_road(practice, dhl_rates) -> None:
    dhl_rates["customerDetails"]["shipperDetails"]["countryCode"] = "GB"
    codes = [p["productCode"] for p in practice.dhl("POST", "/rates", json=dhl_rates).json()["products"]]
    assert codes == ["P", "Y", "H"]


@pytest.mark.parametrize("login", [None, ("", ""), ("refused", "secret")])
def test_wrong_credentials_are_refused(practice, dhl_rates, login) -> None:
    assert practice.dhl("POST", "/rates", json=dhl_rates, auth=login).status_code == 401


def test_landed_cost_fits_the_description(practice, misfits) -> None:
    ends = {
        "shipperDetails": {"postalCode": "90011", "cityName": "Los Angeles", "countryCode": "US"},
        "receiverDetails": {"postalCode": "1010", "cityName": "Vienna", "countryCode": "AT"},
    }
    item = {
        "number": 1, "manufacturerCountry": "US", "quantity": 2, "unitPrice": 50, "unitPriceCurrencyCode": "EUR",
        "commodityCode": "6109100010",
    }  # fmt: skip
    document = {
        "customerDetails": ends, "accounts": [{"typeCode": "shipper", "number": "123456789"}], "productCode": "P",
        "unitOfMeasurement": "metric", "currencyCode": "EUR", "isCustomsDeclarable": True, "getCostBreakdown": True,
        "charges": [{"typeCode": "freight", "amount": 20, "currencyCode": "EUR"}],
        "packages": [{"weight": 1}], "items": [item],
    }  # fmt: skip
    response = practice.dhl("POST", "/landed-cost", json=document)
    assert misfits(response, MYDHL, ("/landed-cost", "post")) == []
    prices = {row["name"]: row["price"] for row in response.json()["products"][0]["items"][0]["breakdown"]}
    assert prices == {"CIF": 120, "DUTY": 14.4, "VAT": 26.88}  # 12 % of 120, then 20 % of 134.40


def test_a_shipment_fits_the_description_and_its_label_carries_the_waybill(practice, misfits, dhl_shipment) -> None:
    response = practice.dhl("POST", "/shipments", json=dhl_shipment("LABEL-1"))
    assert response.status_code == 201
    assert misfits(response, MYDHL, ("/shipments", "post")) == []
    body = response.json()
    assert is_dhl_waybill(body["shipmentTrackingNumber"])
    documents = {document["typeCode"]: base64.b64decode(document["content"]) for document in body["documents"]}
    assert set(documents) == {"label", "waybillDoc", "invoice"}
    page = pypdfium2.PdfDocument(io.BytesIO(documents["label"]))[0]
    assert [round(side / 72, 2) for side in page.get_size()] == [4.0, 6.0]
    codes = {code.text for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())}
    assert codes == {body["shipmentTrackingNumber"], body["packages"][0]["trackingNumber"]}
    text = pypdfium2.PdfDocument(io.BytesIO(documents["invoice"]))[0].get_textpage().get_text_range()
    assert "3 x 19.99 = 59.97" in text


def test_the_label_comes_as_zpl_when_asked(practice, dhl_shipment) -> None:
    document = dhl_shipment("ZPL-1")
    document["outputImageProperties"] = {"encodingFormat": "zpl"}
    body = practice.dhl("POST", "/shipments", json=document).json()
    label = base64.b64decode(body["documents"][0]["content"]).decode()
    assert label.startswith("^XA")
    assert f"^FD{body['shipmentTrackingNumber']}^FS" in label


def test_buying_twice_makes_two_shipments(practice, dhl_shipment) -> None:
    document = dhl_shipment("TWICE-1")
    numbers = {practice.dhl("POST", "/shipments", json=document).json()["shipmentTrackingNumber"] for _ in range(2)}
    sold = practice.with_reference("TWICE-1")
    assert {shipment["number"] for shipment in sold} == numbers
    assert len(numbers) == 2


def test_what_was_sold_names_the_payer_of_duties(practice, dhl_shipment) -> None:
    practice.dhl("POST", "/shipments", json=dhl_shipment("PAYER-1"))
    promise_broken = dhl_shipment("PAYER-2")
    del promise_broken["valueAddedServices"]
    practice.dhl("POST", "/shipments", json=promise_broken)
    first, second = practice.with_reference("PAYER-1") + practice.with_reference("PAYER-2")
    assert (first["duties_payer"], first["incoterm"], first["declared_value"]) == ("shipper", "DDP", 59.97)
    assert (second["duties_payer"], second["incoterm"]) == ("receiver", "DDP")


def _without(document, *path):
    *parents, last = path
    holder = document
    for name in parents:
        holder = holder[name]
    del holder[last]
    return document


def _with(document, value, *path):
    *parents, last = path
    holder = document
    for name in parents:
        holder = holder[name]
    holder[last] = value
    return document


@pytest.mark.parametrize(
    ("spoil", "status", "says"),
    [
        (lambda d: _without(d, "content", "incoterm"), 422, "required key [incoterm] not found"),
        (lambda d: _with(d, "DDX", "content", "incoterm"), 422, "DDX is not a valid enum value"),
        (lambda d: _with(d, "x" * 71, "content", "description"), 422, "expected maxLength: 70, actual: 71"),
        (lambda d: _with(d, 1, "content", "colour"), 422, "extraneous key [colour] is not permitted"),
        (lambda d: _with(d, "1.25", "content", "packages", 0, "weight"), 422, "expected type: Number, found: String"),
        (lambda d: _without(d, "content", "exportDeclaration"), 400, "#/content/exportDeclaration"),
        (lambda d: _with(d, d["accounts"][:1], "accounts"), 400, "duties-taxes"),
        (lambda d: _with(d, "H", "productCode"), 400, "not available between"),
        (lambda d: _with(d, "2020-01-01T10:00:00 GMT+00:00", "plannedShippingDateAndTime"), 400, "ten days"),
        (lambda d: _with(d, "000000000", "accounts", 0, "number"), 400, "account number is not found"),
        (lambda d: _with(d, "XX", "customerDetails", "receiverDetails", "postalAddress", "countryCode"), 400, "XX"),
    ],
)
def test_a_bad_shipment_is_refused_in_dhls_words_and_not_booked(
    practice, misfits, dhl_shipment, spoil, status, says
) -> None:
    response = practice.dhl("POST", "/shipments", json=spoil(dhl_shipment("BAD-1")))
    assert response.status_code == status
    assert says in response.json()["detail"]
    assert misfits(response, MYDHL, ("/shipments", "post")) == []
    assert practice.with_reference("BAD-1") == []


def test_tracking_fits_the_description_and_ends_delivered(practice, misfits, dhl_shipment) -> None:
    number = practice.dhl("POST", "/shipments", json=dhl_shipment("TRACK-1")).json()["shipmentTrackingNumber"]
    practice.advance(hours=24 * 10)
    query = {"requestGMTOffsetPerEvent": "true", "levelOfDetail": "all"}
    response = practice.dhl("GET", f"/shipments/{number}/tracking", params=query)
    route = ("/shipments/{shipmentTrackingNumber}/tracking", "get")
    assert misfits(response, MYDHL, route) == []
    events = response.json()["shipments"][0]["events"]
    assert [e["typeCode"] for e in events] == [
        "PU",
        "AF",
        "PL",
        "RR",
        "DF",
        "AF",
        "PL",
        "DF",
        "AF",
        "IC",
        "CR",
        "AR",
        "WC",
        "OK",
    ]
    moments = [datetime.fromisoformat(f"{e['date']}T{e['time']}{e['GMTOffset']}").astimezone(UTC) for e in events]
    assert moments == sorted(moments)
    assert events[0]["GMTOffset"] == "-03:00"  # Brazil keeps one time all year
    assert events[-1]["GMTOffset"] in ("+01:00", "+02:00")


def test_several_numbers_are_tracked_at_once_and_unknown_ones_left_out(practice, misfits, dhl_shipment) -> None:
    numbers = [
        practice.dhl("POST", "/shipments", json=dhl_shipment(f"MANY-{n}")).json()["shipmentTrackingNumber"]
        for n in range(2)
    ]
    response = practice.dhl("GET", "/tracking", params={"shipmentTrackingNumber": ",".join([*numbers, "1234567891"])})
    assert misfits(response, MYDHL, ("/tracking", "get")) == []
    assert [s["shipmentTrackingNumber"] for s in response.json()["shipments"]] == numbers


def test_a_shipment_is_found_by_reference_account_and_day(practice, misfits, dhl_shipment) -> None:
    number = practice.dhl("POST", "/shipments", json=dhl_shipment("FIND-1")).json()["shipmentTrackingNumber"]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    query = {
        "shipmentReference": "FIND-1",
        "shipperAccountNumber": "123456789",
        "dateRangeFrom": today,
        "dateRangeTo": today,
    }
    found = practice.dhl("GET", "/tracking", params=query)
    assert [s["shipmentTrackingNumber"] for s in found.json()["shipments"]] == [number]
    missing = practice.dhl("GET", "/tracking", params={**query, "shipmentReference": "FIND-2"})
    assert missing.status_code == 404
    assert missing.json()["detail"] == "No Shipments Found for ReferenceID | FIND-2"
    assert misfits(missing, MYDHL, ("/tracking", "get")) == []
    assert practice.dhl("GET", "/tracking", params={**query, "shipperAccountNumber": "1"}).status_code == 404
    del query["shipperAccountNumber"]
    assert practice.dhl("GET", "/tracking", params=query).status_code == 400


def test_pickup_and_address_check_fit_the_description(practice, misfits, dhl_shipment) -> None:
    party = dhl_shipment("x")["customerDetails"]["shipperDetails"]
    pickup = {
        "plannedPickupDateAndTime": f"{datetime.now(UTC):%Y-%m-%d}T15:00:00 GMT+00:00",
        "accounts": [{"typeCode": "shipper", "number": "123456789"}],
        "customerDetails": {"shipperDetails": party},
        "shipmentDetails": [
            {
                "productCode": "P",
                "isCustomsDeclarable": True,
                "unitOfMeasurement": "metric",
                "packages": [{"weight": 1}],
            }
        ],
    }
    booked = practice.dhl("POST", "/pickups", json=pickup)
    assert booked.status_code == 201
    assert misfits(booked, MYDHL, ("/pickups", "post")) == []
    query = {"type": "delivery", "countryCode": "DE", "postalCode": "10115"}
    checked = practice.dhl("GET", "/address-validate", params=query)
    assert misfits(checked, MYDHL, ("/address-validate", "get")) == []
    assert practice.dhl("GET", "/address-validate", params={**query, "countryCode": "ZZ"}).status_code == 400


def test_every_request_is_remembered_with_its_body_but_without_the_password(practice, dhl_rates) -> None:
    practice.dhl("POST", "/rates", json=dhl_rates)
    entry = practice.handle("GET", "/requests", params={"operation": "rates"})["requests"][-1]
    assert entry["body"] == dhl_rates
    assert (entry["path"], entry["status"]) == ("/dhl/mydhlapi/rates", 200)
    assert entry["headers"]["Authorization"] == "Basic ***"
    assert "c2VjcmV0" not in json.dumps(entry)
