"""Manifest, master air waybill and labels of what flies together."""

from typing import Any

import pytest

from shipsmart.documents.consignments import Consignment, parse_consignment
from shipsmart.documents.forms.consignment import render_air_waybill, render_labels, render_manifest
from shipsmart.documents.identifiers import sscc
from shipsmart.documents.reading import ShipmentInvalid
from shipsmart.documents.values import as_dict
from tests.documents.builders import party_data, shipper_data
from tests.documents.reading_back import codes_of, pages_of, text_of

CODES = [sscc(extension=0, company_prefix="0614141", serial=number) for number in (1, 2)]


def parcel_data(number: int = 1, **changes: Any) -> dict[str, Any]:
    base = {"waybill": f"SM{number:08d}", "consignee": "Jürgen Żak", "city": "Köln", "country": "DE", "pieces": 1}
    return base | {"contents": "Cotton shirt", "weight_g": 450, "value": "19.99", "currency": "EUR"} | changes


def consignment_data(**changes: Any) -> dict[str, Any]:
    bags = [
        {"sscc": CODES[0], "unit": "bag", "gross_weight_g": 1200, "parcels": [parcel_data(1), parcel_data(2)]},
        {"sscc": CODES[1], "unit": "pallet", "gross_weight_g": 20000, "parcels": [parcel_data(3, currency="USD")]},
    ]
    base = {
        "reference": "C-7", "air_waybill": "020-12345675", "day": "2026-11-22", "flight": "LH8171", "departure": "GRU",
        "destination": "FRA", "consignor": shipper_data(), "consignee": party_data(company="Hub GmbH"), "bags": bags,
    }  # fmt: skip
    return base | changes


def consignment(**changes: Any) -> Consignment:
    return parse_consignment(consignment_data(**changes))


def test_a_consignment_is_written_and_read_back_without_loss():
    made = consignment()
    assert parse_consignment(as_dict(made)) == made


def test_the_manifest_names_every_parcel_and_adds_up():
    pdf, pages = render_manifest(consignment())
    text = text_of(pdf)
    for words in ("SM00000001", "SM00000003", "Jürgen Żak, Köln (DE)", "Cotton shirt", "020-12345675", *CODES):
        assert words in text, words
    assert "Total: 3 parcels, 3 pieces, 1.350 kg, 39.98 EUR, 19.99 USD, 2 bags and pallets" in text
    assert codes_of(pdf) == [("Code128", "02012345675")]
    assert pages == pages_of(pdf) == 1


def test_a_long_manifest_takes_as_many_sheets_as_it_needs():
    bag = {"sscc": CODES[0], "unit": "bag", "gross_weight_g": 200_000}
    bag["parcels"] = [parcel_data(number, contents="Shirt of cotton, printed " * 4) for number in range(100)]
    pdf, pages = render_manifest(consignment(bags=[bag]))
    text = text_of(pdf)
    assert [number for number in range(100) if f"SM{number:08d}" not in text] == []
    assert pages == pages_of(pdf) > 3
    assert f"{pages} of {pages}" in text


def test_the_master_air_waybill_bears_its_number_as_printed():
    pdf, _ = render_air_waybill(consignment())
    text = text_of(pdf)
    for words in ("020-12345675", "Consolidation as per attached manifest", "GRU", "FRA", "21.200 kg", *CODES):
        assert words in text, words
    assert codes_of(pdf) == [("Code128", "02012345675")]
    assert "IM2760000742" not in text


def test_a_label_for_each_bag_and_pallet():
    pdf, pages = render_labels(consignment())
    assert pages == 2
    assert [text for _, text in codes_of(pdf)] == ["02012345675", f"(00){CODES[0]}", "02012345675", f"(00){CODES[1]}"]
    assert "BAG" in text_of(pdf) and "PALLET" in text_of(pdf)


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"air_waybill": "020-12345674"}, "air_waybill"),
        ({"destination": "F1A"}, "destination"),
        ({"bags": []}, "bags"),
        ({"bags": [{"sscc": "123", "unit": "bag", "gross_weight_g": 900, "parcels": [parcel_data()]}]}, "bags[0].sscc"),
        (
            {"bags": [{"sscc": CODES[0], "unit": "bag", "gross_weight_g": 449, "parcels": [parcel_data()]}]},
            "bags[0].gross_weight_g",
        ),
    ],
)
def test_wrong_numbers_and_weights_are_refused_by_their_field(changes, where):
    with pytest.raises(ShipmentInvalid) as caught:
        consignment(**changes)
    assert [problem["where"] for problem in caught.value.problems()] == [where]


@pytest.mark.parametrize("render", [render_manifest, render_air_waybill, render_labels])
def test_the_same_consignment_gives_the_same_bytes(render):
    assert render(consignment()) == render(consignment())
