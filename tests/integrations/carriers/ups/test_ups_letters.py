"""Letters, postcodes and decimals as UPS reads them."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.carriers.ups.parties import address
from integrations.carriers.ups.shipment import shipment_body
from shipsmart.ports import CarrierAccountRef, IntegrationError
from tests.integrations.carriers.carrier_cases import GERMAN, SHIRT, label_order

ACCOUNT = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})


def asked(**changes):
    return shipment_body(ACCOUNT, label_order(service="65", **changes))["ShipmentRequest"]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jörg Müller", None),
        ("Łukasz Żółć", "pol"),
        ("Ioana Țepeș", "ron"),
        ("Şule Işık", "tur"),
        ("Jānis Bērziņš", "lit"),
        ("Иван Петров", "rus"),
        ("Γιώργος Παππάς", "ell"),
    ],
)
def test_ups_is_told_the_letters_of_the_label(name, letters):
    found = asked(consignee=replace(GERMAN, name=name, address1="1", city="Y"))
    assert found["LabelSpecification"].get("CharacterSet") == letters


def test_letters_ups_cannot_print_are_refused_and_not_spelt_anew():
    with pytest.raises(IntegrationError) as caught:
        asked(consignee=replace(GERMAN, city="渋谷区"))
    assert (caught.value.code, caught.value.details["field"]) == ("unprintable_text", "consignee city")


def test_typographers_marks_become_plain_ones():
    found = asked(consignee=replace(GERMAN, address1="8 King\u2019s Road \u2013 B"))
    assert found["Shipment"]["ShipTo"]["Address"]["AddressLine"] == ["8 King's Road - B"]
    assert "CharacterSet" not in found["LabelSpecification"]


@pytest.mark.parametrize(
    ("country", "postcode", "told"),
    [
        ("US", "10118-0110", "101180110"),
        ("CA", "M5H 2N2", "M5H2N2"),
        ("BR", "01304-001", "01304-001"),
        ("GB", "LS1 4AP", "LS1 4AP"),
    ],
)
def test_a_postcode_is_written_as_ups_reads_it(country, postcode, told):
    place = address(replace(GERMAN, country=country, region="NY", postcode=postcode), "consignee")
    assert place["PostalCode"] == told


def test_goods_into_the_eu_without_a_product_number_say_so():
    forms = asked(items=(replace(SHIRT, sku=""),))["Shipment"]["ShipmentServiceOptions"]["InternationalForms"]
    (product,) = forms["Product"]
    assert product["CommodityFieldSpecialConditionCode"] == "01"
    assert "ProductIdentifier" not in product


def test_an_invoice_in_dinars_keeps_its_third_decimal():
    goods = (replace(SHIRT, unit_price=Decimal("6.125")),)
    shipment = asked(currency="KWD", freight=Decimal(0), items=goods)["Shipment"]
    assert shipment["InvoiceLineTotal"]["MonetaryValue"] == "18.375"
