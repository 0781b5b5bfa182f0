import io
from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
import zxingcpp
from pypdf import PdfReader

from integrations.carriers.table.adapter import adapter
from integrations.carriers.table.numbers import check_digit, waybill_number
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, ParcelSpec
from tests.integrations.carriers.carrier_cases import GERMAN, PARCEL, label_order

ACCOUNT = CarrierAccountRef("table", "", settings={"tracking_url": "https://shop.example/track/{waybill}"})


def buy(**changes):
    return adapter.buy_label(ACCOUNT, label_order(service="express", **changes), timeout_s=1)


def test_the_check_digit_is_that_of_gs1():
    # GS1 General Specifications 7.9: 629104150021 has check digit 3.
    assert check_digit("629104150021") == 3


def test_a_number_keeps_the_digits_of_our_reference_and_never_changes():
    # 2 x 3 + 4 x 1 = 10, so the check digit is 0.
    assert waybill_number("SS00000042") == "SW00000000420"
    assert waybill_number("other") == waybill_number("other") != waybill_number("another")
    assert len(waybill_number("other")) == 13


def test_the_label_has_a_page_per_parcel_and_its_barcode_is_the_waybill():
    label = buy(parcels=(PARCEL, ParcelSpec("2", 149, 100, 80, 50)))
    assert len(PdfReader(io.BytesIO(label.label)).pages) == 2
    page = pypdfium2.PdfDocument(label.label)[0].render(scale=3).to_pil()
    assert {code.text for code in zxingcpp.read_barcodes(page)} == {label.waybill}
    assert label.parcel_numbers == ("SW00000000420-1", "SW00000000420-2")
    assert label.tracking_url == "https://shop.example/track/SW00000000420"
    assert label.documents["waybill"].startswith(b"%PDF")


def test_the_same_order_gives_the_same_bytes():
    assert buy() == buy()


def test_nothing_is_booked_outside_so_nothing_is_found():
    assert adapter.find_shipment(ACCOUNT, reference="SS1", since=date(2026, 1, 1), timeout_s=1) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"consignee": replace(GERMAN, city="")},
        {"consignee": replace(GERMAN, name="")},
        {"parcels": ()},
        {"incoterm": Incoterm.DAP},
    ],
)
def test_what_could_not_arrive_is_refused(changes):
    with pytest.raises(IntegrationError) as caught:
        buy(**changes)
    assert caught.value.permanent
