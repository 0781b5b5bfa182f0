"""Forms that a shipper made: kept in Forms History, then laid to a shipment."""

from __future__ import annotations

import secrets
from typing import Any

from flask import Response

from . import uploads
from .ups_errors import Refused
from .wire import answer
from .world import World

CARRIER = "ups"
_DONE = {"ResponseStatus": {"Code": "1", "Description": "Success"}}


def upload(world: World, document: dict[str, Any]) -> Response:
    """Keep each file under a number of its own; it belongs to no shipment yet."""
    numbers = []
    for form in document["UploadRequest"]["UserCreatedForm"]:
        try:
            content = uploads.pdf(form["UserCreatedFormFile"])
        except uploads.NoPaper as error:
            raise Refused([("9590022", f"Invalid UserCreatedFormFile: {error}")]) from error
        stamp = f"{world.clock.now():%Y-%m-%d-%H.%M.%S}.{secrets.randbelow(1_000_000):06d}"
        uploads.keep(world, uploads.Upload(CARRIER, stamp, "", content))
        numbers.append(stamp)
    return answer({"UploadResponse": {"Response": _DONE, "FormsHistoryDocumentID": {"DocumentID": numbers}}})


def push(world: World, document: dict[str, Any]) -> Response:
    """Lay kept files to a shipment that is booked."""
    asked = document["PushToImageRepositoryRequest"]
    shipment = world.find(CARRIER, asked["ShipmentIdentifier"])
    if shipment is None or shipment.account != asked["ShipperNumber"]:
        raise Refused([("9590008", "ShipmentIdentifier not found for this shipper.")])
    for number in asked["FormsHistoryDocumentID"]["DocumentID"]:
        kept = uploads.find(world, CARRIER, number)
        if kept is None:
            raise Refused([("9590016", f"DocumentID {number} is not in Forms History.")])
        uploads.keep(world, uploads.Upload(CARRIER, f"{number}#", shipment.number, kept.content))
    group = f"{world.clock.now():%Y-%m-%d-%H.%M.%S}.{secrets.randbelow(1_000_000):06d}"
    return answer({"PushToImageRepositoryResponse": {"Response": _DONE, "FormsGroupID": group}})
