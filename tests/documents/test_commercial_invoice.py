import hashlib
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from shipsmart.documents.render import PaperNotNumbered, render_paper
from shipsmart.documents.snapshots import parse_shipment
from tests.documents.builders import line_data, party_data, shipment_data, shipper_data
from tests.documents.reading_back import pages_of, text_of


def invoice(**changes) -> tuple[str, bytes]:
    paper = render_paper("commercial_invoice", parse_shipment(shipment_data(**changes)))
    return text_of(paper.pdf), paper.pdf


def test_the_invoice_shows_everything_customs_ask_for():
    text, _ = invoice()
    for expected in (
        "Commercial invoice",
        "INV-2026-000123",
        "2026-11-22",
        "Northwind Outdoor Ltd",
        "EORI GB123456789000",
        "IOSS IM2760000742",
        "Anna Muster",
        "Hauptstraße 5",
        "80331 München",
        "DDP München, Germany",
        "Sale of goods",
        "610910",
        "691200",
        "59.97",
        "84.97 EUR",
        "-5.00 EUR",
        "12.90 EUR",
        "93.87 EUR",
        "1.450 kg / 1.240 kg",
        "1234567890",
        "#1001",
        "I declare that the information on this invoice is true",
        "Page · Seite 1 of 1",
    ):
        assert expected in text, expected


def test_the_same_shipment_gives_the_same_bytes():
    first, second = invoice()[1], invoice()[1]
    assert hashlib.sha256(first).digest() == hashlib.sha256(second).digest()


@pytest.mark.parametrize("count", [1, 30, 100])
def test_sub_totals_are_carried_from_sheet_to_sheet(count):
    lines = [line_data(sku=f"S{number}", unit_price="1.01", quantity=1) for number in range(count)]
    parcels = [{"id": "1", "weight_g": 10_000_000}]
    paper = render_paper("commercial_invoice", parse_shipment(shipment_data(lines=lines, parcels=parcels)))
    text = text_of(paper.pdf)
    assert pages_of(paper.pdf) == paper.pages
    assert f"{count * Decimal('1.01')} EUR" in text
    carried = re.findall(r"Carried over · Übertrag (\d+\.\d\d)", text)
    forward = re.findall(r"Carried forward · Übertrag (\d+\.\d\d)", text)
    assert carried == forward
    assert len(carried) == paper.pages - 1
    assert all(f"SKU S{number} " in f"{text} " for number in range(count))


def test_a_brazilian_invoice_speaks_portuguese_and_shows_ncm_cpf_and_nfe():
    consignee = party_data(
        country="BR", region="SP", tax_ids=[{"type": "CPF", "number": "529.982.247-25", "country": "BR"}]
    )
    text, _ = invoice(
        consignee=consignee,
        lines=[line_data(national_code="61091000")],
        references={"nfe_key": "35261112345678000190550010000012341234567890"},
    )
    assert "Fatura comercial" in text
    assert "CPF 529.982.247-25" in text
    assert "(61091000)" in text
    assert "35261112345678000190550010000012341234567890" in text


def test_an_american_invoice_has_every_item_of_19_cfr_141_86():
    consignee = party_data(country="US", region="CA", city="San Jose", postcode="95112")
    seller = shipper_data(company="Northwind Trading Ltd")
    importer = party_data(
        company="Import Co", country="US", tax_ids=[{"type": "EIN", "number": "91-1144442", "country": "US"}]
    )
    text, _ = invoice(
        consignee=consignee, seller=seller, importer=importer, references={"port_of_entry": "Los Angeles"}
    )
    for expected in (
        "Northwind Trading Ltd",
        "Import Co",
        "EIN 91-1144442",
        "Port of entry Los Angeles",
        "Freight",
        "Insurance",
        "PT",
        "CN",
    ):
        assert expected in text, expected


@pytest.mark.parametrize(
    ("country", "name"),
    [
        ("GR", "Γιώργος Παπαδόπουλος"),
        ("PL", "Zażółć Gęślą"),
        ("UA", "Тарас Шевченко"),
        ("JP", "山田太郎"),
        ("CN", "上海市浦东新区"),
        ("KR", "서울특별시"),
    ],
)
def test_names_print_in_the_script_of_their_country(country, name):
    text, _ = invoice(consignee=party_data(name=name, country=country))
    assert name in text


def test_arabic_letters_are_joined_and_run_from_right_to_left():
    text, _ = invoice(consignee=party_data(name="شركة", country="AE"))
    # Drawn from the left: heh final, kaf, reh final, sheen initial, all in their joined forms.
    assert "\ufe94\ufedb\ufeae\ufeb7" in text or "\ufeb7\ufeae\ufedb\ufe94" in text or "شركة" in text


def test_markup_in_texts_is_printed_and_never_obeyed():
    hostile = "<img src='file:///etc/passwd'> <pdf:barcode value='1'/> &amp; </td></table> {{ title }} {% now 'Y' %}"
    text, pdf = invoice(
        consignee=party_data(name=hostile, company=hostile, address1=hostile, city=hostile[:100], email=hostile),
        lines=[line_data(description=hostile, sku=hostile[:100], quantity=1)],
        references={"order": hostile},
        service=hostile[:100],
    )
    squeezed = text.replace(" ", "")
    assert hostile.replace(" ", "") in squeezed
    assert squeezed.count("<img") >= 5
    assert b"/Subtype /Image" not in pdf


def test_a_very_long_word_breaks_and_stays_in_its_column():
    text, _ = invoice(lines=[line_data(description="x" * 900)])
    assert text.replace(" ", "").count("x") >= 900


def test_return_invoices_say_that_nothing_is_sold():
    shipment = parse_shipment(shipment_data(export_reason="return", references={"outbound": "S-0900"}))
    text = text_of(render_paper("return_invoice", shipment).pdf)
    assert "Return invoice" in text
    assert "nothing is sold by this invoice" in text
    assert "Outbound shipment S-0900" in text


def test_an_invoice_without_a_number_is_not_printed():
    shipment = replace(parse_shipment(shipment_data()), invoice_number="")
    with pytest.raises(PaperNotNumbered):
        render_paper("commercial_invoice", shipment)


@pytest.mark.parametrize(
    ("place", "printed"),
    [
        ({"country": "DE"}, True),
        ({"country": "GB", "postcode": "BT1 1AA"}, True),
        ({"country": "GB", "postcode": "SW1A 1AA"}, False),
        ({"country": "US", "region": "NY", "postcode": "10001"}, False),
    ],
)
def test_the_ioss_number_is_shown_to_the_customs_of_the_union_only(place, printed):
    number = {"type": "IOSS", "number": "IM2460000006", "country": "EU"}
    text, _ = invoice(shipper=shipper_data(tax_ids=[number]), consignee=party_data(**place), collected=None)
    assert ("IM2460000006" in text) is printed
