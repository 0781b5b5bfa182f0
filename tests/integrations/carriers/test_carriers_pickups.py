"""Pick-ups: bodies against the carriers' own descriptions; the calls themselves are in the contract (kit.py)."""

from dataclasses import replace
from datetime import datetime, time, timedelta, timezone
from decimal import Decimal

import pytest

from integrations.carriers.dhl_express import pickups as dhl
from integrations.carriers.fedex import pickups as fedex
from integrations.carriers.ups import pickups as ups
from integrations.carriers.usps import pickups as usps
from shipsmart.ports import CarrierAccountRef, IntegrationError, PickUp, PickUpOrder, PickUpShipment
from tests.integrations.carriers.carrier_cases import BRITON, GERMAN, PARCEL, US_SHOP, violations

DHL = CarrierAccountRef("dhl_express", "123456789", {"username": "u", "password": "p"})
UPS = CarrierAccountRef("ups", "A1B2C3", {"client_id": "c", "client_secret": "s"})
FEDEX = CarrierAccountRef("fedex", "740561073", {"client_id": "c", "client_secret": "s"})
READY = datetime(2026, 11, 23, 10, 15, tzinfo=timezone(timedelta(hours=-6)))
SHIPMENTS = (
    PickUpShipment("1Z1", "65", (PARCEL, PARCEL), GERMAN),
    PickUpShipment("1Z2", "65", (PARCEL,), BRITON),
    PickUpShipment("1Z3", "65", (PARCEL,), GERMAN),
)
SHOP = replace(US_SHOP, company="Fieldwork Goods")
ORDER = PickUpOrder("PU-7", SHOP, READY, time(17, 30), SHIPMENTS, "dock 2", "ring twice")


def dhl_violations(order):
    path = "dhl_express/dpdhl-express-api-3.1.1_swagger.yaml"
    return violations(dhl.pickup_body(DHL, order), path, "supermodelIoLogisticsExpressPickupRequest")


def ups_violations(order):
    found = violations(ups.pickup_body(UPS, order), "ups/Pickup.yaml", "PICKUPCreationRequestWrapper")
    # The description limits a date to 4 characters that it writes as yyyyMMdd, and asks for weights of exactly 6.
    return [text for text in found if "PickupDate:" not in text and "TotalWeight/Weight" not in text]


def fedex_violations(order):
    return violations(fedex.pickup_body(FEDEX, order), "fedex/pickup-api.json", "Full_Schema_Create_Pickup")


@pytest.mark.parametrize("order", [ORDER, replace(ORDER, location="", instructions="", shipments=SHIPMENTS[:1])])
@pytest.mark.parametrize("check", [dhl_violations, ups_violations, fedex_violations])
def test_every_pick_up_keeps_to_the_carriers_description(check, order):
    assert check(order) == []


def test_a_cancellation_keeps_to_fedexs_description():
    pickup = PickUp("CNA1", READY.date(), {"carrier_code": "FDXE", "location": "MEMH"})
    body = fedex.cancel_pickup_body(FEDEX, pickup)
    assert violations(body, "fedex/pickup-api.json", "Full_Schema_Cancel_Pickup") == []
    assert (body["scheduledDate"], body["location"]) == ("2026-11-23", "MEMH")


def test_dhl_hears_the_hour_with_the_places_own_offset():
    assert dhl.pickup_body(DHL, ORDER)["plannedPickupDateAndTime"] == "2026-11-23T10:15:00 GMT-06:00"


def test_ups_counts_parcels_by_service_and_country_and_rounds_the_weight_up():
    asked = ups.pickup_body(UPS, ORDER)["PickupCreationRequest"]
    pieces = [(p["ServiceCode"], p["DestinationCountryCode"], p["Quantity"]) for p in asked["PickupPiece"]]
    assert pieces == [("065", "DE", "3"), ("065", "GB", "1")]
    assert (asked["TotalWeight"]["Weight"], asked["OverweightIndicator"]) == ("5.0", "N")


def test_fedex_ground_and_express_are_not_collected_together():
    mixed = replace(ORDER, shipments=(SHIPMENTS[0], replace(SHIPMENTS[1], service="FEDEX_GROUND")))
    with pytest.raises(IntegrationError) as caught:
        fedex.pickup_body(FEDEX, mixed)
    assert (caught.value.code, caught.value.permanent) == ("mixed", True)


def test_usps_is_told_the_day_the_count_the_weight_and_where_the_parcels_lie():
    asked = usps.pickup_body(ORDER)
    assert (asked["pickupDate"], asked["packages"]) == (
        "2026-11-23",
        [{"packageType": "INTERNATIONAL", "packageCount": 4}],
    )
    assert asked["estimatedWeight"] == Decimal("11.0231")  # 5,000 g
    assert asked["pickupLocation"] == {"packageLocation": "OTHER", "specialInstructions": "dock 2; ring twice"}
    assert asked["pickupAddress"]["contact"] == [{"email": SHOP.email}]


@pytest.mark.parametrize(
    ("location", "instructions", "told"),
    [
        ("Front door", "", {"packageLocation": "FRONT_DOOR"}),
        ("mail-room", "ask Ann", {"packageLocation": "MAIL_ROOM", "specialInstructions": "ask Ann"}),
        ("", "in the shed", {"packageLocation": "OTHER", "specialInstructions": "in the shed"}),
    ],
)
def test_usps_names_its_own_places_and_takes_our_words_for_others(location, instructions, told):
    order = replace(ORDER, location=location, instructions=instructions)
    assert usps.pickup_body(order)["pickupLocation"] == told


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"location": "", "instructions": ""}, "pick-up location"),
        ({"address": replace(SHOP, email="")}, "pick-up address email"),
        ({"address": replace(SHOP, name="Ana")}, "pick-up address name"),
        ({"address": GERMAN}, "pick-up address country"),
    ],
)
def test_a_usps_pick_up_that_lacks_something_is_refused_by_field(changes, field):
    with pytest.raises(IntegrationError) as caught:
        usps.pickup_body(replace(ORDER, **changes))
    assert (caught.value.details["field"], caught.value.permanent) == (field, True)


def test_a_moment_without_a_time_zone_is_refused():
    without = replace(ORDER, ready_at=READY.replace(tzinfo=None))
    for build in (
        lambda: dhl.pickup_body(DHL, without),
        lambda: ups.pickup_body(UPS, without),
        lambda: fedex.pickup_body(FEDEX, without),
        lambda: usps.pickup_body(without),
    ):
        with pytest.raises(IntegrationError) as caught:
            build()
        assert caught.value.details["field"] == "ready_at"


@pytest.mark.parametrize(
    "read", [dhl.pickup_from, ups.pickup_from, fedex.pickup_from, lambda said, _order: usps.pickup_from(said)]
)
@pytest.mark.parametrize("document", [{}, {"output": None}, {"PickupCreationResponse": []}, []])
def test_a_booked_pick_up_without_a_number_may_have_been_booked(read, document):
    with pytest.raises(IntegrationError) as caught:
        read(document, ORDER)
    assert (caught.value.outcome_unknown, caught.value.permanent) == (True, False)
