"""Tracking as UPS tells it: activities with type, code and status code, newest first, local and GMT times.

Types: M label made, P picked up, I in transit, X exception, D delivered. Status codes as on
https://developer.ups.com (Tracking, API codes).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from .journeys import Scan, Step
from .places import country, gmt_offset, local_time
from .world import Piece, Shipment

# step: type, code, status code, text
_ACTIVITIES: dict[Step, tuple[str, str, str, str]] = {
    Step.INFO_RECEIVED: ("M", "MP", "003", "Shipper created a label, UPS has not received the package yet."),
    Step.PICKED_UP: ("P", "PU", "038", "Pickup Scan"),
    Step.AT_ORIGIN: ("I", "AR", "010", "Arrived at Facility"),
    Step.EXPORT_CLEARED: ("I", "XC", "012", "Export Scan: clearance in progress"),
    Step.DEPARTED_ORIGIN: ("I", "DP", "005", "Departed from Facility"),
    Step.AT_HUB: ("I", "AR", "010", "Arrived at Facility"),
    Step.DEPARTED_HUB: ("I", "DP", "005", "Departed from Facility"),
    Step.ARRIVED: ("I", "AR", "010", "Arrived at Facility"),
    Step.IMPORT_CUSTOMS: ("I", "IP", "092", "Import Scan: package is with the customs agency"),
    Step.CUSTOMS_HOLD: ("X", "DJ", "058", "A customs hold: further information is needed to clear the package."),
    Step.CUSTOMS_CLEARED: ("I", "SR", "014", "Your package was released by the customs agency."),
    Step.AT_DEPOT: ("I", "DS", "071", "Destination Scan"),
    Step.OUT_FOR_DELIVERY: ("I", "OT", "021", "Out For Delivery Today"),
    Step.ATTEMPT_FAILED: ("X", "48", "022", "The receiver was not available for delivery."),
    Step.REFUSED: ("X", "RD", "033", "The receiver refused the package; it will be returned."),
    Step.RETURNING: ("X", "RS", "035", "The package is being returned to the sender."),
    Step.RETURNED: ("X", "RT", "034", "Returned to the sender"),
    Step.MISSING: ("X", "LO", "013", "We are searching for the package."),
    Step.DELIVERED: ("D", "FS", "011", "DELIVERED"),
}


def tracked(shipment: Shipment, piece: Piece, now: datetime, shapings: Collection[str]) -> dict[str, Any]:
    """Return one package of the answer."""
    activities = [activity(scan, shapings) for scan in reversed(shipment.scans(now))]
    if shipment.voided:
        activities = [_void_activity(shipment)]
    current = activities[0]["status"] if activities else None
    if "twice" in shapings:
        activities = [copy for activity in activities for copy in (activity, dict(activity))]
    if "wrong_order" in shapings:
        activities = activities[1::2] + activities[0::2][::-1]
    package: dict[str, Any] = {
        "trackingNumber": piece.number,
        "packageCount": len(shipment.pieces),
        "activity": activities,
        "deliveryDate": [{"type": "SDD", "date": shipment.expected_on.replace("-", "")}],
        "packageAddress": [_address("ORIGIN", shipment.shipper), _address("DESTINATION", shipment.receiver)],
        "referenceNumber": [
            *({"type": "SHIPMENT", "number": value} for _, value in shipment.references),
            *({"type": "PACKAGE", "number": value} for _, value in piece.references),
        ],
        "service": {"code": shipment.service_code, "description": shipment.service_name},
        "weight": {"unitOfMeasurement": "KGS", "weight": f"{piece.weight_kg:.2f}"},
    }
    if current:
        package["currentStatus"] = current
    if current and current["type"] == "D":
        package |= _delivery(shipment, now)
    return package


def activity(scan: Scan, shapings: Collection[str]) -> dict[str, Any]:
    """Return a scan as the tracking API writes it."""
    kind, code, status_code, text = _ACTIVITIES[scan.step]
    local = local_time(scan.at, scan.place.country)
    fraction = ".1234567" if "odd_fractions" in shapings else ""
    found = country(scan.place.country)
    return {
        "date": f"{local:%Y%m%d}",
        "time": f"{local:%H%M%S}{fraction}",
        "gmtDate": f"{scan.at.astimezone(UTC):%Y%m%d}",
        "gmtTime": f"{scan.at.astimezone(UTC):%H:%M:%S}",
        "gmtOffset": gmt_offset(local),
        "location": {
            "address": {
                "city": scan.place.city,
                "countryCode": scan.place.country,
                "country": found.code if found else scan.place.country,
            },
            "slic": scan.place.code,
        },
        "status": {
            "type": kind,
            "code": code,
            "statusCode": status_code,
            "description": None if "null_text" in shapings else text,
        },
    }


def _void_activity(shipment: Shipment) -> dict[str, Any]:
    local = local_time(shipment.booked_at, shipment.route.origin.country)
    status = {"type": "MV", "code": "VP", "statusCode": "007", "description": "Shipment Information Voided"}
    place = {"city": shipment.route.origin.city, "countryCode": shipment.route.origin.country}
    return {"date": f"{local:%Y%m%d}", "time": f"{local:%H%M%S}", "location": {"address": place}, "status": status}


def _address(kind: str, party: dict[str, Any]) -> dict[str, Any]:
    address = party["Address"]
    fields = {
        "city": address["City"],
        "stateProvince": address.get("StateProvinceCode", ""),
        "postalCode": address.get("PostalCode", ""),
        "countryCode": address["CountryCode"],
    }
    return {"type": kind, "name": party["Name"], "address": fields}


def _delivery(shipment: Shipment, now: datetime) -> dict[str, Any]:
    last = shipment.scans(now)[-1]
    local = local_time(last.at, last.place.country)
    return {
        "deliveryDate": [{"type": "DEL", "date": f"{local:%Y%m%d}"}],
        "deliveryTime": {"type": "DEL", "endTime": f"{local:%H%M%S}"},
        "deliveryInformation": {"location": "Front Door", "receivedBy": shipment.receiver["Name"]},
    }
