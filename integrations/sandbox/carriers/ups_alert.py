"""The practice UPS's Track Alert: one message a scan of a subscribed parcel, told as well or as badly as asked."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

from . import ups_tracking
from .world import World

CARRIER = "ups"
# What may go wrong between UPS and us.
KINDS = ("in_order", "wrong_order", "twice", "forged", "stranger", "rubbish")
LOOPBACK = ("127.0.0.1", "localhost", "::1")
TIMEOUT_S = 10


def subscribe(world: World, numbers: Collection[str]) -> None:
    world.note_paper("ups subscription", frozenset(numbers))


def tell(world: World, *, number: str, url: str, credential: str, kind: str) -> list[int]:
    """Send a message for each scan of a parcel so far; return the statuses that came back.

    Raises ValueError for a parcel that nobody subscribed to, another kind than KINDS, and an address off this machine.
    """
    if kind not in KINDS:
        raise ValueError(f"kind {kind!r} is none of {', '.join(KINDS)}")
    if urlsplit(url).hostname not in LOOPBACK:
        raise ValueError(f"{url} is not on this machine: practice messages stay here")
    shipment = world.find(CARRIER, number)
    if shipment is None or not any(number in numbers for numbers in world.papers("ups subscription")):
        raise ValueError(f"nobody subscribed to {number}")
    scans = shipment.scans(world.clock.now())
    messages = [_message(number, ups_tracking.activity(scan, ())) for scan in scans]
    shown = "forged" if kind == "forged" else credential
    return [_post(url, body, shown) for body in _shaped(messages, kind)]


def _shaped(messages: list[dict[str, Any]], kind: str) -> list[bytes]:
    if kind == "rubbish":
        return [b"{", b"null", b'{"trackingNumber": 7}']
    if kind == "wrong_order":
        messages = messages[::-1]
    if kind == "twice":
        messages = [copy for message in messages for copy in (message, message)]
    if kind == "stranger":
        messages = [message | {"trackingNumber": "1ZSTRANGER00000000"} for message in messages]
    return [json.dumps(message).encode() for message in messages]


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


def _post(url: str, body: bytes, credential: str) -> int:
    headers = {"Content-Type": "application/json", "credential": credential}
    asked = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310 - loopback only
    try:
        with urllib.request.urlopen(asked, timeout=TIMEOUT_S) as answer:  # noqa: S310
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code
