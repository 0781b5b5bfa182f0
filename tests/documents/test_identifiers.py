import pytest

from shipsmart.documents.forms.bag_label import render_bag_labels
from shipsmart.documents.identifiers import (
    BagLabel,
    IdentifierInvalid,
    air_waybill,
    is_air_waybill,
    is_s10,
    is_sscc,
    mod10,
    s10_check_digit,
    sscc,
)
from tests.documents.reading_back import codes_of, text_of

# https://www.gs1us.org: (00) 0 0614141 123456789 0, the SSCC of GS1's own examples.
GS1_EXAMPLE = "006141411234567890"


def test_postal_numbers_carry_the_s10_check_digit():
    # RA473124829GB is the example of the Universal Postal Union's standard S10.
    assert is_s10("RA473124829GB")
    assert is_s10("RA 47312482 9 GB")
    assert s10_check_digit("47312482") == "9"
    assert s10_check_digit("00000000") == "5"  # rest 0, eleven: 5
    assert s10_check_digit("00001010") == "0"  # 3 + 9 = 12, rest 1, eleven less one is ten: 0
    for wrong in ("RA473124828GB", "RA47312482GB", "1A473124829GB", "", "RA４73124829GB"):
        assert not is_s10(wrong), wrong
    with pytest.raises(IdentifierInvalid):
        s10_check_digit("1234567")


def test_an_sscc_is_made_of_extension_prefix_and_serial():
    assert sscc(extension=0, company_prefix="0614141", serial=123456789) == GS1_EXAMPLE
    assert is_sscc(GS1_EXAMPLE)
    assert is_sscc("106141412345678908")
    assert not is_sscc("006141411234567891")
    assert mod10("629104150021") == "3"  # the GTIN of GS1's check digit page
    for parts in ({"extension": 10}, {"company_prefix": "abc"}, {"serial": 10**9}, {"serial": -1}):
        with pytest.raises(IdentifierInvalid):
            sscc(**({"extension": 0, "company_prefix": "0614141", "serial": 1} | parts))


def test_an_air_waybill_ends_in_the_rest_of_seven():
    assert air_waybill(airline_prefix="020", serial=1234567) == "020-12345675"
    assert is_air_waybill("020-12345675")
    assert is_air_waybill("02012345675")
    assert air_waybill(airline_prefix="176", serial=7) == "176-00000070"
    for wrong in ("020-12345676", "20-12345675", "020-1234567", ""):
        assert not is_air_waybill(wrong), wrong
    for parts in ({"airline_prefix": "20"}, {"serial": 10_000_000}):
        with pytest.raises(IdentifierInvalid):
            air_waybill(**({"airline_prefix": "020", "serial": 1} | parts))


def bag(**changes) -> BagLabel:
    values = {
        "sscc": GS1_EXAMPLE,
        "consignor": "Northwind Outdoor Ltd",
        "destination": "Hub Warszawa, ul. Długa 5",
        "destination_country": "PL",
        "parcel_count": 42,
        "gross_weight_g": 18_250,
        "air_waybill": "020-12345675",
        "number": 1,
        "of": 2,
    }
    return BagLabel(**(values | changes))


def test_bag_labels_carry_sscc_and_master_air_waybill_that_can_be_scanned():
    second = sscc(extension=0, company_prefix="0614141", serial=123456790)
    pdf, pages = render_bag_labels([bag(), bag(sscc=second, number=2, air_waybill="")])
    assert pages == 2
    text = text_of(pdf)
    for part in ("Hub Warszawa, ul. Długa 5", "18.250 kg", "1 of 2", "42", "020-12345675", f"(00) {GS1_EXAMPLE}"):
        assert part in text, part
    assert "02012345675" in [text for _, text in codes_of(pdf)]
    assert any(GS1_EXAMPLE in text for _, text in codes_of(pdf))
    assert render_bag_labels([bag()])[0] == render_bag_labels([bag()])[0]


@pytest.mark.parametrize("change", [{"sscc": "006141411234567891"}, {"air_waybill": "020-12345676"}])
def test_wrong_numbers_are_not_printed(change):
    with pytest.raises(IdentifierInvalid):
        render_bag_labels([bag(**change)])
    with pytest.raises(IdentifierInvalid):
        render_bag_labels([])
