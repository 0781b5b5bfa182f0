"""Parties and parcels in FedEx's words. Pure."""

import re
from decimal import ROUND_CEILING
from typing import Any

from integrations.carriers.fedex.codes import TIN_TYPES
from integrations.carriers.fedex.limits import (
    ADDRESS_LINE_WIDTH,
    ADDRESS_LINES,
    NORTH_AMERICA,
    REGION,
    REGION_COUNTRIES,
    TEXTS,
)
from integrations.kit.fields import address_lines, centimetres, fitting, kilograms, refused, tax_code
from integrations.kit.tax_ids import SAID_IN_WORDS
from shipsmart.ports import ParcelSpec, Party


def rate_party(party: Party, field: str) -> dict[str, Any]:
    return {"address": _place(party, field)}


def party_details(party: Party, field: str) -> dict[str, Any]:
    """Return a party with street, contact and tax numbers. Raises IntegrationError for what is missing."""
    contact = {"phoneNumber": phone(party, field)}
    fitting(party.name or party.company, TEXTS["name"], f"{field} name")
    if party.name:
        contact["personName"] = fitting(party.name, TEXTS["name"], f"{field} name")
    if party.company:
        contact["companyName"] = fitting(party.company, TEXTS["company"], f"{field} company")
    if party.email:
        contact["emailAddress"] = fitting(party.email, TEXTS["email"], f"{field} email")
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field=field)
    details: dict[str, Any] = {"address": {"streetLines": lines, **_place(party, field)}, "contact": contact}
    if tins := _tins(party, field):
        details["tins"] = tins
    return details


def phone(party: Party, field: str) -> str:
    """Return the digits of the phone number; ten of them in North America. Raises when there is none."""
    number = re.sub(r"\D", "", party.phone)
    if party.country in NORTH_AMERICA and len(number) == 11 and number.startswith("1"):
        number = number[1:]
    return fitting(number, TEXTS["phone"], f"{field} phone")


def package(parcel: ParcelSpec, number: int) -> dict[str, Any]:
    """Return a box in kilograms and whole centimetres, rounded up."""
    sides = {
        name: int(centimetres(mm, f"parcel {number} {name}").to_integral_value(ROUND_CEILING))
        for name, mm in (("length", parcel.length_mm), ("width", parcel.width_mm), ("height", parcel.height_mm))
    }
    return {
        "weight": {"units": "KG", "value": kilograms(parcel.weight_g, f"parcel {number} weight")},
        "dimensions": {**sides, "units": "CM"},
    }


def _place(party: Party, field: str) -> dict[str, Any]:
    if len(party.postcode) > TEXTS["postcode"]:
        raise refused(
            f"{field} postcode is too long: {party.postcode!r}", code="wrong_length", field=f"{field} postcode"
        )
    place = {
        "city": fitting(party.city, TEXTS["city"], f"{field} city"),
        "postalCode": party.postcode.strip(),
        "countryCode": fitting(party.country, 2, f"{field} country", at_least=2),
    }
    if party.country in REGION_COUNTRIES:
        place["stateOrProvinceCode"] = fitting(party.region, REGION, f"{field} region", at_least=REGION)
    elif len(party.region) == REGION:
        place["stateOrProvinceCode"] = party.region
    return place


def _tins(party: Party, field: str) -> list[dict[str, str]]:
    return [
        {
            "number": fitting(tax_id.number, TEXTS["tax id"], f"{field} tax id"),
            "tinType": tax_code(tax_id, TIN_TYPES, field),
            "usage": tax_id.type,
        }
        for tax_id in party.tax_ids
        if tax_id.type not in SAID_IN_WORDS
    ]
