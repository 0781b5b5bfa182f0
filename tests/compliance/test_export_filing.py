"""AES in the United States, export declarations in the EU and the United Kingdom: what stops, what is printed."""

from typing import Any

import pytest

from shipsmart.compliance.gate import examine
from shipsmart.documents.render import render_paper
from shipsmart.documents.snapshots import PaperShipment, parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data
from tests.documents.reading_back import text_of

AMERICAN = party_data(
    name="Sam Hill", country="US", city="Portland", region="OR", postcode="97201", address1="1 SW Main St",
    phone="+1 503 555 0100",
)  # fmt: skip
ITN = "X20261122123456"


def american(price: str, *more: dict[str, Any], to: str = "DE", **changes: Any) -> PaperShipment:
    lines = [line_data(quantity=1, unit_price=price), *more]
    base = {"shipper": AMERICAN, "consignee": party_data(country=to), "currency": "USD", "incoterm": "DAP"}
    return parse_shipment(shipment_data(**base | {"collected": None, "lines": lines} | changes))


def codes(shipment: PaperShipment) -> list[tuple[str, str]]:
    return [(block.code, block.where) for block in examine(shipment).blocks]


def warned(shipment: PaperShipment) -> list[tuple[str, str]]:
    return [(block.code, block.where) for block in examine(shipment).warnings]


@pytest.mark.parametrize(
    ("price", "blocks"), [("2500", []), ("2500.01", [("export_filing_missing", "references.itn")])]
)
def test_goods_above_2500_dollars_of_one_number_are_filed_first(price, blocks):
    assert codes(american(price)) == blocks


def test_each_schedule_b_number_has_its_own_limit():
    mug = line_data(sku="M", description="Ceramic mug, glazed", hs_code="691200", quantity=1, unit_price="2400")
    shirt = line_data(sku="S", quantity=1, unit_price="200", parcel="1")
    assert codes(american("2400", mug)) == []
    found = examine(american("2400", mug, shirt)).blocks
    assert [block.where for block in found] == ["references.itn"]
    assert "610910: 2600.00 USD" in found[0].message


@pytest.mark.parametrize(
    ("references", "legend"),
    [
        ({"itn": ITN}, f"AES {ITN}"),
        ({"itn": f"AES {ITN}"}, f"AES {ITN}"),
        ({"noeei": "30.37(f)"}, "NOEEI § 30.37(f)"),
        ({"noeei": "NOEEI § 30.37(h)"}, "NOEEI § 30.37(h)"),
    ],
)
def test_a_number_of_aes_or_an_exemption_lets_it_go_and_is_printed(references, legend):
    shipment = american("9000", references=references)
    assert codes(shipment) == []
    assert legend in text_of(render_paper("commercial_invoice", shipment).pdf)


@pytest.mark.parametrize(
    ("to", "price", "legend"),
    [
        ("DE", "100", "NOEEI § 30.37(a)"),
        ("CA", "9000", "NOEEI § 30.36"),
        ("GU", "9000", "NOEEI § 30.2(d)(2)"),
    ],
)
def test_the_papers_carry_the_legend_of_the_exemption(to, price, legend):
    shipment = american(price, to=to, carrier="usps", waybill="")
    for kind in ("commercial_invoice", "cn22", "cn23", "waybill"):
        assert legend in text_of(render_paper(kind, shipment).pdf)


def test_wrong_numbers_are_named_with_their_place():
    shipment = american("100", references={"itn": "X123", "noeei": "because"})
    assert codes(shipment) == [
        ("export_filing_missing", "references.itn"),
        ("export_filing_missing", "references.noeei"),
    ]


def test_embargoed_destinations_are_filed_at_any_value():
    found = [block.where for block in examine(american("1", to="SY")).blocks if block.code == "export_filing_missing"]
    assert found == ["references.itn"]


def test_a_currency_without_a_rate_is_asked_about_and_stops_nothing():
    shipment = american("30000", currency="PEN")
    assert codes(shipment) == []
    assert ("export_filing_missing", "references.itn") in warned(shipment)


def test_controlled_goods_to_china_are_asked_about():
    assert ("export_filing_missing", "references.itn") in warned(american("100", to="CN"))


@pytest.mark.parametrize(
    ("price", "references", "warnings"),
    [
        ("900", {}, []),
        ("1600", {}, [("export_declaration_needed", "references.mrn")]),
        ("1600", {"mrn": "26GB12345678901234"}, []),
    ],
)
def test_british_exports_above_the_limit_need_a_declaration(price, references, warnings):
    lines = [line_data(quantity=1, unit_price=price)]
    shipment = parse_shipment(shipment_data(lines=lines, currency="GBP", references=references))
    assert warned(shipment) == warnings


def test_nothing_is_filed_within_a_customs_union():
    german = party_data(country="DE")
    lines = [line_data(quantity=1, unit_price="9000")]
    shipment = parse_shipment(shipment_data(shipper=german, consignee=party_data(country="FR"), lines=lines))
    assert warned(shipment) == []
