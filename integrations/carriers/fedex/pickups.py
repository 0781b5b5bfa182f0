"""A pick-up in FedEx's words: the bodies of POST /pickup/v1/pickups and its cancellation, and the answer. Pure.

Source: FedEx API reference, Pickup Request.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from integrations.carriers.fedex.limits import TEXTS
from integrations.carriers.fedex.parties import party_details
from integrations.carriers.fedex.shipment import POUND_KG, account_number
from integrations.kit.fields import fitting, kilograms, refused, required
from integrations.kit.pickups import check_pickup, parcel_count, weight_g
from integrations.kit.reading import number, reading
from shipsmart.ports import CarrierAccountRef, PickUp, PickUpOrder

GROUND, EXPRESS = "FDXG", "FDXE"


def pickup_body(account: CarrierAccountRef, order: PickUpOrder) -> dict[str, Any]:
    """Return the request for a courier. Raises IntegrationError(permanent) naming what is missing or does not fit."""
    check_pickup(order)
    company = carrier_code(order)
    place = party_details(order.address, "pick-up address")
    abroad = any(one.consignee.country != order.address.country for one in order.shipments)
    body: dict[str, Any] = {
        "associatedAccountNumber": {"value": account_number(account)},
        "originDetail": {
            "pickupAddressType": "OTHER",
            "pickupLocation": {"contact": place["contact"], "address": _street(place["address"])},
            "readyDateTimestamp": f"{order.ready_at:%Y-%m-%dT%H:%M:%S}Z",  # the place's own clock, Z notwithstanding
            "customerCloseTime": f"{order.closes_at:%H:%M:%S}",
        },
        "totalWeight": {"units": "LB", "value": _pounds(order)},
        "packageCount": parcel_count(order),
        "carrierCode": company,
        "countryRelationships": "INTERNATIONAL" if abroad else "DOMESTIC",
    }
    remarks = "; ".join(text for text in (order.location, order.instructions) if text)
    if remarks:
        body["remarks"] = fitting(remarks, TEXTS["remarks"], "instructions")
    return body


def _street(address: dict[str, Any]) -> dict[str, Any]:
    return {"stateOrProvinceCode": "", **address}


def carrier_code(order: PickUpOrder) -> str:
    """Return which of FedEx's companies comes; its Ground and Express couriers are not the same."""
    found = {GROUND if "GROUND" in one.service.upper() else EXPRESS for one in order.shipments}
    if len(found) > 1:
        raise refused(
            "FedEx Ground and FedEx Express collect apart: book one pick-up for each", code="mixed", field="shipments"
        )
    return found.pop()


def _pounds(order: PickUpOrder) -> Decimal:
    return (kilograms(weight_g(order), "weight") / POUND_KG).quantize(Decimal("0.1"), ROUND_CEILING)


def cancel_pickup_body(account: CarrierAccountRef, pickup: PickUp) -> dict[str, Any]:
    """Return the cancellation; FedEx wants to hear who comes, on which day and from which station."""
    body = {
        "associatedAccountNumber": {"value": account_number(account)},
        "pickupConfirmationCode": required(pickup.number, "pick-up number"),
        "carrierCode": required(pickup.details.get("carrier_code", ""), "pick-up carrier code"),
        "scheduledDate": pickup.on.isoformat(),
    }
    location = pickup.details.get("location", "")
    return body | ({"location": location} if location else {})


@reading("the pick-up of FedEx", booked=True)
def pickup_from(document: Mapping[str, Any], order: PickUpOrder) -> PickUp:
    """Return the booked pick-up. An answer without a number leaves the outcome unknown: a courier may come."""
    answer = document["output"]
    booked = number(answer["pickupConfirmationCode"])
    location = str(answer.get("location") or "")
    return PickUp(
        number=booked,
        on=order.ready_at.date(),
        details={"carrier_code": carrier_code(order), "location": location},
    )
