"""What goes out to DHL. Each mistake known from other connectors is a test here."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.carriers.dhl_express.mapping import rates_body
from integrations.carriers.dhl_express.shipment import shipment_body
from integrations.kit.http import _encoder
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

SPEC = "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"
SHIPMENT = "supermodelIoLogisticsExpressCreateShipmentRequest"
RATES = "supermodelIoLogisticsExpressRateRequest"
ACCOUNT = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
DUTIES = replace(ACCOUNT, settings={"duties_account": "987654321", "paperless": True, "insure": True})


def body(**changes):
    return shipment_body(ACCOUNT, label_order(**changes))


def lines(**changes):
    return body(**changes)["content"]["exportDeclaration"]["lineItems"]


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
        {"shipper": replace(US_SHOP, country="FR", city="Lyon", region="", postcode="69002")},
        {"label_format": "zpl", "export_reason": "gift", "freight": Decimal(0)},
        {"parcels": (ParcelSpec("1", 149, 101, 55, 33), ParcelSpec("2", 1, 10, 10, 10))},
    ],
)
@pytest.mark.parametrize("account", [ACCOUNT, DUTIES])
def test_every_shipment_body_keeps_to_dhls_own_description(account, changes):
    assert violations(shipment_body(account, label_order(**changes)), SPEC, SHIPMENT) == []


@pytest.mark.parametrize("changes", [{}, {"incoterm": Incoterm.DAP}, {"consignee": BRITON}, {"consignee": BRAZILIAN}])
def test_every_rates_body_keeps_to_dhls_own_description(changes):
    assert violations(rates_body(ACCOUNT, enquiry(**changes)), SPEC, RATES) == []


def test_prices_keep_their_cents():
    assert [line["price"] for line in lines()] == [Decimal("19.99"), Decimal("0.50")]
    wire = _encoder.encode(body())
    assert b'"price":19.99' in wire
    assert b'"price":0.50' in wire


def test_declared_value_is_the_sum_of_the_lines_once_however_many_parcels():
    one = body()["content"]
    three = body(parcels=tuple(ParcelSpec(str(n), 500, 100, 100, 100) for n in range(3)))["content"]
    assert one["declaredValue"] == three["declaredValue"] == Decimal("60.47")


def test_line_weight_is_that_of_the_whole_line():
    assert [line["weight"]["netValue"] for line in lines()] == [Decimal("0.54"), Decimal("0.44")]


def test_line_total_is_price_times_quantity():
    assert [line["preCalculatedLineItemTotalValue"] for line in lines()] == [Decimal("59.97"), Decimal("0.50")]
    totals = body()["content"]["exportDeclaration"]["invoice"]["preCalculatedTotalValues"]
    assert totals["preCalculatedTotalGoodsValue"] == Decimal("60.47")
    assert totals["preCalculatedTotalInvoiceValue"] == Decimal("85.37")


def test_ddp_is_asked_for_and_billed_to_the_account_for_duties():
    found = shipment_body(DUTIES, label_order())
    assert {"serviceCode": "DD"} in found["valueAddedServices"]
    assert {"typeCode": "duties-taxes", "number": "987654321"} in found["accounts"]
    assert found["content"]["incoterm"] == "DDP"


def test_ddp_without_an_account_for_duties_is_billed_to_the_shipper():
    assert {"typeCode": "duties-taxes", "number": "123456789"} in body()["accounts"]


def test_dap_names_no_account_for_duties_and_no_collected_figures():
    found = body(incoterm=Incoterm.DAP, duty_payer="recipient")
    assert [account["typeCode"] for account in found["accounts"]] == ["shipper"]
    assert found["valueAddedServices"] == []
    assert found["content"]["incoterm"] == "DAP"
    assert "indicativeCustomsValues" not in found["content"]["exportDeclaration"]["invoice"]


def test_paperless_and_insurance_are_services_of_their_own():
    services = {
        service["serviceCode"]: service for service in shipment_body(DUTIES, label_order())["valueAddedServices"]
    }
    assert set(services) == {"DD", "WY", "II"}
    assert services["II"] == {"serviceCode": "II", "value": Decimal("60.47"), "currency": "USD"}


def test_ddp_is_part_of_the_question_for_prices():
    assert rates_body(ACCOUNT, enquiry())["valueAddedServices"] == [{"serviceCode": "DD"}]
    assert "valueAddedServices" not in rates_body(ACCOUNT, enquiry(incoterm=Incoterm.DAP))


def test_tax_numbers_stand_with_their_type_party_and_issuer():
    parties = body(importer=BRAZILIAN)["customerDetails"]
    assert parties["shipperDetails"]["registrationNumbers"] == [
        {"typeCode": "SDT", "number": "IM2760000742", "issuerCountryCode": "DE"},
        {"typeCode": "EOR", "number": "DE123456789012345", "issuerCountryCode": "DE"},
        {"typeCode": "EIN", "number": "12-3456789", "issuerCountryCode": "US"},
    ]
    assert parties["importerDetails"]["registrationNumbers"] == [
        {"typeCode": "CNP", "number": "11144477735", "issuerCountryCode": "BR"}
    ]


def test_a_tax_number_dhl_has_no_code_for_blocks_instead_of_getting_lost():
    error = refusal(consignee=replace(GERMAN, tax_ids=(TaxId("XYZ", "1", "DE"),)))
    assert (error.code, error.details["field"]) == ("unknown_tax_id", "consignee tax id")


def test_goods_inside_the_eu_are_not_declared():
    french = replace(US_SHOP, country="FR", city="Lyon", region="", postcode="69002")
    found = body(shipper=french)
    assert found["content"]["isCustomsDeclarable"] is False
    assert "exportDeclaration" not in found["content"]
    assert "declaredValue" not in found["content"]
    assert [account["typeCode"] for account in found["accounts"]] == ["shipper"]
    assert found["valueAddedServices"] == []
    assert rates_body(ACCOUNT, enquiry(shipper=french))["isCustomsDeclarable"] is False


def test_goods_to_the_canary_islands_are_declared():
    spaniard = replace(GERMAN, country="ES", city="Las Palmas", postcode="35001")
    french = replace(US_SHOP, country="FR", city="Lyon", region="", postcode="69002")
    assert body(shipper=french, consignee=spaniard)["content"]["isCustomsDeclarable"] is True


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consignee": replace(GERMAN, phone="")}, "consignee phone"),
        ({"consignee": replace(GERMAN, name="", company="")}, "consignee company"),
        ({"consignee": replace(GERMAN, address1=" ")}, "consignee address1"),
        ({"items": (replace(SHIRT, origin=""),)}, "line 1 (TS-1) country of origin"),
        ({"items": (replace(SHIRT, hs_code=""),)}, "line 1 (TS-1) HS code"),
        ({"items": (replace(SHIRT, description=""),)}, "description"),
        ({"items": (replace(SHIRT, unit_weight_g=0),)}, "line 1 (TS-1) weight"),
        ({"invoice_number": ""}, "invoice number"),
        ({"parcels": (ParcelSpec("1", 500, 0, 10, 10),)}, "parcel 1 length"),
    ],
)
def test_missing_data_blocks_and_is_never_made_up(changes, field):
    error = refusal(**changes)
    assert (error.code, error.details["field"]) == ("missing_data", field)


def test_dimensions_keep_their_millimetres():
    assert body()["content"]["packages"][0]["dimensions"] == {
        "length": Decimal("30.5"),
        "width": Decimal("20.9"),
        "height": Decimal("10.4"),
    }
    assert body()["content"]["packages"][0]["weight"] == Decimal("1.25")


def test_a_light_parcel_is_not_under_declared():
    parcel = ParcelSpec("1", 149, 100, 100, 100)
    assert body(parcels=(parcel,))["content"]["packages"][0]["weight"] == Decimal("0.149")


def test_house_number_and_street_keep_their_order():
    assert body()["customerDetails"]["receiverDetails"]["postalAddress"]["addressLine1"] == "Hauptstr. 5"


def test_a_long_street_moves_to_the_next_line_and_is_not_cut():
    street = "Calle de la Constitución de los Estados Unidos Mexicanos 1234, Edificio B"
    address = body(consignee=replace(GERMAN, address1=street))["customerDetails"]["receiverDetails"]["postalAddress"]
    assert " ".join(address[f"addressLine{n}"] for n in (1, 2)) == street


def test_an_address_longer_than_dhl_takes_is_refused():
    error = refusal(consignee=replace(GERMAN, address1="Straße " * 30))
    assert (error.code, error.details["field"]) == ("wrong_length", "consignee address1")


def test_each_description_stands_whole_on_its_line_and_lithium_in_the_summary():
    assert lines()[1]["description"] == POWER_BANK.description
    pricey = replace(POWER_BANK, unit_price=Decimal(100))
    assert "lithium-ion" in body(items=(SHIRT, pricey))["content"]["description"]


def test_what_was_collected_is_told_to_customs():
    assert body()["content"]["exportDeclaration"]["invoice"]["indicativeCustomsValues"] == {
        "importCustomsDutyValue": Decimal("7.25"),
        "importTaxesValue": Decimal("16.23"),
    }


def test_invoice_and_charges_are_ours():
    declaration = body()["content"]["exportDeclaration"]
    assert (declaration["invoice"]["number"], declaration["invoice"]["date"]) == ("INV-1001", "2026-11-22")
    assert declaration["additionalCharges"] == [
        {"value": Decimal("24.90"), "caption": "Freight", "typeCode": "freight"}
    ]


def test_a_price_finer_than_the_cent_becomes_two_lines_that_add_up():
    found = body(items=(replace(SHIRT, unit_price=Decimal("19.9933")),))["content"]
    assert [(line["quantity"]["value"], line["price"]) for line in found["exportDeclaration"]["lineItems"]] == [
        (2, Decimal("19.99")),
        (1, Decimal("20.00")),
    ]
    assert found["declaredValue"] == Decimal("59.98")


def test_a_registration_without_a_code_is_told_in_words():
    seller = replace(US_SHOP, tax_ids=(TaxId("PRC", "0001", "BR"),))
    found = body(shipper=seller, consignee=BRAZILIAN)
    assert found["content"]["exportDeclaration"]["remarks"] == [{"value": "Programa Remessa Conforme 0001"}]
    assert "registrationNumbers" not in found["customerDetails"]["shipperDetails"]


def test_more_registrations_than_the_invoice_has_room_for_are_refused():
    many = replace(US_SHOP, tax_ids=tuple(TaxId("PRC", f"000{n}", "BR") for n in range(4)))
    with pytest.raises(IntegrationError) as caught:
        body(shipper=many, consignee=BRAZILIAN)
    assert caught.value.code == "too_many_tax_ids"


def test_an_ioss_number_of_the_union_names_the_member_state_that_issued_it():
    seller = replace(US_SHOP, tax_ids=(TaxId("IOSS", "IM2460000006", "EU"),))
    assert body(shipper=seller)["customerDetails"]["shipperDetails"]["registrationNumbers"] == [
        {"typeCode": "SDT", "number": "IM2460000006", "issuerCountryCode": "FI"}
    ]


@pytest.mark.parametrize(("incoterm", "payer"), [(Incoterm.DDP, "recipient"), (Incoterm.DAP, "sender")])
def test_a_duty_payer_against_the_terms_is_refused(incoterm, payer):
    assert refusal(incoterm=incoterm, duty_payer=payer).code == "duty_payer_contradiction"


def test_our_reference_and_the_order_number_travel_along():
    assert body()["customerReferences"] == [
        {"value": "SS00000042", "typeCode": "CU"},
        {"value": "#1001", "typeCode": "CO"},
    ]
