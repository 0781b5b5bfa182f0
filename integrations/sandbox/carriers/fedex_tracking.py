"""Tracking as FedEx tells it: scan events newest first, ISO times with offset, event types and derived codes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from .journeys import Scan, Step
from .places import gmt_offset, local_time
from .world import Piece, Shipment

# step: event type, text, derived status code
_EVENTS: dict[Step, tuple[str, str, str]] = {
    Step.INFO_RECEIVED: ("OC", "Shipment information sent to FedEx", "IN"),
    Step.PICKED_UP: ("PU", "Picked up", "PU"),
    Step.AT_ORIGIN: ("AR", "Arrived at FedEx location", "IT"),
    Step.EXPORT_CLEARED: ("EA", "Export approved", "IT"),
    Step.DEPARTED_ORIGIN: ("DP", "Left FedEx origin facility", "IT"),
    Step.AT_HUB: ("AR", "Arrived at FedEx hub", "IT"),
    Step.DEPARTED_HUB: ("DP", "Departed FedEx hub", "IT"),
    Step.ARRIVED: ("AR", "At destination sort facility", "IT"),
    Step.IMPORT_CUSTOMS: ("CP", "Clearance in progress", "IT"),
    Step.CUSTOMS_HOLD: ("CD", "Clearance delay - import", "CD"),
    Step.CUSTOMS_CLEARED: ("CC", "International shipment release - Import", "IT"),
    Step.AT_DEPOT: ("AF", "At local FedEx facility", "IT"),
    Step.OUT_FOR_DELIVERY: ("OD", "On FedEx vehicle for delivery", "OD"),
    Step.ATTEMPT_FAILED: ("DE", "Delivery exception: customer not available", "DE"),
    Step.REFUSED: ("DE", "Delivery exception: refused by recipient", "DE"),
    Step.RETURNING: ("RS", "Returning package to shipper", "RS"),
    Step.RETURNED: ("RS", "Returned to shipper", "RS"),
    Step.MISSING: ("SE", "Shipment exception", "SE"),
    Step.DELIVERED: ("DL", "Delivered", "DL"),
}


def tracked(
    shipment: Shipment, piece: Piece, now: datetime, *, scans: bool, shapings: Collection[str]
) -> dict[str, Any]:
    """Return one entry of trackResults; `scans` asks for the single events."""
    happened = shipment.scans(now)
    if shipment.voided and shipment.voided_at:
        return _cancelled(shipment, piece)
    events = [_event(scan, shapings) for scan in reversed(happened)]
    if "twice" in shapings:
        events = [copy for event in events for copy in (event, dict(event))]
    if "wrong_order" in shapings:
        events = events[1::2] + events[0::2][::-1]
    result: dict[str, Any] = {
        "trackingNumberInfo": {"trackingNumber": piece.number, "carrierCode": "FDXE"},
        "additionalTrackingInfo": {
            "packageIdentifiers": [{"type": "CUSTOMER_REFERENCE", "value": [v for _, v in piece.references]}]
        },
        "serviceDetail": {"type": shipment.service_code, "description": shipment.service_name},
        "dateAndTimes": [{"type": "ESTIMATED_DELIVERY", "dateTime": f"{shipment.expected_on}T20:00:00"}],
    }
    if happened:
        code, text, derived = _EVENTS[happened[-1].step]
        result["latestStatusDetail"] = {
            "code": derived, "derivedCode": derived, "description": text, "statusByLocale": text,
            "ancillaryDetails": [{"reason": code, "reasonDescription": text}],
        }  # fmt: skip
        if happened[-1].step is Step.DELIVERED:
            done = {"type": "ACTUAL_DELIVERY", "dateTime": _when(happened[-1], "")}
            result["dateAndTimes"] = [done]
            result["deliveryDetails"] = {"receivedByName": shipment.receiver["contact"].get("personName", "")}
    if scans:
        result["scanEvents"] = events
    return result


def _cancelled(shipment: Shipment, piece: Piece) -> dict[str, Any]:
    text = "Shipment cancelled by sender"
    place = shipment.route.origin
    at = Scan(Step.INFO_RECEIVED, shipment.voided_at or shipment.booked_at, place)
    event = {"date": _when(at, ""), "eventType": "CA", "eventDescription": text, "derivedStatusCode": "CA"}
    return {
        "trackingNumberInfo": {"trackingNumber": piece.number, "carrierCode": "FDXE"},
        "latestStatusDetail": {"code": "CA", "derivedCode": "CA", "description": text, "statusByLocale": text},
        "scanEvents": [event | {"scanLocation": {"city": place.city, "countryCode": place.country}}],
    }


def _event(scan: Scan, shapings: Collection[str]) -> dict[str, Any]:
    code, text, derived = _EVENTS[scan.step]
    return {
        "date": _when(scan, ".1234567" if "odd_fractions" in shapings else ""),
        "eventType": code,
        "eventDescription": None if "null_text" in shapings else text,
        "derivedStatusCode": derived,
        "scanLocation": {"city": scan.place.city, "countryCode": scan.place.country},
        "locationId": scan.place.code,
    }


def _when(scan: Scan, fraction: str) -> str:
    local = local_time(scan.at, scan.place.country)
    return f"{local:%Y-%m-%dT%H:%M:%S}{fraction}{gmt_offset(local)}"
