"""A pick-up in DHL's words: the body of POST /pickups and its answer in our values. Pure.

Source: MyDHL API 3.1 reference, pickup.
"""

from collections.abc import Mapping
from typing import Any

from integrations.carriers.dhl_express.limits import TEXTS
from integrations.carriers.dhl_express.parties import party_details
from integrations.carriers.dhl_express.shipment import package
from integrations.kit.fields import crosses_customs, fitting, required
from integrations.kit.pickups import check_pickup, gmt_offset
from integrations.kit.reading import number, reading
from shipsmart.ports import CarrierAccountRef, Party, PickUp, PickUpOrder, PickUpShipment


def pickup_body(account: CarrierAccountRef, order: PickUpOrder) -> dict[str, Any]:
    """Return the request for a courier. Raises IntegrationError(permanent) naming what is missing or does not fit."""
    check_pickup(order)
    payer = [{"typeCode": "shipper", "number": fitting(account.number, TEXTS["account number"], "account number")}]
    body: dict[str, Any] = {
        "plannedPickupDateAndTime": f"{order.ready_at:%Y-%m-%dT%H:%M:%S} GMT{gmt_offset(order.ready_at)}",
        "closeTime": f"{order.closes_at:%H:%M}",
        "locationType": "business" if order.address.company else "residence",
        "accounts": payer,
        "customerDetails": {"shipperDetails": _party(order.address)},
        "shipmentDetails": [_shipment(one, order.address, payer) for one in order.shipments],
    }
    if order.location:
        body["location"] = fitting(order.location, TEXTS["pick-up location"], "location")
    if order.instructions:
        text = fitting(order.instructions, TEXTS["instructions"], "instructions")
        body["specialInstructions"] = [{"value": text}]
    return body


def _party(address: Party) -> dict[str, Any]:
    details = party_details(address, "pick-up address")
    details.pop("registrationNumbers", None)  # /pickups has no such field
    return details


def _shipment(one: PickUpShipment, origin: Party, payer: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "productCode": fitting(one.service, TEXTS["service"], "service"),
        "accounts": payer,
        "isCustomsDeclarable": crosses_customs(origin, one.consignee),
        "unitOfMeasurement": "metric",
        "shipmentTrackingNumber": required(one.waybill, "waybill"),
        "packages": [package(parcel, number) for number, parcel in enumerate(one.parcels, 1)],
    }


@reading("the pick-up of DHL Express", booked=True)
def pickup_from(document: Mapping[str, Any], order: PickUpOrder) -> PickUp:
    """Return the booked pick-up. An answer without a number leaves the outcome unknown: a courier may come."""
    booked = number(document["dispatchConfirmationNumbers"][0])
    return PickUp(number=booked, on=order.ready_at.date(), details={"requestor": order.address.name})
