"""The practice UPS's Track Alert: one message a scan of a parcel that somebody subscribed to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from . import ups_tracking
from .world import Shipment, World

CARRIER = "ups"
RUBBISH = (b"{", b"null", b'{"trackingNumber": 7}')


def subscribe(world: World, numbers: Collection[str]) -> None:
    world.note_paper("ups subscription", frozenset(numbers))


def messages(world: World, shipment: Shipment, number: str) -> list[dict[str, Any]]:
    """Return one message a scan. Raises ValueError for a parcel that nobody subscribed to."""
    if not any(number in numbers for numbers in world.papers("ups subscription")):
        raise ValueError(f"nobody subscribed to {number}")
    return [_message(number, ups_tracking.activity(scan, ())) for scan in shipment.scans(world.clock.now())]


def of_a_stranger(message: dict[str, Any]) -> dict[str, Any]:
    return message | {"trackingNumber": "1ZSTRANGER00000000"}


def proof(_body: bytes, credential: str) -> dict[str, str]:
    return {"credential": credential}


def _message(number: str, activity: dict[str, Any]) -> dict[str, Any]:
    """Return a scan as Track Alert writes it; the tracking API names the same things otherwise."""
    place, status = activity["location"]["address"], activity["status"]
    return {
        "trackingNumber": number,
        "localActivityDate": activity["date"],
        "localActivityTime": activity["time"],
        "activityLocation": {"city": place["city"], "country": place["countryCode"]},
        "activityStatus": {
            "type": status["type"],
            "code": status["code"],
            "description": status["description"],
            "descriptionCode": status["statusCode"],
        },
        "gmtActivityDate": activity["gmtDate"],
        "gmtActivityTime": activity["gmtTime"].replace(":", ""),
    }
