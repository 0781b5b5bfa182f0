"""UPS Label Recovery: the label of a bought shipment printed again. https://developer.ups.com/api/reference/shipping"""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

from . import labels
from .ups_booking import label_data
from .ups_errors import Refused
from .world import Shipment, World

_DRAWN: dict[str, Callable[[labels.LabelData], bytes]] = {
    "GIF": labels.picture,
    "PDF": lambda data: labels.pdf([data]),
    "ZPL": lambda data: labels.zpl([data]),
}


def recover(world: World, document: dict[str, Any]) -> dict[str, Any]:
    """Return the answer with one label a package. Raises Refused for an unknown, voided or malformed request."""
    asked = document.get("LabelRecoveryRequest")
    if not isinstance(asked, dict) or "Request" not in asked:
        raise Refused([("300100", "The LabelRecoveryRequest is missing or has no Request.")])
    shipment = world.find("ups", str(asked.get("TrackingNumber", "")))
    if shipment is None or shipment.voided:
        raise Refused([("300102", "Tracking number not found or not eligible for label recovery.")])
    form = asked.get("LabelSpecification", {}).get("LabelImageFormat", {}).get("Code", "GIF")
    if form not in _DRAWN:
        raise Refused([("300104", f"The label image format {form!r} is not valid.")])
    return {
        "LabelRecoveryResponse": {
            "Response": {"ResponseStatus": {"Code": "1", "Description": "Success"}},
            "ShipmentIdentificationNumber": shipment.number,
            "LabelResults": [_result(shipment, position, form) for position in range(len(shipment.pieces))],
        }
    }


def _result(shipment: Shipment, position: int, form: str) -> dict[str, Any]:
    image = base64.b64encode(_DRAWN[form](label_data(shipment, position))).decode()
    picture = {"LabelImageFormat": {"Code": form}, "GraphicImage": image}
    return {"TrackingNumber": shipment.pieces[position].number, "LabelImage": picture}
