"""A carrier's pick-up in USPS's words: the body of POST /carrier-pickup and its answer. Pure.

Source: USPS Carrier Pickup API, version 3.1.8. The parcels go with the carrier who brings the day's mail, at no charge:
USPS takes a day and a place, and no hour.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from integrations.carriers.usps.limits import TEXTS
from integrations.carriers.usps.parties import home_address
from integrations.carriers.usps.shipment import pounds
from integrations.kit.fields import fitting, required
from integrations.kit.pickups import check_pickup, parcel_count, weight_g
from integrations.kit.reading import number, reading
from shipsmart.ports import PickUp, PickUpOrder

PACKAGE_TYPE = "INTERNATIONAL"  # all that is sold here goes abroad
PLACES = frozenset(
    ["FRONT_DOOR", "BACK_DOOR", "SIDE_DOOR", "KNOCK_ON_DOOR", "MAIL_ROOM", "OFFICE", "PORCH", "RECEPTION", "MAILBOX"]
)
ELSEWHERE = "OTHER"
_STREET = ("streetAddress", "secondaryAddress", "city", "state", "ZIPCode", "ZIPPlus4")


def pickup_body(order: PickUpOrder) -> dict[str, Any]:
    """Return the request for one day. Raises IntegrationError(permanent) naming what is missing or does not fit."""
    check_pickup(order)
    found = home_address(order.address, "pick-up address")
    contact = {"email": fitting(order.address.email, TEXTS["email"], "pick-up address email")}
    given, surname = (required(found.get(name, ""), "pick-up address name") for name in ("firstName", "lastName"))
    return {
        "pickupDate": order.ready_at.date().isoformat(),
        "pickupAddress": {
            "firstName": given,
            "lastName": surname,
            **({"firm": found["firm"]} if "firm" in found else {}),
            "address": {name: found[name] for name in _STREET if name in found},
            "contact": [contact],
        },
        "packages": [{"packageType": PACKAGE_TYPE, "packageCount": parcel_count(order)}],
        "estimatedWeight": pounds(weight_g(order)),
        "pickupLocation": _place(order),
        "nextAvailablePickup": False,  # another day than the one asked for is for the merchant to choose
    }


def _place(order: PickUpOrder) -> dict[str, str]:
    """Return where the parcels lie: one of USPS's places, else its OTHER with the merchant's words."""
    named = order.location.strip().upper().replace(" ", "_").replace("-", "_")
    if named in PLACES:
        return {"packageLocation": named, **({"specialInstructions": order.instructions} if order.instructions else {})}
    words = "; ".join(text for text in (order.location, order.instructions) if text)
    return {"packageLocation": ELSEWHERE, "specialInstructions": required(words, "pick-up location")}


@reading("the pick-up of USPS", booked=True)
def pickup_from(document: Mapping[str, Any]) -> PickUp:
    """Return the booked pick-up. An answer without a number leaves the outcome unknown: the carrier may come."""
    booked = number(document["confirmationNumber"])
    return PickUp(number=booked, on=date.fromisoformat(document["pickupDate"]))
