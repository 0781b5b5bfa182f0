"""A pick-up in UPS's words: the body of POST /api/pickupcreation/v2409/pickup and its answer. Pure.

Source: UPS API reference, Pickup.
"""

import re
from collections import Counter
from collections.abc import Mapping
from decimal import ROUND_CEILING, Decimal
from typing import Any

from integrations.carriers.ups.limits import (
    HEAVY_PIECE_G,
    LARGEST_PICKUP_COUNT,
    NORTH_AMERICA,
    PICKUP_TEXTS,
    REGION_COUNTRIES,
)
from integrations.carriers.ups.parties import phone
from integrations.carriers.ups.shipment import account_number
from integrations.kit.fields import address_lines, fitting, kilograms, refused
from integrations.kit.pickups import check_pickup, weight_g
from integrations.kit.reading import amount, number, reading
from shipsmart.ports import CarrierAccountRef, Party, PickUp, PickUpOrder

PACKAGE = "01"
PAID_BY_ACCOUNT = "01"


def pickup_body(account: CarrierAccountRef, order: PickUpOrder) -> dict[str, Any]:
    """Return the request for a courier, paid by the account. Raises IntegrationError naming what does not fit."""
    check_pickup(order)
    heavy = any(parcel.weight_g > HEAVY_PIECE_G for one in order.shipments for parcel in one.parcels)
    asked: dict[str, Any] = {
        "Request": {"TransactionReference": {"CustomerContext": order.reference}},
        "RatePickupIndicator": "Y",
        "Shipper": {"Account": {"AccountNumber": account_number(account), "AccountCountryCode": order.address.country}},
        "PickupDateInfo": {
            "CloseTime": f"{order.closes_at:%H%M}",
            "ReadyTime": f"{order.ready_at:%H%M}",
            "PickupDate": f"{order.ready_at:%Y%m%d}",
        },
        "PickupAddress": _address(order.address, order.location),
        "AlternateAddressIndicator": "Y",
        "PickupPiece": _pieces(order),
        "TotalWeight": {"Weight": _weight(order), "UnitOfMeasurement": "KGS"},
        "OverweightIndicator": "Y" if heavy else "N",
        "PaymentMethod": PAID_BY_ACCOUNT,
        "ShippingLabelsAvailable": "Y",
        "ReferenceNumber": fitting(order.reference, PICKUP_TEXTS["reference"], "reference"),
    }
    if order.instructions:
        asked["SpecialInstruction"] = fitting(order.instructions, PICKUP_TEXTS["instructions"], "instructions")
    return {"PickupCreationRequest": asked}


def _address(party: Party, location: str) -> dict[str, Any]:
    field = "pick-up address"
    company = party.company or party.name
    found: dict[str, Any] = {
        "CompanyName": fitting(company, PICKUP_TEXTS["company"], f"{field} company"),
        "ContactName": fitting(party.name or company, PICKUP_TEXTS["contact"], f"{field} name"),
        "AddressLine": address_lines(party, width=PICKUP_TEXTS["address line"], count=1, field=field),
        "City": fitting(party.city, PICKUP_TEXTS["city"], f"{field} city"),
        "CountryCode": fitting(party.country, 2, f"{field} country", at_least=2),
        "ResidentialIndicator": "N" if party.company else "Y",
        "Phone": {"Number": phone(party, field)},
    }
    if party.country in REGION_COUNTRIES or party.region:
        found["StateProvince"] = fitting(party.region, PICKUP_TEXTS["region"], f"{field} region")
    if party.postcode.strip():
        postcode = party.postcode.strip()
        if party.country in NORTH_AMERICA:
            postcode = re.sub(r"[ -].*$", "", postcode) if party.country != "CA" else postcode.replace(" ", "")
        found["PostalCode"] = fitting(postcode, PICKUP_TEXTS["postcode"], f"{field} postcode")
    if location:
        found["PickupPoint"] = fitting(location, PICKUP_TEXTS["location"], "location")
    return found


def _pieces(order: PickUpOrder) -> list[dict[str, str]]:
    counted: Counter[tuple[str, str]] = Counter()
    for one in order.shipments:
        code = fitting(one.service, 2, "service", at_least=2)
        country = fitting(one.consignee.country, 2, "consignee country", at_least=2)
        counted[(f"0{code}", country)] += len(one.parcels)
    for count in counted.values():
        if count > LARGEST_PICKUP_COUNT:
            raise refused(f"{count} parcels of one service: UPS takes 999", code="too_many", field="shipments")
    return [
        {"ServiceCode": code, "Quantity": str(count), "DestinationCountryCode": country, "ContainerCode": PACKAGE}
        for (code, country), count in counted.items()
    ]


def _weight(order: PickUpOrder) -> str:
    """Return the weight of all parcels with one decimal, rounded up."""
    return format(kilograms(weight_g(order), "weight").quantize(Decimal("0.1"), ROUND_CEILING), "f")


@reading("the pick-up of UPS", booked=True)
def pickup_from(document: Mapping[str, Any], order: PickUpOrder) -> PickUp:
    """Return the booked pick-up. An answer without a number leaves the outcome unknown: a courier may come."""
    answer = document["PickupCreationResponse"]
    rated = answer.get("RateResult") or {}
    total = rated.get("GrandTotalOfAllCharge")
    return PickUp(
        number=number(answer["PRN"]),
        on=order.ready_at.date(),
        cost=amount(total) if total else None,
        currency=str(rated.get("CurrencyCode") or ""),
    )
