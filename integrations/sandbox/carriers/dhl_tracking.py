"""Tracking as DHL Express tells it: checkpoint codes, English texts, local dates and times, service areas.

Checkpoint codes as listed on https://developer.dhl.com (MyDHL API, tracking).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from .journeys import Scan, Step
from .places import gmt_offset, local_time
from .world import Shipment

_CUSTOMS_TEXT = (
    "Customs clearance status updated. Note - The Customs clearance process may start while the shipment is in transit"
)
# step: the checkpoints it leaves; `{place}` is the service area
_CHECKPOINTS: dict[Step, list[tuple[str, str]]] = {
    Step.INFO_RECEIVED: [],
    Step.PICKED_UP: [("PU", "Shipment picked up")],
    Step.AT_ORIGIN: [("AF", "Arrived at DHL Sort Facility {place}"), ("PL", "Processed at {place}")],
    Step.EXPORT_CLEARED: [("RR", _CUSTOMS_TEXT)],
    Step.DEPARTED_ORIGIN: [("DF", "Shipment has departed from a DHL facility {place}")],
    Step.AT_HUB: [("AF", "Arrived at DHL Sort Facility {place}"), ("PL", "Processed at {place}")],
    Step.DEPARTED_HUB: [("DF", "Shipment has departed from a DHL facility {place}")],
    Step.ARRIVED: [("AF", "Arrived at DHL Sort Facility {place}")],
    Step.IMPORT_CUSTOMS: [("IC", "Processed for clearance at {place}")],
    Step.CUSTOMS_HOLD: [("CD", "Clearance event: further information is required by customs {place}")],
    Step.CUSTOMS_CLEARED: [("CR", "Clearance processing complete at {place}")],
    Step.AT_DEPOT: [("AR", "Arrived at DHL Delivery Facility {place}")],
    Step.OUT_FOR_DELIVERY: [("WC", "Shipment is out with courier for delivery")],
    Step.ATTEMPT_FAILED: [("NH", "Delivery attempted; recipient not home")],
    Step.REFUSED: [("RD", "Recipient refused delivery")],
    Step.RETURNING: [("RT", "Returned to shipper")],
    Step.RETURNED: [("OK", "Delivered to the shipper - returned")],
    Step.MISSING: [("OH", "Shipment on hold")],
    Step.DELIVERED: [("OK", "Delivered : {name}")],
}


def tracked(shipment: Shipment, now: datetime, *, query: dict[str, str], shapings: Collection[str]) -> dict[str, Any]:
    """Return one entry of `shipments` in the answer; `query` is what the caller asked to see."""
    events = _events(shipment, now, query.get("requestGMTOffsetPerEvent") == "true", shapings)
    if query.get("trackingView") == "last-checkpoint":
        events = events[-1:]
    if query.get("trackingView") == "shipment-details-only":
        events = []
    entry: dict[str, Any] = {
        "shipmentTrackingNumber": shipment.number,
        "status": "Success",
        "shipmentTimestamp": local_time(shipment.booked_at, shipment.route.origin.country).strftime(
            "%Y-%m-%dT%H:%M:%S"
        ),
        "productCode": shipment.service_code,
        "description": shipment.description,
        "shipperDetails": _party(shipment.shipper, shipment.route.origin),
        "receiverDetails": _party(shipment.receiver, shipment.route.destination),
        "totalWeight": shipment.weight_kg,
        "unitOfMeasurements": "metric",
        "shipperReferences": [{"value": value, "typeCode": kind} for kind, value in shipment.references],
        "events": events,
        "numberOfPieces": len(shipment.pieces),
        "estimatedDeliveryDate": shipment.expected_on,
    }
    if query.get("levelOfDetail") in ("piece", "all"):
        entry["pieces"] = [_piece(shipment, position, events) for position in range(len(shipment.pieces))]
    return entry


def _events(shipment: Shipment, now: datetime, offsets: bool, shapings: Collection[str]) -> list[dict[str, Any]]:
    events = [event for scan in shipment.scans(now) for event in _checkpoints(shipment, scan, offsets, shapings)]
    if "twice" in shapings:
        events = [copy for event in events for copy in (event, dict(event))]
    if "wrong_order" in shapings:
        events = events[1::2] + events[0::2][::-1]
    return events


def _checkpoints(shipment: Shipment, scan: Scan, offsets: bool, shapings: Collection[str]) -> list[dict[str, Any]]:
    place = f"{scan.place.city}-{scan.place.country}"
    name = shipment.receiver["contactInformation"]["fullName"]
    found = []
    for position, (code, text) in enumerate(_CHECKPOINTS[scan.step]):
        local = local_time(scan.at + timedelta(minutes=11 * position), scan.place.country)
        event: dict[str, Any] = {
            "date": local.strftime("%Y-%m-%d"),
            "time": local.strftime("%H:%M:%S") + (".1234567" if "odd_fractions" in shapings else ""),
            "typeCode": code,
            "description": None if "null_text" in shapings else text.format(place=place, name=name),
            "serviceArea": [{"code": scan.place.code, "description": place}],
        }
        if offsets:
            event["GMTOffset"] = gmt_offset(local)
        if scan.step is Step.DELIVERED:
            event["signedBy"] = name
        found.append(event)
    return found


def _party(party: dict[str, Any], place: Any) -> dict[str, Any]:
    address = party["postalAddress"]
    return {
        "name": "",  # DHL hides names from those who only know the number
        "postalAddress": {"cityName": "", "postalCode": "", "countryCode": address["countryCode"]},
        "serviceArea": [{"code": place.code, "description": f"{place.city}-{place.country}"}],
    }


def _piece(shipment: Shipment, position: int, events: list[dict[str, Any]]) -> dict[str, Any]:
    piece = shipment.pieces[position]
    return {
        "number": position + 1,
        "shipmentTrackingNumber": shipment.number,
        "trackingNumber": piece.number,
        "weight": piece.weight_kg,
        "unitOfMeasurements": "metric",
        "shipperReferences": [{"value": value, "typeCode": kind} for kind, value in piece.references],
        "events": events,
    }
