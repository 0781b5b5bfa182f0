"""What goes out to FedEx. Each mistake known from other connectors is a test here."""

from dataclasses import replace
from decimal import Decimal

import pytest

from integrations.carriers.fedex.mapping import event_from, label_from, milestone_of, quotes_from, rates_body
from integrations.carriers.fedex.shipment import shipment_body
from shipsmart.ports import CarrierAccountRef, Incoterm, IntegrationError, Milestone, ParcelSpec, TaxId
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

ACCOUNT = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"})
FRENCH = replace(US_SHOP, country="FR", city="Lyon", region="", postcode="69002", tax_ids=())
DAP = {"incoterm": Incoterm.DAP, "duty_payer": "recipient", "collected_duty": None, "collected_import_tax": None}


def fedex_order(**changes):
    return label_order(**{"service": "FEDEX_INTERNATIONAL_PRIORITY", **changes})


def body(account=ACCOUNT, **changes):
    return shipment_body(account, fedex_order(**changes))["requestedShipment"]


def customs(account=ACCOUNT, **changes):
    return body(account, **changes)["customsClearanceDetail"]


def refusal(**changes):
    with pytest.raises(IntegrationError) as caught:
        body(**changes)
    assert caught.value.permanent
    return caught.value


@pytest.mark.parametrize(
    "changes",
    [
        {},
        DAP,
        {"consignee": BRITON, "currency": "GBP"},
        {"consignee": BRAZILIAN, "importer": BRAZILIAN},
        {"shipper": FRENCH},
        {"label_format": "zpl", "export_reason": "gift", "freight": Decimal(0), "insurance": Decimal("1.10")},
        {"parcels": (PARCEL, ParcelSpec("2", 1, 10, 10, 10))},
    ],
)
def test_every_shipment_body_keeps_to_fedexs_own_description(changes):
    assert violations(shipment_body(ACCOUNT, fedex_order(**changes)), "fedex/ship-api.json", "Full_Schema_Ship") == []


@pytest.mark.parametrize("changes", [{}, {"consignee": BRITON}, {"consignee": BRAZILIAN}, {"shipper": FRENCH}])
def test_every_rate_body_keeps_to_fedexs_own_description(changes):
    found = rates_body(ACCOUNT, enquiry(**changes))
    assert violations(found, "fedex/rate-api.json", "Full_Schema_Quote_Rate") == []


def test_the_customs_value_is_counted_once_however_many_parcels():
    three = tuple(ParcelSpec(str(n), 500, 100, 100, 100) for n in range(3))
    for parcels in ((PARCEL,), three):
        assert customs(parcels=parcels)["totalCustomsValue"] == {"amount": Decimal("60.47"), "currency": "USD"}


def test_sizes_are_whole_centimetres_and_say_so():
    assert body()["requestedPackageLineItems"][0]["dimensions"] == {
        "length": 31,
        "width": 21,
        "height": 11,
        "units": "CM",
    }


def test_a_lines_value_and_weight_are_those_of_all_its_units_in_kilograms():
    for lines in (customs()["commodities"], rates_body(ACCOUNT, enquiry())["requestedShipment"]["customsClearanceDetail"]["commodities"]):  # fmt: skip # noqa: E501
        assert [line["customsValue"]["amount"] for line in lines] == [Decimal("59.97"), Decimal("0.50")]
        assert [line["weight"] for line in lines] == [
            {"units": "KG", "value": Decimal("0.54")},
            {"units": "KG", "value": Decimal("0.44")},
        ]
    assert [line["unitPrice"]["amount"] for line in customs()["commodities"]] == [Decimal("19.99"), Decimal("0.50")]


def test_the_whole_description_travels():
    assert customs()["commodities"][1]["description"] == POWER_BANK.description


def test_the_total_weight_is_in_pounds_rounded_up():
    # 1.25 kg / 0.45359237 = 2.7558 lb
    assert body()["totalWeight"] == Decimal("2.76")


def test_under_ddp_the_named_account_pays_duties():
    assert customs()["dutiesPayment"]["paymentType"] == "SENDER"
    account = replace(ACCOUNT, settings={"duties_account": "111222333"})
    duties = customs(account)["dutiesPayment"]
    assert duties["paymentType"] == "THIRD_PARTY"
    assert duties["payor"]["responsibleParty"]["accountNumber"]["value"] == "111222333"
    assert customs()["commercialInvoice"]["termsOfSale"] == "DDP"


def test_under_dap_the_recipient_pays_duties():
    assert customs(**DAP)["dutiesPayment"] == {"paymentType": "RECIPIENT"}
    assert customs(**DAP)["commercialInvoice"]["termsOfSale"] == "DAP"


@pytest.mark.parametrize(("incoterm", "payer"), [(Incoterm.DDP, "recipient"), (Incoterm.DAP, "sender")])
def test_a_duty_payer_against_the_terms_is_refused(incoterm, payer):
    assert refusal(incoterm=incoterm, duty_payer=payer).code == "duty_payer_contradiction"


def test_every_tax_number_has_a_type():
    assert body()["shipper"]["tins"] == [
        {"number": "IM2760000742", "tinType": "BUSINESS_UNION", "usage": "IOSS"},
        {"number": "DE123456789012345", "tinType": "BUSINESS_UNION", "usage": "EORI"},
        {"number": "12-3456789", "tinType": "FEDERAL", "usage": "EIN"},
    ]
    unknown = replace(GERMAN, tax_ids=(TaxId("XYZ", "1", "DE"),))
    assert refusal(consignee=unknown).code == "unknown_tax_id"


def test_goods_inside_the_eu_are_not_declared():
    assert "customsClearanceDetail" not in body(shipper=FRENCH)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"consignee": replace(GERMAN, phone="")}, "consignee phone"),
        ({"items": (replace(SHIRT, origin=""),)}, "line 1 (TS-1) country of origin"),
        ({"items": (replace(SHIRT, hs_code=""),)}, "line 1 (TS-1) HS code"),
        ({"shipper": replace(US_SHOP, region="")}, "consignor region"),
        ({"invoice_number": ""}, "invoice number"),
    ],
)
def test_missing_data_blocks_and_is_never_made_up(changes, field):
    error = refusal(**changes)
    assert (error.code, error.details["field"]) == ("missing_data", field)


def test_house_number_and_street_keep_their_order():
    assert body()["recipients"][0]["address"]["streetLines"] == ["Hauptstr. 5"]


def test_what_was_collected_is_told_to_the_broker():
    assert customs()["commercialInvoice"]["comments"] == [
        "Duty 7.25 USD and import tax 16.23 USD collected at checkout"
    ]


@pytest.mark.parametrize("document", [{}, {"output": {"rateReplyDetails": [{}]}}, {"output": None}])
def test_prices_of_another_shape_raise(document):
    with pytest.raises(IntegrationError) as caught:
        quotes_from(ACCOUNT, document)
    assert caught.value.code == "unreadable_answer"


@pytest.mark.parametrize("document", [{}, {"output": {"transactionShipments": []}}])
def test_an_unreadable_purchase_leaves_the_outcome_unknown(document):
    with pytest.raises(IntegrationError) as caught:
        label_from(document, "pdf")
    assert caught.value.outcome_unknown


@pytest.mark.parametrize(
    ("code", "country", "expected"),
    [
        ("CC", "DE", Milestone.CUSTOMS_CLEARED),
        ("CP", "DE", Milestone.IMPORT_CUSTOMS),
        ("CP", "US", Milestone.EXPORT_CUSTOMS),
        ("CD", "DE", Milestone.CUSTOMS_HOLD),
        ("EA", "US", Milestone.EXPORT_CUSTOMS),
        ("DP", "US", Milestone.DEPARTED_ORIGIN),
        ("DP", "FR", Milestone.IN_TRANSIT),
        ("AR", "DE", Milestone.ARRIVED_DESTINATION),
        ("RS", "DE", Milestone.RETURNING),
        ("RS", "US", Milestone.RETURNED),
        ("DL", "DE", Milestone.DELIVERED),
        ("??", "DE", Milestone.UNKNOWN),
    ],
)
def test_events_mean_what_fedex_says_they_mean(code, country, expected):
    assert milestone_of(code, country=country, origin="US", destination="DE")[0] == expected


def test_a_scan_is_told_in_utc():
    raw = {
        "date": "2026-11-24T18:05:00.123+09:00",
        "eventType": "IT",
        "scanLocation": {"city": "X", "countryCode": "JP"},
    }
    event = event_from(raw, origin="US", destination="DE")
    assert (event.at.isoformat(), event.country) == ("2026-11-24T09:05:00+00:00", "JP")


@pytest.mark.parametrize(
    ("code", "text", "step", "reason"),
    [
        ("EA", "Export approved", Milestone.EXPORT_CUSTOMS, ""),
        ("EA", "Enroute to Airport", Milestone.IN_TRANSIT, ""),
        ("Ow", "On the way", Milestone.IN_TRANSIT, ""),
        ("SF", "At Sort Facility", Milestone.IN_TRANSIT, ""),
        ("DY", "Delay", Milestone.EXCEPTION, "delay"),
        ("RR", "CDO requested", Milestone.UNKNOWN, ""),
    ],
)
def test_a_scan_takes_the_step_that_fedexs_list_gives_it(code, text, step, reason):
    raw = {"date": "2026-11-22T10:00:00-05:00", "eventType": code, "eventDescription": text}
    event = event_from(raw, origin="US", destination="DE")
    assert (event.milestone, event.reason) == (step, reason)
