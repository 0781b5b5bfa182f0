"""Parties in DHL's words: address, contact, registration numbers. Pure."""

from typing import Any

from integrations.carriers.dhl_express.codes import REGISTRATION_TYPES
from integrations.carriers.dhl_express.limits import ADDRESS_LINE_WIDTH, ADDRESS_LINES, REGION, TEXTS
from integrations.kit.fields import address_lines, fitting, refused, tax_code
from integrations.kit.tax_ids import SAID_IN_WORDS, issuer
from shipsmart.ports import Party


def rate_address(party: Party, field: str) -> dict[str, Any]:
    """Return an address as /rates takes it: the street may be unknown before the order."""
    address = _place(party, field)
    if party.address1.strip():
        address |= _lines(party, field)
    return address


def party_details(party: Party, field: str) -> dict[str, Any]:
    """Return a party as /shipments takes it. Raises IntegrationError for what is missing: phone, street, name."""
    details: dict[str, Any] = {
        "postalAddress": _place(party, field) | _lines(party, field),
        "contactInformation": contact(party, field),
    }
    if numbers := registration_numbers(party, field):
        details["registrationNumbers"] = numbers
    return details


def contact(party: Party, field: str) -> dict[str, str]:
    """Return the contact; a private person stands as his own company, as DHL's own examples have it."""
    found = {
        "companyName": fitting(party.company or party.name, TEXTS["company"], f"{field} company"),
        "fullName": fitting(party.name or party.company, TEXTS["name"], f"{field} name"),
        "phone": fitting(party.phone, TEXTS["phone"], f"{field} phone"),
    }
    if party.email:
        found["email"] = fitting(party.email, TEXTS["email"], f"{field} email")
    return found


def registration_numbers(party: Party, field: str) -> list[dict[str, str]]:
    """Return every tax number of a party with its type and issuer. Raises IntegrationError rather than drop one."""
    return [
        {
            "typeCode": tax_code(tax_id, REGISTRATION_TYPES, field),
            "number": fitting(tax_id.number, TEXTS["tax id"], f"{field} tax id"),
            "issuerCountryCode": issuer(tax_id, field),
        }
        for tax_id in party.tax_ids
        if tax_id.type not in SAID_IN_WORDS
    ]


def _place(party: Party, field: str) -> dict[str, Any]:
    if len(party.postcode) > TEXTS["postcode"]:
        raise refused(
            f"{field} postcode is too long: {party.postcode!r}", code="wrong_length", field=f"{field} postcode"
        )
    place = {
        "postalCode": party.postcode.strip(),  # empty where a country has none: DHL's own wish
        "cityName": fitting(party.city, TEXTS["city"], f"{field} city"),
        "countryCode": fitting(party.country, 2, f"{field} country", at_least=2),
    }
    # One-letter regions (Barcelona is "B") are no provinceCode for DHL; the field is optional.
    if REGION[0] <= len(party.region) <= REGION[1]:
        place["provinceCode"] = party.region
    return place


def _lines(party: Party, field: str) -> dict[str, str]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field=field)
    return {f"addressLine{number}": line for number, line in enumerate(lines, 1)}
