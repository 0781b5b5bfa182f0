"""What Canada and Australia want on the invoice beyond what every invoice has."""

import pytest

from shipsmart.compliance.gate import examine
from shipsmart.documents.render import render_paper
from shipsmart.documents.snapshots import PaperShipment, parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data
from tests.documents.reading_back import text_of

CANADIAN = party_data(name="Zoë Tremblay", country="CA", region="QC", city="Montréal", postcode="H2Y 1C6")
GIVEN = {"shipped_on": "2026-11-22", "terms_of_payment": "paid at checkout"}


def canadian(price: str, **changes) -> PaperShipment:
    line = line_data(quantity=1, unit_price=price)
    base = {"consignee": CANADIAN, "currency": "CAD", "incoterm": "DAP", "collected": None, "lines": [line]}
    return parse_shipment(shipment_data(**base | changes))


def warned(shipment: PaperShipment) -> list[str]:
    return [warning.where for warning in examine(shipment).warnings if warning.code == "invoice_particulars_missing"]


@pytest.mark.parametrize(
    ("price", "references", "where"),
    [
        ("3300", {}, []),
        ("3300.01", {}, ["references.shipped_on", "references.terms_of_payment"]),
        ("3300.01", GIVEN, []),
    ],
)
def test_canada_asks_the_data_of_its_customs_invoice_above_the_low_value(price, references, where):
    assert warned(canadian(price, references=references)) == where


def test_the_invoice_to_canada_has_the_data_of_a_canada_customs_invoice():
    text = text_of(render_paper("commercial_invoice", canadian("4000", references=GIVEN)).pdf)
    for words in (
        "Place of direct shipment to Canada: Leeds, United Kingdom",
        "Date of direct shipment: 2026-11-22",
        "Purchaser: Zoë Tremblay",
        "DAP, paid at checkout",
        "Currency of settlement: CAD",
    ):
        assert words in text, words


def test_the_invoice_to_australia_says_who_collected_the_gst():
    vendor = shipper_data(tax_ids=[{"type": "ARN", "number": "300012345678", "country": "AU"}])
    collected = shipment_data()["collected"] | {"scheme": "AU_GST", "currency": "AUD"}
    data = shipment_data(shipper=vendor, consignee=party_data(country="AU"), currency="AUD", collected=collected)
    text = text_of(render_paper("commercial_invoice", parse_shipment(data)).pdf)
    assert "GST collected by the vendor: 15.20 AUD, ARN 300012345678" in text


@pytest.mark.parametrize(("references", "warned"), [({}, True), ({"outbound": "S-900"}, False)])
def test_a_return_names_the_parcel_the_goods_went_out_with(references, warned):
    found = examine(parse_shipment(shipment_data(export_reason="return", references=references))).warnings
    assert ("outbound_reference_missing" in [warning.code for warning in found]) is warned
