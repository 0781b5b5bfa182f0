"""Which fulfilment orders a parcel takes from, and what the store is told of its journey."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from integrations.storefronts.shopify import fulfilment as parcels
from shipsmart.ports import CarrierEvent, IntegrationError, Milestone, StoreFulfilment


def routed(number, location, *rows):
    nodes = [
        {"id": f"row-{line}", "remainingQuantity": left, "lineItem": {"id": f"gid://shopify/LineItem/{line}"}}
        for line, left in rows
    ]
    return parcels.Routed(f"fo-{number}", location, nodes)


def parcel(lines, carrier="dhl_express", **changes):
    values = {
        "order_external_id": "1",
        "lines": lines,
        "carrier": carrier,
        "waybill": "W1",
        "tracking_url": "https://t/W1",
    }
    return StoreFulfilment(**{**values, **changes})


def taken(inputs):
    return [
        {
            fo["fulfillmentOrderId"]: {r["id"]: r["quantity"] for r in fo["fulfillmentOrderLineItems"]}
            for fo in i["lineItemsByFulfillmentOrder"]
        }
        for i in inputs
    ]


def test_parcel_takes_its_units_only():
    found = parcels.inputs([routed(1, "Oslo", (1, 5), (2, 5))], parcel({"1": 2}), {})
    assert taken(found) == [{"fo-1": {"row-1": 2}}]
    assert found[0]["trackingInfo"] == {"number": "W1", "company": "DHL Express", "url": "https://t/W1"}
    assert found[0]["notifyCustomer"] is True


def test_fulfilment_orders_of_one_location_go_in_one_call():
    places = [routed(1, "Oslo", (1, 1)), routed(2, "Oslo", (2, 1)), routed(3, "Bergen", (3, 1))]
    assert taken(parcels.inputs(places, parcel({"1": 1, "2": 1, "3": 1}), {})) == [
        {"fo-1": {"row-1": 1}, "fo-2": {"row-2": 1}},
        {"fo-3": {"row-3": 1}},
    ]


def test_units_of_one_line_may_lie_at_two_locations():
    places = [routed(1, "Oslo", (1, 1)), routed(2, "Bergen", (1, 1))]
    assert taken(parcels.inputs(places, parcel({"1": 2}), {})) == [{"fo-1": {"row-1": 1}}, {"fo-2": {"row-1": 1}}]


def test_what_was_told_before_a_crash_is_not_told_again():
    assert taken(parcels.inputs([routed(1, "Oslo", (1, 1))], parcel({"1": 2}), {"1": 1})) == [{"fo-1": {"row-1": 1}}]


def test_units_that_somebody_else_fulfilled_need_a_person():
    with pytest.raises(IntegrationError) as caught:
        parcels.inputs([routed(1, "Oslo", (1, 1))], parcel({"1": 2}), {})
    assert caught.value.permanent
    assert caught.value.details["lines"] == {"1": 1}


def test_parcel_without_lines_is_refused():
    with pytest.raises(IntegrationError):
        parcels.inputs([routed(1, "Oslo", (1, 1))], parcel({}), {})


def test_order_that_is_not_routed_yet_is_tried_again():
    with pytest.raises(IntegrationError) as caught:
        parcels.fulfillable({"fulfillmentOrders": {"nodes": []}})
    assert not caught.value.permanent


def test_fulfilment_orders_on_hold_are_left_alone():
    nodes = [
        {"id": "1", "supportedActions": [{"action": "RELEASE_HOLD"}]},
        {"id": "2", "supportedActions": [{"action": "CREATE_FULFILLMENT"}]},
    ]
    assert [n["id"] for n in parcels.fulfillable({"fulfillmentOrders": {"nodes": nodes}})] == ["2"]


def test_cancelled_fulfilment_with_the_waybill_does_not_count():
    made = [
        {"id": "a", "status": "CANCELLED", "trackingInfo": [{"number": "W1"}]},
        {"id": "b", "status": "SUCCESS", "trackingInfo": [{"number": "W2"}]},
        {"id": "c", "status": "SUCCESS", "trackingInfo": [{"number": None}, {"number": "W1"}]},
    ]
    assert parcels.with_waybill({"fulfillments": made}, "W1") == ["c"]


def test_unknown_carrier_is_told_by_its_address():
    assert parcels.tracking_info(parcel({}, carrier="table")) == {"number": "W1", "url": "https://t/W1"}


def event(milestone, at=datetime(2026, 11, 22, 10, tzinfo=UTC)):
    return CarrierEvent(at=at, code="X", text="Cleared", place="Berlin", country="DE", milestone=milestone)


def test_event_is_told_with_place_and_moment():
    assert parcels.event_input("9", event(Milestone.OUT_FOR_DELIVERY)) == {
        "fulfillmentId": "gid://shopify/Fulfillment/9",
        "status": "OUT_FOR_DELIVERY",
        "happenedAt": "2026-11-22T10:00:00+00:00",
        "message": "Cleared",
        "city": "Berlin",
        "country": "DE",
    }


def test_unknown_steps_are_not_told():
    assert parcels.event_input("9", event(Milestone.UNKNOWN)) is None


def test_same_moment_in_another_time_zone_is_the_same_event():
    oslo = event(Milestone.DELIVERED, datetime(2026, 11, 22, 11, 0, 0, 5, tzinfo=timezone(timedelta(hours=1))))
    told = parcels.told_events([{"status": "DELIVERED", "happenedAt": "2026-11-22T10:00:00Z"}])
    assert parcels.event_key(parcels.event_input("9", oslo)) in told
