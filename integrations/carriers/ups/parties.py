"""Parties and parcels in UPS's words. Pure."""

import re
from collections.abc import Mapping
from dataclasses import replace
from decimal import ROUND_CEILING, Decimal
from typing import Any

from integrations.carriers.ups.letters import typed
from integrations.carriers.ups.limits import (
    ADDRESS_LINE_WIDTH,
    ADDRESS_LINES,
    COMPACT_POSTCODES,
    NORTH_AMERICA,
    REGION,
    REGION_COUNTRIES,
    TEXTS,
    WEIGHT_CHARACTERS,
)
from integrations.kit.fields import address_lines, centimetres, fitting, kilograms, refused
from shipsmart.ports import ParcelSpec, Party


def party_details(party: Party, field: str) -> dict[str, Any]:
    """Return a party with name, attention, phone and address. Raises IntegrationError for what is missing."""
    party = _typed(party)
    person = person_name(party.name or party.company, f"{field} name")
    details: dict[str, Any] = {
        "Name": fitting(party.company, TEXTS["name"], f"{field} company") if party.company else person,
        "AttentionName": person,
        "Phone": {"Number": phone(party, field)},
        "Address": address(party, field),
    }
    if party.email:
        details["EMailAddress"] = fitting(party.email, TEXTS["email"], f"{field} email")
    return details


def _typed(party: Party) -> Party:
    names = ("name", "company", "address1", "address2", "city")
    return replace(party, **{name: typed(getattr(party, name)) for name in names})


def address(party: Party, field: str) -> dict[str, Any]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field=field)
    return {"AddressLine": lines, **_place(party, field)}


def rate_party(party: Party, field: str) -> dict[str, Any]:
    """Return a party as Rating takes it, before the street is known too: then the town fills the demanded line.

    Prices depend on postcode and country only; nothing of this is printed or declared.
    """
    known = party.address1.strip()
    lines = address(party, field)["AddressLine"] if known else [fitting(party.city, TEXTS["city"], f"{field} city")]
    place = _place(party, field)
    if len(place.get("StateProvinceCode", "")) != 2:  # Rating knows two-letter states only
        place.pop("StateProvinceCode", None)
    return {"Address": {"AddressLine": lines, **place}}


def person_name(name: str, field: str) -> str:
    """Return a name within UPS's 35 characters: middle names of a long one become initials, as on a passport line."""
    words = name.split()
    for at in range(1, len(words) - 1):
        if len(" ".join(words)) <= TEXTS["name"]:
            break
        words[at] = f"{words[at][0]}."
    return fitting(" ".join(words), TEXTS["name"], field)


def phone(party: Party, field: str) -> str:
    """Return the digits of the phone number; ten of them in North America. Raises when there is none."""
    number = re.sub(r"\D", "", party.phone)
    if party.country in NORTH_AMERICA and len(number) == 11 and number.startswith("1"):
        number = number[1:]
    return fitting(number, TEXTS["phone"], f"{field} phone")


def parcel(spec: ParcelSpec, number: int, *, packaging: str, described: bool) -> dict[str, Any]:
    """Return a box in kilograms and whole centimetres, rounded up: UPS must not carry more than was declared.

    The longest side is the length. `packaging` names the element, which Rating and Shipping call differently;
    Rating wants units with a description (`described`).
    """
    sides = sorted((spec.length_mm, spec.width_mm, spec.height_mm), reverse=True)
    names = ("length", "width", "height")
    whole = [_up(centimetres(mm, f"parcel {number} {name}")) for mm, name in zip(sides, names, strict=True)]
    return {
        packaging: {"Code": "02"},
        "Dimensions": {
            "UnitOfMeasurement": _unit("CM", "Centimeters", described),
            "Length": whole[0],
            "Width": whole[1],
            "Height": whole[2],
        },
        "PackageWeight": {
            "UnitOfMeasurement": _unit("KGS", "Kilograms", described),
            "Weight": weight_text(kilograms(spec.weight_g, f"parcel {number} weight")),
        },
    }


def weight_text(weight_kg: Decimal) -> str:
    """Return a weight within five characters, rounded up where it needs more: 1.25, 0.149, 12.346 → 12.35."""
    for places in (3, 2, 1, 0):
        text = format(weight_kg.quantize(Decimal(1).scaleb(-places), ROUND_CEILING), "f")
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if len(text) <= WEIGHT_CHARACTERS:
            return text
    raise refused(f"{weight_kg} kg is too heavy for UPS", code="too_heavy", field="parcel weight")


def _place(party: Party, field: str) -> dict[str, Any]:
    place: dict[str, Any] = {
        "City": fitting(party.city, TEXTS["city"], f"{field} city"),
        "CountryCode": fitting(party.country, 2, f"{field} country", at_least=2),
    }
    if party.postcode.strip():
        place["PostalCode"] = fitting(_postcode(party), TEXTS["postcode"], f"{field} postcode")
    if party.country in REGION_COUNTRIES:
        place["StateProvinceCode"] = fitting(party.region, REGION, f"{field} region")
    elif party.region and len(party.region) <= REGION:
        place["StateProvinceCode"] = party.region
    return place


def _postcode(party: Party) -> str:
    """Return the postcode as UPS takes it; elsewhere blank and hyphen go only where nine characters would not do."""
    compact = re.sub(r"[ -]", "", party.postcode)
    wanted = party.country in COMPACT_POSTCODES or len(party.postcode.strip()) > TEXTS["postcode"]
    return compact if wanted else party.postcode.strip()


def _up(length_cm: Decimal) -> str:
    return str(int(length_cm.to_integral_value(ROUND_CEILING)))


def _unit(code: str, text: str, described: bool) -> Mapping[str, str]:
    return {"Code": code, "Description": text} if described else {"Code": code}
