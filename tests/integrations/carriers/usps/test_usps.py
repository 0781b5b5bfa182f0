"""USPS: the contract every carrier keeps, bodies against its description, and its own quirks."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.carriers.usps import handover, manifest, mapping, shipment
from integrations.carriers.usps.adapter import adapter
from integrations.carriers.usps.parties import exporter_reference
from integrations.kit.upu import is_s10
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, ManifestOrder, Milestone, ParcelSpec, TaxId
from tests.integrations.carriers.carrier_cases import (
    BRAZILIAN,
    BRITON,
    GERMAN,
    PARCEL,
    POWER_BANK,
    SHIRT,
    US_SHOP,
    enquiry,
    label_order,
    violations,
)
from tests.integrations.carriers.kit import CarrierContract, Subject

USPS = CarrierAccountRef("usps", "1000012345", {"client_id": "c", "client_secret": "s"},
                         {"crid": "12345678", "mid": "901234567"})  # fmt: skip
LABELS, PRICES = "usps/international-labels.yaml", "usps/international-prices.yaml"


def order(**changes):
    return label_order(**({"service": "PMI"} | changes))


class TestUspsContract(CarrierContract):
    subject = Subject(manifest, adapter, USPS, "PMI", account_on_bookings=False)

    def test_its_numbers_are_a_posts(self, practice):
        assert is_s10(self.buy("usps-number").waybill)

    def test_the_same_reference_twice_makes_one_label(self, practice):
        assert self.buy("usps-twice").waybill == self.buy("usps-twice").waybill
        assert len(self.ours(practice, "usps-twice")) == 1

    def test_a_ddp_price_is_offered_where_usps_can_prepay(self, practice):
        asked = enquiry(consignee=BRITON)
        ddp, dap = (
            adapter.carrier_quotes(USPS, replace(asked, incoterm=term), timeout_s=5)
            for term in (Incoterm.DDP, Incoterm.DAP)
        )
        assert {quote.ddp_available for quote in ddp} == {True}
        assert {quote.ddp_available for quote in dap} == {False}
        assert [quote.price for quote in ddp] == [quote.price for quote in dap]


def test_a_scan_form_keeps_to_the_description():
    body = handover.manifest_body(ManifestOrder(("LX473124829US",), US_SHOP, date(2026, 11, 23)))
    assert violations(body, "usps/scan-forms.yaml", "SCANFormRequest", merged=True) == []
    assert (body["mailingDate"], body["shipment"]) == ("2026-11-23", {"trackingNumbers": ["LX473124829US"]})


@pytest.mark.parametrize("consignee", [GERMAN, BRITON, BRAZILIAN])
@pytest.mark.parametrize("incoterm", list(Incoterm))
def test_a_label_keeps_to_the_description(consignee, incoterm):
    payer = "sender" if incoterm == Incoterm.DDP else "recipient"
    body = shipment.label_body(USPS, order(consignee=consignee, incoterm=incoterm, duty_payer=payer))
    assert violations(body, LABELS, "InternationalLabelRequest", merged=True) == []
    assert body["packageDescription"]["prepayDutiesTaxesFees"] is (incoterm == Incoterm.DDP)


@pytest.mark.parametrize("incoterm", list(Incoterm))
def test_prices_keep_to_the_description(incoterm):
    body = mapping.prices_body(USPS, enquiry(incoterm=incoterm))
    assert violations(body, PRICES, "TotalRatesQuery", merged=True) == []
    assert violations(body | {"wieght": 1}, PRICES, "TotalRatesQuery", merged=True) != []


def test_goods_are_declared_to_the_cent_and_the_ten_thousandth_of_a_pound():
    contents = shipment.label_body(USPS, order())["customsForm"]["contents"]
    assert [(c["itemQuantity"], c["itemValue"], c["itemTotalValue"]) for c in contents] == [
        (3, Decimal("19.99"), Decimal("59.97")),
        (1, Decimal("0.50"), Decimal("0.50")),
    ]
    # 540 g / 453.59237 = 1.190496..., 440 g = 0.970034...
    assert [c["itemTotalWeight"] for c in contents] == [Decimal("1.1905"), Decimal("0.9700")]
    assert [c["countryofOrigin"] for c in contents] == ["PT", "CN"]


def test_the_parcel_is_never_lighter_or_smaller_than_it_is():
    found = shipment.measures(PARCEL)
    # 1250 g = 2.755778 lb; 305 mm = 12.00787 in, 209 = 8.22834, 104 = 4.09448
    assert found["weight"] == Decimal("2.7558")
    assert (found["length"], found["width"], found["height"]) == (Decimal("12.01"), Decimal("8.23"), Decimal("4.10"))


def test_the_lithium_stays_in_thirty_characters():
    text = shipment.label_body(USPS, order(items=(POWER_BANK,)))["customsForm"]["contents"][0]["itemDescription"]
    assert len(text) <= 30
    assert "lithium" in text.lower()
    assert "Power bank" in text


def test_ioss_travels_before_other_numbers():
    ids = (TaxId("EIN", "12-3456789"), TaxId("EORI", "DE123456789012345"), TaxId("IOSS", "IM2760000742"))
    assert exporter_reference(ids) == {"referenceType": "TAX_CODE", "reference": "IM2760000742"}
    assert exporter_reference(ids[:2]) == {"referenceType": "IMPORTER_CODE", "reference": "DE123456789012345"}
    with pytest.raises(IntegrationError) as caught:
        exporter_reference((*ids, TaxId("VOEC", "2024683")))
    assert caught.value.code == "too_many_tax_ids"


def test_the_buyers_number_goes_to_customs():
    form = shipment.label_body(USPS, order(consignee=BRAZILIAN))["customsForm"]
    assert form["importersReference"] == {"referenceType": "TAX_CODE", "reference": "11144477735"}


@pytest.mark.parametrize(
    ("price", "country", "filing"),
    [("833.33", "DE", "NOEEI 30.37(a)"), ("833.34", "CA", "NOEEI 30.36"), ("833.34", "DE", None)],
)
def test_an_export_declaration_is_due_above_2500_dollars_a_code(price, country, filing):
    goods = replace(SHIRT, unit_price=Decimal(price))  # three: 2,499.99 and 2,500.02
    asked = order(items=(goods, POWER_BANK), consignee=replace(GERMAN, country=country))
    if filing:
        assert shipment.label_body(USPS, asked)["customsForm"]["AESITN"] == filing
        return
    with pytest.raises(IntegrationError) as caught:
        shipment.label_body(USPS, asked)
    assert (caught.value.code, caught.value.details["field"]) == ("missing_data", "AES ITN")
    filed = replace(asked, references={"itn": "X20261122123456"})
    assert shipment.label_body(USPS, filed)["customsForm"]["AESITN"] == "AES X20261122123456"
    exempt = replace(asked, references={"noeei": "30.37(h)"})
    assert shipment.label_body(USPS, exempt)["customsForm"]["AESITN"] == "NOEEI 30.37(h)"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"parcels": (PARCEL, ParcelSpec("2", 100, 100, 100, 100))}, "too_many_parcels"),
        ({"currency": "EUR"}, "wrong_currency"),
        ({"service": "P"}, "unknown_service"),
        ({"shipper": GERMAN}, "wrong_origin"),
        ({"items": (SHIRT,) * 31}, "too_many"),
    ],
)
def test_what_usps_does_not_carry_is_refused_before_it_is_sent(changes, code):
    with pytest.raises(IntegrationError) as caught:
        shipment.label_body(USPS, order(**changes))
    assert (caught.value.code, caught.value.permanent) == (code, True)


def test_flat_rate_boxes_are_not_offered():
    def option(indicator, price):
        rate = {"mailClass": "PRIORITY_MAIL_INTERNATIONAL", "rateIndicator": indicator,
                "destinationEntryFacilityType": "NONE"}  # fmt: skip
        return {"totalBasePrice": Decimal(price), "rates": [rate]}

    quotes = mapping.quotes_from(USPS, {"rateOptions": [option("PL", "9.00"), option("SP", "50.60"),
                                                        option("SP", "48.10")]})  # fmt: skip
    assert [(quote.service, quote.price) for quote in quotes] == [("PMI", Decimal("48.10"))]


def test_an_unknown_scan_is_kept_as_unknown_with_its_own_time():
    raw = {"eventCode": "ZZ", "eventType": "New thing", "eventTimestamp": "2026-11-22T10:00:00", "GMTOffset": "-420"}
    (event,) = mapping.events_from({"trackingNumber": "LX473124829US", "trackingEvents": [raw]})
    assert (event.milestone, event.code, event.country) == (Milestone.UNKNOWN, "ZZ", "US")
    assert event.at.isoformat() == "2026-11-22T17:00:00+00:00"


def test_insurance_is_in_the_price_and_the_fee_for_duties_beside_it():
    rate = {"mailClass": "PRIORITY_MAIL_INTERNATIONAL", "rateIndicator": "SP", "destinationEntryFacilityType": "NONE"}
    extras = [
        {"extraService": "930", "price": Decimal("6.20")},
        {"extraService": "370", "price": Decimal("4.50")},
        {"extraService": "955", "price": Decimal("5.65")},
    ]
    option = {"totalBasePrice": Decimal("48.10"), "rates": [rate], "extraServices": extras}
    (quote,) = mapping.quotes_from(USPS, {"rateOptions": [option | {"dutiesTaxesFeesQuote": {"packageFee": 4}}]})
    assert (quote.price, quote.duty_fee) == (Decimal("54.30"), Decimal("4.50"))
    (plain,) = mapping.quotes_from(USPS, {"rateOptions": [option]})
    assert (plain.price, plain.duty_fee) == (Decimal("54.30"), None)


@pytest.mark.parametrize(
    ("code", "step", "reason"),
    [
        ("53", Milestone.ATTEMPT_FAILED, "no access"),
        ("27", Milestone.RETURNING, "unclaimed"),
        ("71", Milestone.EXCEPTION, "delay"),
        ("82", Milestone.IN_TRANSIT, "at a partner's"),
        ("DX", Milestone.UNKNOWN, ""),  # "delivery status not updated" is no step
    ],
)
def test_a_scan_at_home_takes_its_step(code, step, reason):
    raw = {"eventCode": code, "eventType": "x", "GMTTimestamp": "2026-11-22T10:00:00Z"}
    (event,) = mapping.events_from({"trackingNumber": "LX473124829US", "trackingEvents": [raw]})
    assert (event.milestone, event.reason) == (step, reason)
