"""What goes out to UPS. Each mistake known from other connectors is a test here."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.carriers.ups.mapping import rate_body
from integrations.carriers.ups.parties import person_name, weight_text
from integrations.carriers.ups.shipment import shipment_body
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, ParcelSpec, TaxId
from tests.integrations.carriers.carrier_cases import (
    BRAZILIAN,
    BRITON,
    GERMAN,
    POWER_BANK,
    SHIRT,
    US_SHOP,
    enquiry,
    label_order,
    violations,
)

ACCOUNT = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})
NORWEGIAN = replace(US_SHOP, country="NO", city="Oslo", region="", postcode="0154", tax_ids=())
FRENCH = replace(US_SHOP, country="FR", city="Lyon", region="", postcode="69002", tax_ids=())


def ups_order(**changes):
    return label_order(**{"service": "65", **changes})


def body(account=ACCOUNT, **changes):
    return shipment_body(account, ups_order(**changes))["ShipmentRequest"]["Shipment"]


def forms(**changes):
    return body(**changes)["ShipmentServiceOptions"]["InternationalForms"]


def refusal(**changes):
    with pytest.raises(IntegrationError) as caught:
        body(**changes)
    assert caught.value.permanent
    return caught.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"incoterm": Incoterm.DAP, "duty_payer": "recipient", "collected_duty": None, "collected_import_tax": None},
        {"consignee": BRITON, "currency": "GBP"},
        {"consignee": BRAZILIAN, "importer": BRAZILIAN},
        {"shipper": FRENCH},
        {"label_format": "zpl", "export_reason": "gift", "freight": Decimal(0)},
        {"parcels": (ParcelSpec("1", 149, 101, 55, 33), ParcelSpec("2", 1, 10, 10, 10))},
        {"consignee": replace(US_SHOP, tax_ids=()), "shipper": NORWEGIAN},
    ],
)
def test_every_shipment_body_keeps_to_upss_own_description(changes):
    assert violations(shipment_body(ACCOUNT, ups_order(**changes)), "ups/Shipping.yaml", "SHIPRequestWrapper") == []


@pytest.mark.parametrize("changes", [{}, {"consignee": BRITON}, {"consignee": BRAZILIAN}, {"shipper": NORWEGIAN}])
def test_every_rating_body_keeps_to_upss_own_description(changes):
    assert violations(rate_body(ACCOUNT, enquiry(**changes)), "ups/Rating.yaml", "RATERequestWrapper") == []


def test_the_terms_are_always_named():
    assert forms()["TermsOfShipment"] == "DDP"
    assert forms(incoterm=Incoterm.DAP, duty_payer="recipient")["TermsOfShipment"] == "DAP"


def test_under_ddp_the_sender_is_billed_for_duties_and_taxes():
    charges = body()["PaymentInformation"]["ShipmentCharge"]
    assert charges == [
        {"Type": "01", "BillShipper": {"AccountNumber": "A1B2C3"}},
        {"Type": "02", "BillShipper": {"AccountNumber": "A1B2C3"}},
    ]


def test_another_account_for_duties_is_a_third_party():
    account = replace(ACCOUNT, settings={"duties_account": "D4E5F6", "duties_account_country": "DE"})
    assert body(account)["PaymentInformation"]["ShipmentCharge"][1] == {
        "Type": "02",
        "BillThirdParty": {"AccountNumber": "D4E5F6", "Address": {"CountryCode": "DE"}},
    }


def test_under_dap_nobody_but_the_consignee_is_billed_for_duties():
    charges = body(incoterm=Incoterm.DAP, duty_payer="recipient")["PaymentInformation"]["ShipmentCharge"]
    assert [charge["Type"] for charge in charges] == ["01"]


@pytest.mark.parametrize(("incoterm", "payer"), [(Incoterm.DDP, "recipient"), (Incoterm.DAP, "sender")])
def test_a_duty_payer_against_the_terms_is_refused(incoterm, payer):
    assert refusal(incoterm=incoterm, duty_payer=payer).code == "duty_payer_contradiction"


@pytest.mark.parametrize(
    ("tax_id", "code"),
    [
        (TaxId("IOSS", "IM2760000742"), "0356"),
        (TaxId("VOEC", "2012345"), "0357"),
        (TaxId("GST", "M12345678", "SG"), "1051"),
        (TaxId("ARN", "300012345678"), "1052"),
    ],
)
def test_a_registration_under_which_tax_was_collected_is_vendor_info(tax_id, code):
    vendor = body(shipper=replace(US_SHOP, tax_ids=(tax_id,)))["ShipFrom"]["VendorInfo"]
    assert (vendor["VendorCollectIDTypeCode"], vendor["VendorCollectIDNumber"]) == (code, tax_id.number)
    assert vendor["ConsigneeType"] == "02"


def test_other_tax_numbers_are_told_with_purpose_and_issuer():
    agents = body(consignee=BRAZILIAN)["GlobalTaxInformation"]["AgentTaxIdentificationNumber"]
    consignor, consignee = agents
    assert [(n["IdentificationNumber"], n["IDNumberPurposeCode"]) for n in consignor["TaxIdentificationNumber"]] == [
        ("DE123456789012345", "02"),
        ("12-3456789", "01"),
    ]
    assert consignee["AgentRole"] == "30"
    assert consignee["TaxIdentificationNumber"][0] == {
        "IdentificationNumber": "11144477735",
        "IDNumberCustomerRole": "18",
        "IDNumberEncryptionIndicator": "0",
        "IDNumberIssuingCntryCd": "BR",
        "IDNumberPurposeCode": "01",
        "IDNumberTypeCode": "0005",
    }


def test_the_importer_is_the_buyer_on_the_invoice():
    importer = replace(GERMAN, name="Import GmbH", company="Import GmbH", tax_ids=(TaxId("EORI", "DE99"),))
    assert forms(importer=importer)["Contacts"]["SoldTo"]["Name"] == "Import GmbH"
    assert forms()["Contacts"]["SoldTo"]["Name"] == "Jörg Müller"


def test_the_date_of_shipment_has_upss_form():
    assert body()["ShipmentDate"] == "20261123"
    assert forms()["InvoiceDate"] == "20261122"


def test_the_sub_version_has_four_characters_and_the_number_of_pieces_is_not_zero():
    request = shipment_body(ACCOUNT, ups_order())["ShipmentRequest"]
    assert request["Request"]["SubVersion"] == "2409"
    assert request["Shipment"].get("NumOfPiecesInShipment", "absent") != "0"


def test_the_whole_description_travels_and_lithium_is_not_lost():
    products = forms()["Product"]
    assert products[0]["Description"] == ["T-shirt, cotton, knitted"]
    assert " ".join(products[1]["Description"]) == POWER_BANK.description
    assert all(len(piece) <= 35 for piece in products[1]["Description"])


def test_prices_are_per_unit_with_their_cents_and_the_total_is_counted_once():
    assert [p["Unit"]["Value"] for p in forms()["Product"]] == ["19.99", "0.50"]
    assert [p["Unit"]["Number"] for p in forms()["Product"]] == ["3", "1"]
    three = tuple(ParcelSpec(str(n), 500, 100, 100, 100) for n in range(3))
    assert body(parcels=three)["InvoiceLineTotal"] == {"CurrencyCode": "USD", "MonetaryValue": "60.47"}


def test_sizes_are_whole_centimetres_rounded_up_longest_first():
    package = body(parcels=(ParcelSpec("1", 1250, 104, 305, 209),))["Package"][0]
    assert package["Dimensions"] == {
        "UnitOfMeasurement": {"Code": "CM"},
        "Length": "31",
        "Width": "21",
        "Height": "11",
    }
    assert package["PackageWeight"] == {"UnitOfMeasurement": {"Code": "KGS"}, "Weight": "1.25"}


@pytest.mark.parametrize(
    ("kg", "text"),
    [("0.149", "0.149"), ("1.25", "1.25"), ("12.346", "12.35"), ("70", "70"), ("100.01", "100.1"), ("0.001", "0.001")],
)
def test_a_weight_fits_five_characters_and_is_never_under_declared(kg, text):
    assert weight_text(Decimal(kg)) == text


def test_goods_inside_the_eu_need_no_forms_and_no_duty_payer():
    found = body(shipper=FRENCH)
    assert "ShipmentServiceOptions" not in found
    assert [charge["Type"] for charge in found["PaymentInformation"]["ShipmentCharge"]] == ["01"]


def test_a_low_value_under_ioss_is_said_to_be_one():
    assert body()["ShipmentServiceOptions"]["EUDeMinimisIndicator"] == "Y"
    dear = replace(SHIRT, unit_price=Decimal("150.01"), quantity=1)
    plain = replace(US_SHOP, tax_ids=())
    options = body(shipper=plain, items=(dear,), currency="EUR")["ShipmentServiceOptions"]
    assert options["EUDeMinimisIndicator"] == "N"
    assert "EUDeMinimisIndicator" not in body(shipper=plain, items=(dear,))["ShipmentServiceOptions"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consignee": replace(GERMAN, phone="")}, "consignee phone"),
        ({"consignee": replace(GERMAN, name="")}, "consignee name"),
        ({"shipper": replace(US_SHOP, region="")}, "consignor region"),
        ({"items": (replace(SHIRT, origin=""),)}, "line 1 (TS-1) country of origin"),
        ({"items": (replace(SHIRT, hs_code=""),)}, "line 1 (TS-1) HS code"),
        ({"invoice_number": " "}, "invoice number"),
    ],
)
def test_missing_data_blocks_and_is_never_made_up(changes, field):
    error = refusal(**changes)
    assert (error.code, error.details["field"]) == ("missing_data", field)


def test_an_american_phone_has_ten_digits_and_others_keep_their_country():
    found = body()
    assert found["Shipper"]["Phone"]["Number"] == "6155550123"
    assert found["ShipTo"]["Phone"]["Number"] == "4922112345"


def test_house_number_and_street_keep_their_order():
    assert body()["ShipTo"]["Address"]["AddressLine"] == ["Hauptstr. 5"]


def test_middle_names_of_a_long_name_become_initials():
    name = "Maria Aparecida dos Santos Oliveira Ferreira"
    assert person_name(name, "name") == "Maria A. d. S. Oliveira Ferreira"
    with pytest.raises(IntegrationError):
        person_name("Wolfeschlegelsteinhausenbergerdorff-Smith", "name")


def test_our_reference_stands_on_the_shipment_and_inside_the_us_on_the_parcel():
    ours = [{"Code": "TN", "Value": "SS00000042"}, {"Code": "PO", "Value": "#1001"}]
    assert body()["ReferenceNumber"] == ours
    domestic = body(consignee=replace(US_SHOP, tax_ids=()), service="03")
    assert domestic["Package"][0]["ReferenceNumber"] == ours
    assert "ReferenceNumber" not in domestic


def test_what_was_collected_is_told_to_the_broker():
    assert forms()["Comments"] == "Duty collected at checkout: 7.25 USD; Import tax collected at checkout: 16.23 USD"


def test_more_lines_than_upss_invoice_takes_are_refused():
    assert refusal(items=(SHIRT,) * 51).details["field"] == "items"
