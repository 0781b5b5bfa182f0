import base64
import io
from datetime import UTC, datetime

import pypdfium2
import pytest
import requests
import zxingcpp
from PIL import Image

from integrations.sandbox.carriers.numbers import is_ups_tracking_number

SHIP = "/api/shipments/v2409/ship"
RATE = "/api/rating/v2409/{}"
RATING_ROUTE = ("/rating/{version}/{requestoption}", "post")
SHIP_ROUTE = ("/shipments/{version}/ship", "post")
TRACK_ROUTE = ("/track/v1/details/{inquiryNumber}", "get")


def _buy(practice, document):
    response = practice.ups("POST", SHIP, json=document)
    assert response.status_code == 200, response.text
    return response


def _number(response) -> str:
    return response.json()["ShipmentResponse"]["ShipmentResults"]["ShipmentIdentificationNumber"]


def _errors(response) -> list[tuple[str, str]]:
    return [(error["code"], error["message"]) for error in response.json()["response"]["errors"]]


def test_a_token_fits_the_description_and_lives_for_four_hours(practice, misfits) -> None:
    url = f"{practice.ups_url}/security/v1/oauth/token"
    form = {"grant_type": "client_credentials"}
    response = requests.post(url, data=form, auth=("id", "secret"), timeout=5)
    assert misfits(response, "ups/OAuthClientCredentials.yaml", ("/security/v1/oauth/token", "post")) == []
    assert response.json()["expires_in"] == "14399"
    refused = requests.post(url, data=form, auth=("refused", "secret"), timeout=5)
    assert (refused.status_code, _errors(refused)[0][0]) == (401, "10401")
    assert misfits(refused, "ups/OAuthClientCredentials.yaml", ("/security/v1/oauth/token", "post")) == []
    assert requests.post(url, data=form, timeout=5).status_code == 401


def test_a_token_no_longer_in_force_is_refused(practice, ups_rates) -> None:
    headers = {"Authorization": f"Bearer {practice.token()}"}
    assert practice.ups("POST", RATE.format("Shop"), json=ups_rates, headers=headers).status_code == 200
    practice.handle("DELETE", "/tokens")
    refused = practice.ups("POST", RATE.format("Shop"), json=ups_rates, headers=headers)
    assert (refused.status_code, _errors(refused)) == (401, [("250002", "Invalid Authentication Information.")])


@pytest.mark.parametrize("option", ["Shop", "Shoptimeintransit"])
def test_shop_fits_the_description(practice, misfits, ups_rates, option) -> None:
    response = practice.ups("POST", RATE.format(option), json=ups_rates)
    assert misfits(response, "ups/Rating.yaml", RATING_ROUTE) == []
    rated = response.json()["RateResponse"]["RatedShipment"]
    assert [shipment["Service"]["Code"] for shipment in rated] == ["07", "65", "08"]
    assert rated[0]["TotalCharges"]["CurrencyCode"] == "USD"
    assert ("TimeInTransit" in rated[0]) is (option == "Shoptimeintransit")


def test_rate_answers_the_one_service_asked_for(practice, ups_rates) -> None:
    ups_rates["RateRequest"]["Shipment"]["Service"] = {"Code": "08"}
    rated = practice.ups("POST", RATE.format("Rate"), json=ups_rates).json()["RateResponse"]["RatedShipment"]
    assert [shipment["Service"]["Code"] for shipment in rated] == ["08"]
    ups_rates["RateRequest"]["Shipment"]["Service"] = {"Code": "03"}
    assert practice.ups("POST", RATE.format("Rate"), json=ups_rates).status_code == 400


def test_negotiated_charges_come_only_when_asked_for(practice, misfits, ups_rates) -> None:
    # 1.5 kg in zone 4 by 07: (32.40 + 2 x 3.20) x 1.08 = 41.904 EUR
    plain = practice.ups("POST", RATE.format("Shop"), json=ups_rates).json()["RateResponse"]["RatedShipment"][0]
    assert "NegotiatedRateCharges" not in plain
    assert plain["BaseServiceCharge"]["MonetaryValue"] == "46.09"
    ups_rates["RateRequest"]["Shipment"]["ShipmentRatingOptions"] = {"NegotiatedRatesIndicator": ""}
    response = practice.ups("POST", RATE.format("Shop"), json=ups_rates)
    assert misfits(response, "ups/Rating.yaml", RATING_ROUTE) == []
    assert "NegotiatedRateCharges" in response.json()["RateResponse"]["RatedShipment"][0]


def test_our_sample_shipment_fits_the_description(request_misfits, ups_shipment) -> None:
    assert request_misfits(ups_shipment("R"), "ups/Shipping.yaml", SHIP_ROUTE) == []


@pytest.mark.parametrize("label", ["GIF", "PDF", "ZPL"])
def test_a_shipment_fits_the_description_and_its_label_carries_the_number(
    practice, misfits, ups_shipment, label
) -> None:
    response = _buy(practice, ups_shipment("UPS-LABEL", label))
    assert misfits(response, "ups/Shipping.yaml", SHIP_ROUTE) == []
    results = response.json()["ShipmentResponse"]["ShipmentResults"]
    number = results["PackageResults"][0]["TrackingNumber"]
    assert is_ups_tracking_number(number)
    assert results["ShipmentIdentificationNumber"] == number
    drawn = base64.b64decode(results["PackageResults"][0]["ShippingLabel"]["GraphicImage"])
    if label == "ZPL":
        assert f"^FD{number}^FS" in drawn.decode()
        return
    picture = Image.open(io.BytesIO(drawn)).convert("L") if label == "GIF" else _rastered(drawn)
    assert [code.text for code in zxingcpp.read_barcodes(picture)] == [number]
    assert base64.b64decode(results["Form"]["Image"]["GraphicImage"]).startswith(b"%PDF")


def _rastered(pdf: bytes):
    return pypdfium2.PdfDocument(io.BytesIO(pdf))[0].render(scale=203 / 72).to_pil()


def test_buying_twice_makes_two_shipments_and_names_the_payer(practice, ups_shipment) -> None:
    _buy(practice, ups_shipment("UPS-TWICE"))
    unpaid = ups_shipment("UPS-TWICE")
    unpaid["ShipmentRequest"]["Shipment"]["PaymentInformation"]["ShipmentCharge"].pop()
    _buy(practice, unpaid)
    first, second = practice.with_reference("UPS-TWICE")
    assert first["number"] != second["number"]
    assert (first["duties_payer"], second["duties_payer"]) == ("shipper", "receiver")
    assert (first["incoterm"], first["declared_value"], first["currency"]) == ("DDP", 59.97, "USD")


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda s: s["ShipTo"].pop("Address"), "required key [Address]"),
        (lambda s: s["Shipper"].update(ShipperNumber="12345"), "expected minLength: 6"),
        (lambda s: s["Package"][0]["PackageWeight"].update(Weight=1.25), "expected type: String"),
        (lambda s: s["ShipTo"].pop("AttentionName"), "ShipTo AttentionName"),
        (lambda s: s.pop("ShipmentServiceOptions"), "InternationalForms are required"),
        (lambda s: s["PaymentInformation"]["ShipmentCharge"].pop(0), "type 01"),
        (lambda s: s["Service"].update(Code="03"), "unavailable"),
        (lambda s: s["ShipTo"]["Address"].update(CountryCode="US"), "type 02 is invalid"),
    ],
)
def test_a_bad_shipment_is_refused_in_upss_shape_and_not_booked(practice, misfits, ups_shipment, spoil, says) -> None:
    document = ups_shipment("UPS-BAD")
    spoil(document["ShipmentRequest"]["Shipment"])
    response = practice.ups("POST", SHIP, json=document)
    assert response.status_code == 400
    assert misfits(response, "ups/Shipping.yaml", SHIP_ROUTE) == []
    assert any(says in message for _, message in _errors(response))
    assert practice.with_reference("UPS-BAD") == []


def test_tracking_fits_the_description_newest_first(practice, misfits, ups_shipment) -> None:
    number = _number(_buy(practice, ups_shipment("UPS-TRACK")))
    practice.advance(hours=24 * 5)
    response = practice.ups("GET", f"/api/track/v1/details/{number}")
    assert misfits(response, "ups/Tracking.yaml", TRACK_ROUTE) == []
    package = response.json()["trackResponse"]["shipment"][0]["package"][0]
    assert [a["status"]["statusCode"] for a in package["activity"]] == (
        ["011", "021", "071", "014", "092", "010", "005", "010", "005", "012", "010", "038", "003"]
    )
    assert package["currentStatus"]["type"] == "D"
    last = package["activity"][0]
    local = datetime.strptime(f"{last['date']}{last['time']}{last['gmtOffset']}", "%Y%m%d%H%M%S%z")
    assert f"{local.astimezone(UTC):%Y%m%d %H:%M:%S}" == f"{last['gmtDate']} {last['gmtTime']}"
    assert package["deliveryInformation"]["receivedBy"] == "Loja Norte"


def test_a_shipment_is_found_by_reference(practice, misfits, ups_shipment) -> None:
    number = _number(_buy(practice, ups_shipment("UPS-FIND")))
    path = "/api/track/v1/reference/details/UPS-FIND"
    response = practice.ups("GET", path, params={"shipperNum": "A1B2C3"})
    assert misfits(response, "ups/Tracking.yaml", ("/track/v1/reference/details/{referenceNumber}", "get")) == []
    assert [s["inquiryNumber"] for s in response.json()["trackResponse"]["shipment"]] == [number]
    missing = practice.ups("GET", "/api/track/v1/reference/details/UPS-NOWHERE")
    assert missing.status_code == 404
    assert misfits(missing, "ups/Tracking.yaml", ("/track/v1/reference/details/{referenceNumber}", "get")) == []
    assert practice.ups("GET", path, headers={"transId": ""}).status_code == 400


def test_a_void_is_possible_once_and_only_before_pickup(practice, misfits, ups_shipment) -> None:
    number = _number(_buy(practice, ups_shipment("UPS-VOID")))
    path = f"/api/shipments/v2409/void/cancel/{number}"
    voided = practice.ups("DELETE", path)
    route = ("/shipments/{version}/void/cancel/{shipmentidentificationnumber}", "delete")
    assert misfits(voided, "ups/Shipping.yaml", route) == []
    assert practice.ups("DELETE", path).status_code == 400
    assert practice.with_reference("UPS-VOID")[0]["voided"] is True
    late = _number(_buy(practice, ups_shipment("UPS-LATE")))
    practice.advance(hours=30)
    refused = practice.ups("DELETE", f"/api/shipments/v2409/void/cancel/{late}")
    assert _errors(refused) == [("190117", "Time for voiding has expired.")]


def test_landed_cost_fits_the_description(practice, misfits) -> None:
    item = {
        "commodityId": "1", "priceEach": "125", "quantity": 2, "UOM": "Each", "hsCode": "610910",
        "originCountryCode": "PT", "commodityCurrencyCode": "GBP",
    }  # fmt: skip
    document = {
        "currencyCode": "GBP", "transID": "t", "alversion": 1,
        "shipment": {"id": "S1", "importCountryCode": "GB", "exportCountryCode": "US", "shipmentItems": [item]},
    }  # fmt: skip
    response = practice.ups("POST", "/api/landedcost/v1/quotes", json=document)
    assert misfits(response, "ups/LandedCost.yaml", ("/landedcost/{version}/quotes", "post")) == []
    # duty 12 % of 250 = 30; VAT 20 % of 280 = 56; entry fee 11
    total = response.json()["shipment"]
    assert (total["totalDuties"], total["totalVAT"], total["grandTotal"]) == (30, 56, 97)
    item["hsCode"] = ""
    assert practice.ups("POST", "/api/landedcost/v1/quotes", json=document).status_code == 400
    partial = practice.ups("POST", "/api/landedcost/v1/quotes", json={**document, "allowPartialLandedCostResult": True})
    assert partial.json()["shipment"]["shipmentItems"][0]["isCalculable"] is False


def test_a_bought_label_is_printed_again_and_an_unknown_one_is_refused(practice, ups_shipment) -> None:
    number = _number(_buy(practice, ups_shipment("UPS-AGAIN")))
    asked = {
        "LabelRecoveryRequest": {
            "Request": {"SubVersion": "1903"},
            "LabelSpecification": {"LabelImageFormat": {"Code": "PDF"}},
            "TrackingNumber": number,
        }
    }
    response = practice.ups("POST", "/api/labels/v2409/recovery", json=asked)
    result = response.json()["LabelRecoveryResponse"]["LabelResults"][0]
    assert result["TrackingNumber"] == number
    page = pypdfium2.PdfDocument(base64.b64decode(result["LabelImage"]["GraphicImage"]))[0]
    assert number in {code.text for code in zxingcpp.read_barcodes(page.render(scale=203 / 72).to_pil())}
    asked["LabelRecoveryRequest"]["TrackingNumber"] = "1ZA1B2C30000000000"
    assert practice.ups("POST", "/api/labels/v2409/recovery", json=asked).status_code == 400
