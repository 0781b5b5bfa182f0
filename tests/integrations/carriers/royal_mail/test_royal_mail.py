import base64
import json
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from openapi_schema_validator import OAS30Validator

from integrations.carriers.royal_mail import handover, manifest
from integrations.carriers.royal_mail.adapter import adapter
from integrations.carriers.royal_mail.mapping import orders_body
from integrations.kit.http import _encoder
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, Manifest, ManifestOrder, ParcelSpec, TaxId
from tests.integrations.carriers.carrier_cases import (
    BRITON,
    GERMAN,
    PARCEL,
    POWER_BANK,
    SHIRT,
    US_SHOP,
    description,
    label_order,
)
from tests.integrations.carriers.kit import CarrierContract, Subject
from tests.integrations.kit.naughty_server import Reply, naughty_server, reply_json

SHOP = replace(
    US_SHOP, city="London", region="", postcode="N1 9GU", country="GB", tax_ids=(TaxId("IOSS", "IM3720000001"),)
)
ACCOUNT = CarrierAccountRef("royal_mail", "", {"api_key": "k"}, {"ddp_services": ["DDP1"]})


class TestRoyalMailContract(CarrierContract):
    subject = Subject(
        manifest,
        adapter,
        ACCOUNT,
        "DDP1",
        order=lambda found: replace(found, shipper=SHOP, currency="GBP"),
        back=lambda found: replace(found, shipper=BRITON, service="TSN"),
        refused=("city", "address1"),
    )

    def test_a_manifested_label_is_not_voided_in_silence(self, practice):
        label = self.buy("rm-manifested")
        adapter.close_out(ACCOUNT, ManifestOrder((label.waybill,), SHOP, date(2026, 11, 23)), timeout_s=5)
        with pytest.raises(IntegrationError) as caught:
            adapter.void(ACCOUNT, label.waybill, timeout_s=5)
        assert (caught.value.code, caught.value.permanent) == ("not_voided", True)


def test_a_manifest_whose_paper_is_still_made_has_a_number_and_no_paper():
    assert handover.manifest_from({"manifestNumber": 7}) == Manifest("7", b"")
    with pytest.raises(IntegrationError) as caught:
        handover.manifest_from({"manifestNumber": 7, "status": "Failed"})
    assert (caught.value.code, caught.value.permanent) == ("manifest_failed", True)


def test_a_return_keeps_to_the_description_and_to_the_country():
    way_back = rm_order(shipper=BRITON, consignee=SHOP, service="TSN")
    found = handover.return_body(way_back)
    document = description("royal_mail/returns.yml")
    rule = {"$ref": "#/definitions/CreateReturnRequest", "definitions": document["definitions"]}
    assert [error.message for error in OAS30Validator(rule).iter_errors(found)] == []
    assert found["shipment"]["shippingAddress"]["countryIsoCode"] == "GBR"
    with pytest.raises(IntegrationError) as caught:
        handover.return_body(replace(way_back, shipper=GERMAN))
    assert caught.value.code == "wrong_country"


def rm_order(**changes):
    return label_order(**{"shipper": SHOP, "service": "DDP1", "currency": "GBP", **changes})


def body(**changes):
    return orders_body(ACCOUNT, rm_order(**changes))["items"][0]


def refusal(**changes):
    with pytest.raises(IntegrationError) as caught:
        body(**changes)
    assert caught.value.permanent
    return caught.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"consignee": BRITON, "service": "TPN24"},
        {"service": "MP7", "incoterm": Incoterm.DAP, "duty_payer": "recipient"},
        {"importer": replace(GERMAN, tax_ids=(TaxId("EORI", "DE123"), TaxId("VAT", "DE999")))},
        {"insurance": Decimal("1.20"), "export_reason": "gift"},
    ],
)
def test_every_body_keeps_to_royal_mails_own_description(changes):
    document = description("royal_mail/orders.yml")
    wire = json.loads(_encoder.encode(orders_body(ACCOUNT, rm_order(**changes))), parse_float=Decimal)
    rule = {"$ref": "#/definitions/CreateOrdersRequest", "definitions": document["definitions"]}
    assert [error.message for error in OAS30Validator(rule).iter_errors(wire)] == []


def test_descriptions_fit_fifty_characters_and_keep_the_lithium():
    found = body()["packages"][0]["contents"][1]
    assert found["customsDescription"] == "Power bank 10000 mAh, lithium-ion battery UN3480"
    assert found["extendedCustomsDescription"] == POWER_BANK.description
    assert (found["customsCode"], found["originCountryCode"], found["unitValue"]) == ("85076000", "CN", Decimal("0.50"))


def test_the_ioss_number_travels_and_a_number_without_a_field_blocks():
    assert body()["postageDetails"]["IOSSNumber"] == "IM3720000001"
    other = replace(SHOP, tax_ids=(TaxId("VOEC", "2012345"),))
    assert refusal(shipper=other).code == "unknown_tax_id"


def test_amounts_are_those_of_the_invoice_and_add_up():
    found = body()
    assert [found[n] for n in ("subtotal", "shippingCostCharged", "customsDutyCosts", "orderTax", "total")] == [
        Decimal("60.47"),
        Decimal("24.90"),
        Decimal("7.25"),
        Decimal("16.23"),
        Decimal("108.85"),
    ]


@pytest.mark.parametrize(
    "changes",
    [{"service": "MP7"}, {"incoterm": Incoterm.DAP, "duty_payer": "recipient"}],
)
def test_a_service_against_the_terms_is_refused(changes):
    assert refusal(**changes).code == "service_contradicts_incoterm"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"duty_payer": "recipient"}, "duty_payer_contradiction"),
        ({"items": (replace(SHIRT, hs_code=""),)}, "missing_data"),
        ({"items": (replace(SHIRT, origin=""),)}, "missing_data"),
        ({"parcels": (ParcelSpec("1", 30_001, 10, 10, 10),)}, "too_heavy"),
        ({"parcels": (PARCEL, ParcelSpec("2", 10, 10, 10, 10))}, "missing_data"),
    ],
)
def test_what_is_missing_or_too_much_is_refused(changes, code):
    assert refusal(**changes).code == code


def test_goods_inside_the_country_need_no_customs_data():
    found = body(consignee=BRITON, service="TPN24", items=(replace(SHIRT, hs_code="", origin=""),))
    assert found["packages"][0]["packageFormatIdentifier"] == "smallParcel"
    assert "customsCode" not in found["packages"][0]["contents"][0]
    assert found["label"]["includeCN"] is False


def test_lines_lie_in_the_parcel_they_name():
    items = (replace(SHIRT, parcel_reference="1"), replace(POWER_BANK, parcel_reference="2"))
    packages = body(parcels=(PARCEL, ParcelSpec("2", 500, 100, 100, 100)), items=items)["packages"]
    assert [[content["SKU"] for content in package["contents"]] for package in packages] == [["TS-1"], ["PB-1"]]


MADE = {"orderIdentifier": 7, "orderReference": "SS00000042", "trackingNumber": "AB123456789GB", "createdOn": "x"}


@contextmanager
def serving(settings, behave):
    with naughty_server(behave) as server:
        settings.ROYAL_MAIL_BASE_URL = server.url
        yield server


def test_a_label_is_bought_and_found_again_by_our_reference(settings):
    created = {"createdOrders": [MADE | {"label": base64.b64encode(b"%PDF-1").decode()}]}

    def behave(heard):
        assert heard.headers["Authorization"] == "Bearer k"
        if heard.method == "POST":
            return reply_json(created)
        return Reply(body=b"%PDF-2") if heard.path.split("?")[0].endswith("/label") else reply_json([MADE])

    with serving(settings, behave) as server:
        label = adapter.buy_label(ACCOUNT, rm_order(), timeout_s=3)
        found = adapter.find_shipment(ACCOUNT, reference="SS00000042", since=date(2026, 1, 1), timeout_s=3)
    assert (label.waybill, label.label) == ("AB123456789GB", b"%PDF-1")
    assert (found.waybill, found.label.label) == ("AB123456789GB", b"%PDF-2")
    assert server.heard[1].path == "/orders/%22SS00000042%22"


@pytest.mark.parametrize(
    ("document", "code", "unknown"),
    [
        ({"failedOrders": [{"errors": [{"errorMessage": "postcode is invalid"}]}]}, "partner_refused", False),
        ({"createdOrders": [MADE | {"labelErrors": [{"message": "no postage"}]}]}, "no_label", False),
        ({"createdOrders": [MADE]}, "unreadable_answer", True),
        ({}, "unreadable_answer", True),
    ],
)
def test_what_went_wrong_is_told_apart(settings, document, code, unknown):
    with serving(settings, lambda _: reply_json(document)), pytest.raises(IntegrationError) as caught:
        adapter.buy_label(ACCOUNT, rm_order(), timeout_s=3)
    assert (caught.value.code, caught.value.outcome_unknown) == (code, unknown)


def test_nothing_under_our_reference_is_none(settings):
    with serving(settings, lambda _: Reply(status=404)):
        assert adapter.find_shipment(ACCOUNT, reference="x", since=date(2026, 1, 1), timeout_s=3) is None
