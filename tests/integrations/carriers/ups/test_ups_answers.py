import base64
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import zxingcpp
from PIL import Image, ImageDraw
from pypdf import PdfReader

from integrations.carriers.ups.mapping import (
    event_from,
    events_from,
    label_from,
    milestone_of,
    quotes_from,
    waybill_from,
)
from shipsmart.ports import CarrierAccountRef, IntegrationError, Milestone

ACCOUNT = CarrierAccountRef("ups", "A1B2C3")


def money(amount, currency="USD"):
    return {"CurrencyCode": currency, "MonetaryValue": amount}


def rated(**more):
    return {"Service": {"Code": "65"}, "TotalCharges": money("40.10"), **more}


def test_the_accounts_own_price_goes_before_the_public_one():
    row = rated(
        NegotiatedRateCharges={"TotalCharge": money("35.29")},
        TimeInTransit={"ServiceSummary": {"EstimatedArrival": {"Arrival": {"Date": "20261126"}}}},
    )
    (quote,) = quotes_from(ACCOUNT, {"RateResponse": {"RatedShipment": [row]}})
    assert (quote.service, quote.service_name, quote.price, quote.currency, quote.deliver_by) == (
        "65",
        "UPS Worldwide Saver",
        Decimal("35.29"),
        "USD",
        date(2026, 11, 26),
    )


def test_one_service_may_come_without_its_list():
    assert quotes_from(ACCOUNT, {"RateResponse": {"RatedShipment": rated()}})[0].price == Decimal("40.10")


@pytest.mark.parametrize("document", [{}, {"RateResponse": {}}, {"RateResponse": {"RatedShipment": [{}]}}, []])
def test_prices_of_another_shape_raise(document):
    with pytest.raises(IntegrationError) as caught:
        quotes_from(ACCOUNT, document)
    assert caught.value.code == "unreadable_answer"


def picture(size):
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).rectangle((10, 10, size[0] // 3, size[1] // 3), fill=0)
    out = io.BytesIO()
    image.save(out, "GIF")
    return base64.b64encode(out.getvalue()).decode()


def shipped(*pictures, **more):
    packages = [
        {"TrackingNumber": f"1Z{n}", "ShippingLabel": {"GraphicImage": content}} for n, content in enumerate(pictures)
    ]
    results = {
        "ShipmentIdentificationNumber": "1Z0",
        "ShipmentCharges": {"TotalCharges": money("40.10")},
        "PackageResults": packages if len(packages) > 1 else packages[0],
        **more,
    }
    return {"ShipmentResponse": {"ShipmentResults": results}}


def test_a_picture_becomes_a_page_of_four_by_six_inches_for_each_parcel():
    label = label_from(shipped(picture((1400, 800)), picture((800, 1200))), "pdf")
    pages = PdfReader(io.BytesIO(label.label)).pages
    assert [(float(p.mediabox.width), float(p.mediabox.height)) for p in pages] == [(288.0, 432.0)] * 2
    assert label.parcel_numbers == ("1Z0", "1Z1")
    assert (label.cost, label.currency) == (Decimal("40.10"), "USD")


def test_zpl_is_passed_on_untouched():
    content = base64.b64encode(b"^XA^FDx^FS^XZ").decode()
    assert label_from(shipped(content), "zpl").label == b"^XA^FDx^FS^XZ"


def test_the_customs_form_is_a_paper_of_its_own():
    form = {"Image": {"GraphicImage": base64.b64encode(b"%PDF-1.4").decode()}}
    assert label_from(shipped(picture((80, 120)), Form=form), "pdf").documents == {"invoice": b"%PDF-1.4"}


@pytest.mark.parametrize(
    "document", [{}, {"ShipmentResponse": {"ShipmentResults": {}}}, shipped("!!!"), shipped("AAAA")]
)
def test_an_unreadable_purchase_leaves_the_outcome_unknown(document):
    with pytest.raises(IntegrationError) as caught:
        label_from(document, "pdf")
    assert caught.value.outcome_unknown


ABROAD = {"origin": "US", "destination": "DE"}


@pytest.mark.parametrize(
    ("kind", "number", "country", "expected"),
    [
        ("M", "3", "US", (Milestone.INFO_RECEIVED, "")),
        ("I", "38", "US", (Milestone.PICKED_UP, "")),
        ("I", "12", "US", (Milestone.EXPORT_CUSTOMS, "")),
        ("I", "12", "DE", (Milestone.IMPORT_CUSTOMS, "")),
        ("I", "5", "US", (Milestone.DEPARTED_ORIGIN, "")),
        ("I", "5", "DE", (Milestone.IN_TRANSIT, "")),
        ("I", "10", "DE", (Milestone.ARRIVED_DESTINATION, "")),
        ("I", "92", "DE", (Milestone.IMPORT_CUSTOMS, "")),
        ("X", "58", "DE", (Milestone.CUSTOMS_HOLD, "info_needed")),
        ("X", "124", "DE", (Milestone.CUSTOMS_HOLD, "duties_unpaid")),
        ("I", "14", "DE", (Milestone.CUSTOMS_CLEARED, "")),
        ("I", "134", "DE", (Milestone.CUSTOMS_CLEARED, "")),
        ("X", "33", "DE", (Milestone.RETURNING, "refused")),
        ("D", "11", "DE", (Milestone.DELIVERED, "")),
        ("MV", "7", "US", (Milestone.CANCELLED, "")),
        ("X", "9999", "DE", (Milestone.EXCEPTION, "")),
        ("I", "9999", "DE", (Milestone.IN_TRANSIT, "")),
        ("D", "9999", "DE", (Milestone.UNKNOWN, "")),
        ("Q", "9999", "DE", (Milestone.UNKNOWN, "")),
        ("", "", "", (Milestone.UNKNOWN, "")),
    ],
)
def test_status_codes_are_read_with_their_number_and_place(kind, number, country, expected):
    assert milestone_of(kind, number, country=country, **ABROAD) == expected


@pytest.mark.parametrize(("number", "unlisted"), [("9999", True), ("014", False), ("X1", True), ("", False)])
def test_a_code_without_a_row_is_said_to_have_none(number, unlisted):
    raw = {"gmtDate": "20261125", "gmtTime": "071500", "status": {"type": "I", "statusCode": number}}
    assert event_from(raw, **ABROAD).unlisted is unlisted


def test_an_activity_is_told_in_utc_with_its_place():
    raw = {
        "date": "20261125",
        "time": "081500",
        "gmtDate": "20261125",
        "gmtTime": "07:15:00",
        "gmtOffset": "+01:00",
        "location": {"address": {"city": "Koeln", "countryCode": "DE"}},
        "status": {"type": "I", "statusCode": "014", "description": None},
    }
    event = event_from(raw, **ABROAD)
    assert (event.at, event.code, event.text, event.place, event.country, event.milestone) == (
        datetime(2026, 11, 25, 7, 15, tzinfo=UTC),
        "I:14",
        "",
        "Koeln",
        "DE",
        Milestone.CUSTOMS_CLEARED,
    )
    local = {key: value for key, value in raw.items() if not key.startswith("gmt")} | {"gmtOffset": "+01:00"}
    assert event_from(local, **ABROAD).at == event.at


def test_activities_come_once_and_in_order():
    later = {"gmtDate": "20261126", "gmtTime": "10:00:00", "status": {"type": "D", "statusCode": "11"}}
    sooner = {"gmtDate": "20261125", "gmtTime": "10:00:00", "status": {"type": "I", "statusCode": "5"}}
    package = {"trackingNumber": "1Z", "activity": [later, sooner, dict(later)]}
    events = events_from({"trackResponse": {"shipment": [{"package": [package]}]}}, "1Z")
    assert [event.code for event in events] == ["I:5", "D:11"]


def test_a_shipment_is_ours_only_with_our_reference():
    package = {"trackingNumber": "1ZABC", "referenceNumber": [{"number": "SS1"}]}
    document = {"trackResponse": {"shipment": [{"inquiryNumber": "SS1", "package": [package]}]}}
    assert waybill_from(document, "SS1") == "1ZABC"
    assert waybill_from(document, "SS2") is None


def test_a_barcode_on_the_picture_is_still_read_from_the_page():
    code = zxingcpp.create_barcode("1ZA1B2C30000000011", zxingcpp.BarcodeFormat.Code128)
    drawn = Image.fromarray(code.to_image(scale=4)).convert("L")
    page = Image.new("L", (1400, 800), 255)
    page.paste(drawn, (100, 100))
    out = io.BytesIO()
    page.save(out, "GIF")
    label = label_from(shipped(base64.b64encode(out.getvalue()).decode()), "pdf")
    (image,) = PdfReader(io.BytesIO(label.label)).pages[0].images
    assert zxingcpp.read_barcode(image.image).text == "1ZA1B2C30000000011"
