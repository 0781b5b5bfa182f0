import base64
import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from integrations.carriers.dhl_express.codes import CHECKPOINTS
from integrations.carriers.dhl_express.mapping import (
    event_from,
    events_from,
    label_from,
    milestone_of,
    problem_from,
    quotes_from,
    waybill_from,
)
from shipsmart.ports import CarrierAccountRef, IntegrationError, Milestone
from tests.integrations.carriers.carrier_cases import SHARED, enquiry

ACCOUNT = CarrierAccountRef("dhl_express", "123456789")


def example(name):
    file = SHARED / "contracts" / "dhl_express" / "examples" / name
    if not file.exists():
        pytest.skip(f"no {name}: set SHIPSMART_SHARED")
    return json.loads(file.read_text(encoding="utf-8"), parse_float=Decimal)


def test_dhls_own_example_of_prices_is_read():
    (quote,) = quotes_from(ACCOUNT, enquiry(), example("nonDocInternationalShipmentRatesResponse.json"))
    assert (quote.service, quote.service_name, quote.price, quote.currency, quote.deliver_by) == (
        "P",
        "DHL Express Worldwide Nondoc",
        Decimal("157.95"),
        "GBP",
        date(2022, 11, 24),
    )


def test_dhls_own_example_of_a_booking_keeps_label_and_papers_apart():
    document = example("nonDocInternationalShipmentResponse.json")
    label = label_from(document, "pdf")
    assert label.waybill == "1103733901"
    assert label.parcel_numbers == ("JD014600004617230770",)
    assert label.label == base64.b64decode(document["documents"][0]["content"])
    assert label.label.startswith(b"%PDF")
    assert len(label.documents) == len(document["documents"]) - 1
    assert "invoice" in {name.rpartition("-")[0] or name for name in label.documents}
    assert label.tracking_url.endswith("tracking-id=1103733901")


def booking(**more):
    papers = [{"typeCode": "label", "content": "TEFCRUw="}, {"typeCode": "waybillDoc", "content": "RE9D"}]
    charges = [
        {"currencyType": "BILLC", "priceCurrency": "EUR", "price": Decimal("31.40")},
        {"currencyType": "BASEC", "priceCurrency": "USD", "price": Decimal("34.00")},
    ]
    packages = [{"trackingNumber": "JD01"}]
    return {
        "shipmentTrackingNumber": "1234567890",
        "packages": packages,
        "documents": papers,
        "shipmentCharges": charges,
    } | more


def test_the_cost_is_that_of_the_billing_currency_alone():
    label = label_from(booking(), "pdf")
    assert (label.cost, label.currency, label.label, dict(label.documents)) == (
        Decimal("31.40"),
        "EUR",
        b"LABEL",
        {"waybillDoc": b"DOC"},
    )


@pytest.mark.parametrize(
    "document",
    [
        {},
        booking(documents=[]),
        booking(shipmentTrackingNumber=None) | {"documents": None},
        booking(documents=[{"typeCode": "label", "content": "not base64!"}]),
    ],
)
def test_an_unreadable_booking_leaves_the_outcome_unknown(document):
    with pytest.raises(IntegrationError) as caught:
        label_from(document, "pdf")
    assert caught.value.outcome_unknown


def test_a_product_priced_zero_is_not_for_free():
    product = {"productCode": "P", "productName": "X", "totalPrice": [{"currencyType": "BILLC", "price": 0}]}
    assert quotes_from(ACCOUNT, enquiry(), {"products": [product]}) == []


ABROAD = {"origin": "US", "destination": "DE"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("PU", Milestone.PICKED_UP),
        ("PL", Milestone.IN_TRANSIT),
        ("PD", Milestone.EXCEPTION),
        ("WC", Milestone.OUT_FOR_DELIVERY),
        ("CC", Milestone.AVAILABLE_FOR_PICKUP),
        ("RT", Milestone.RETURNING),
        ("RD", Milestone.EXCEPTION),
        ("DS", Milestone.EXCEPTION),
        ("SS", Milestone.EXCEPTION),
        ("BN", Milestone.IMPORT_CUSTOMS),
        ("MS", Milestone.IN_TRANSIT),
        ("CR", Milestone.CUSTOMS_CLEARED),
        ("AR", Milestone.AT_DELIVERY_DEPOT),
        ("IC", Milestone.IMPORT_CUSTOMS),
        ("CD", Milestone.CUSTOMS_HOLD),
        ("UD", Milestone.CUSTOMS_HOLD),
        ("OK", Milestone.DELIVERED),
        ("DD", Milestone.DELIVERED),
        ("NH", Milestone.ATTEMPT_FAILED),
        ("ZZ", Milestone.UNKNOWN),
        ("", Milestone.UNKNOWN),
    ],
)
def test_checkpoints_mean_what_dhl_says_they_mean(code, expected):
    assert milestone_of(code, country="DE", **ABROAD)[0] == expected


def test_arrivals_and_departures_depend_on_the_end_of_the_journey():
    assert milestone_of("AF", country="DE", **ABROAD)[0] == Milestone.ARRIVED_DESTINATION
    assert milestone_of("AF", country="GB", **ABROAD)[0] == Milestone.IN_TRANSIT
    assert milestone_of("DF", country="US", **ABROAD)[0] == Milestone.DEPARTED_ORIGIN
    assert milestone_of("DF", country="GB", **ABROAD)[0] == Milestone.IN_TRANSIT
    assert milestone_of("OK", country="US", **ABROAD)[0] == Milestone.RETURNED
    assert milestone_of("AF", country="DE", origin="DE", destination="DE")[0] == Milestone.IN_TRANSIT


def test_a_hold_says_why():
    assert milestone_of("HP", country="DE", **ABROAD) == (Milestone.CUSTOMS_HOLD, "duties_unpaid")
    assert CHECKPOINTS["DD"][1] == "damaged"


def checkpoint(code="PU", **more):
    return {
        "date": "2026-11-24",
        "time": "18:05:00",
        "GMTOffset": "+09:00",
        "typeCode": code,
        "description": "Picked up",
        "serviceArea": [{"code": "BNE", "description": "Brisbane-AU"}],
    } | more


def test_a_checkpoint_is_told_in_utc_with_its_place():
    event = event_from(checkpoint(), **ABROAD)
    assert (event.at, event.place, event.country, event.code, event.text) == (
        datetime(2026, 11, 24, 9, 5, tzinfo=UTC),
        "Brisbane",
        "AU",
        "PU",
        "Picked up",
    )


def test_odd_checkpoints_are_read_all_the_same():
    odd = checkpoint(
        time="18:05:00.1234567",
        description=None,
        serviceArea=[{"code": "SIN", "description": "SINGAPORE-SINGAPORE-SGP"}],
    )
    event = event_from(odd, **ABROAD)
    assert (event.text, event.place, event.country) == ("", "SINGAPORE-SINGAPORE", "SG")
    bare = event_from({"date": "2026-11-24", "time": "18:05:00", "typeCode": "OK"}, **ABROAD)
    assert (bare.at, bare.place) == (datetime(2026, 11, 24, 18, 5, tzinfo=UTC), "")


def test_checkpoints_come_once_and_in_order():
    later = checkpoint("OK", date="2026-11-26")
    document = {"shipments": [{"events": [later, checkpoint(), dict(later)]}]}
    assert [event.code for event in events_from(document)] == ["PU", "OK"]
    assert events_from({"shipments": []}) == []


def test_a_checkpoint_without_a_time_is_an_error_not_a_guess():
    with pytest.raises(IntegrationError):
        event_from({"typeCode": "OK"}, **ABROAD)


def test_a_waybill_is_ours_only_with_our_reference():
    ours = {"shipmentTrackingNumber": "1", "shipperReferences": [{"value": "SS1", "typeCode": "CU"}]}
    assert waybill_from({"shipments": [ours]}, "SS1") == "1"
    assert waybill_from({"shipments": [ours]}, "SS2") is None
    assert waybill_from({"shipments": []}, "SS1") is None
    with pytest.raises(IntegrationError):  # no word about shipments is no word that nothing was booked
        waybill_from({}, "SS1")


def test_every_word_of_a_refusal_reaches_the_merchant():
    said = problem_from({"detail": "Multiple problems found", "additionalDetails": ["a is missing", "b is wrong"]})
    assert said == "Multiple problems found; a is missing; b is wrong"
    assert problem_from([]) == ""
