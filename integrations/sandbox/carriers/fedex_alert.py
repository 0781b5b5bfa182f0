"""The practice FedEx's Advanced Integrated Visibility: what Track would answer, signed, after each scan."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from typing import Any

from . import fedex_tracking
from .world import Shipment, World

CARRIER = "fedex"
RUBBISH = (b"{", b"null", b'{"output": {"completeTrackResults": []}}')


def messages(world: World, shipment: Shipment, number: str) -> list[dict[str, Any]]:
    """Return one message a scan, each with the whole story up to it; a project by account needs no subscription."""
    piece = next(piece for piece in shipment.pieces if piece.number == number)
    moments = [scan.at for scan in shipment.scans(world.clock.now())]
    told = [fedex_tracking.tracked(shipment, piece, at, scans=True, shapings=()) for at in moments]
    return [_message(number, result) for result in told]


def _message(number: str, result: dict[str, Any]) -> dict[str, Any]:
    found = [{"trackingNumber": number, "trackResults": [result]}]
    return {"transactionId": str(uuid.uuid4()), "output": {"completeTrackResults": found}}


def of_a_stranger(message: dict[str, Any]) -> dict[str, Any]:
    found = [{**row, "trackingNumber": "999999999999"} for row in message["output"]["completeTrackResults"]]
    return message | {"output": {"completeTrackResults": found}}


def proof(body: bytes, token: str) -> dict[str, str]:
    signature = hmac.digest(token.encode(), body, hashlib.sha256)
    return {"fdx-signature": base64.b64encode(signature).decode()}
