from decimal import Decimal

import pytest

from shipsmart.documents.snapshots import ShipmentInvalid, as_dict, parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data


def test_a_shipment_survives_the_way_to_json_and_back():
    shipment = parse_shipment(shipment_data(seller=party_data(company="Seller GmbH")))
    assert parse_shipment(as_dict(shipment)) == shipment


def test_totals_are_derived_from_the_lines():
    shipment = parse_shipment(shipment_data())
    # 3 x 19.99 + 2 x 12.50 = 84.97; - 5.00 + 12.90 + 1.00 = 93.87
    assert shipment.goods_total == Decimal("84.97")
    assert shipment.total == Decimal("93.87")
    assert shipment.net_weight_g == 3 * 180 + 2 * 350


def test_a_line_of_fractional_prices_rounds_once():
    shipment = parse_shipment(shipment_data(lines=[line_data(unit_price="0.335", quantity=3)]))
    assert shipment.goods_total == Decimal("1.01")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"currency": "XXQ"}, "currency"),
        ({"incoterm": "DDX"}, "incoterm"),
        ({"export_reason": "theft"}, "export_reason"),
        ({"freight": 1.5}, "freight"),
        ({"freight": "NaN"}, "freight"),
        ({"freight": "-1"}, "freight"),
        ({"freight": "1.005"}, "freight"),
        ({"invoice_date": "22.11.2026"}, "invoice_date"),
        ({"waybill": "数123"}, "waybill"),
        ({"lines": []}, "lines"),
        ({"lines": [line_data(quantity=0)]}, "lines[0].quantity"),
        ({"lines": [line_data(quantity=True)]}, "lines[0].quantity"),
        ({"lines": [line_data(parcel="9")]}, "lines[0].parcel"),
        ({"lines": [line_data(hs="1")]}, "lines[0].hs"),
        ({"lines": [line_data(description="x" * 10_000_000)]}, "lines[0].description"),
        ({"consignee": party_data(name="a\x00b")}, "consignee.name"),
        ({"consignee": party_data(city="\u202eabc")}, "consignee.city"),
        (
            {"consignee": party_data(tax_ids=[{"type": "VAT", "number": "1", "place": "x"}])},
            "consignee.tax_ids[0].place",
        ),
        ({"consignee": "nobody"}, "consignee"),
    ],
)
def test_what_cannot_be_read_is_refused_by_the_name_of_its_field(change, field):
    with pytest.raises(ShipmentInvalid) as caught:
        parse_shipment(shipment_data(**change))
    assert caught.value.details["field"] == field


def test_line_breaks_in_a_text_become_blanks():
    shipment = parse_shipment(shipment_data(lines=[line_data(description="cotton\r\nshirt\tblue")]))
    assert shipment.lines[0].description == "cotton  shirt blue"


def test_yen_have_no_decimals():
    with pytest.raises(ShipmentInvalid):
        parse_shipment(shipment_data(currency="JPY", freight="10.5"))
