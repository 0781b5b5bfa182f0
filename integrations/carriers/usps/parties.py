"""Parties in USPS's words: the address at home, the address abroad, tax references. Pure."""

import re
from collections.abc import Sequence
from typing import Any

import pycountry

from integrations.carriers.usps.codes import COLLECTED_AT_SALE, EXPORTER_IDS, OTHER_REFERENCE, REFERENCE_TYPES
from integrations.carriers.usps.limits import ADDRESS_LINE_WIDTH, ADDRESS_LINES, TEXTS
from integrations.kit.fields import address_lines, fitting, refused, required
from shipsmart.ports import Party, TaxId

ZIP = re.compile(r"^(\d{5})(?:-?(\d{4}))?$")


def home_address(party: Party, field: str) -> dict[str, Any]:
    """Return the consignor's address; USPS collects in the United States only."""
    if party.country != "US":
        raise refused(
            f"{field} is in {party.country or 'no country'}: USPS takes parcels in the United States only",
            code="wrong_origin",
            field=f"{field} country",
        )
    zip_code, plus4 = zip_parts(party, field)
    found = _street(party, field) | _names(party, field)
    found |= {"city": fitting(party.city, TEXTS["city"], f"{field} city"), "ZIPCode": zip_code}
    found["state"] = fitting(party.region, 2, f"{field} region", at_least=2)
    return found | ({"ZIPPlus4": plus4} if plus4 else {}) | _contact(party, field, email=True)


def zip_parts(party: Party, field: str) -> tuple[str, str]:
    """Return the five digits of a ZIP code and the four after them, if any."""
    match = ZIP.match(required(party.postcode, f"{field} postcode"))
    if match is None:
        raise refused(
            f"{field} postcode {party.postcode!r} is no ZIP code", code="wrong_postcode", field=f"{field} postcode"
        )
    return match[1], match[2] or ""


def address_abroad(party: Party, field: str) -> dict[str, Any]:
    found = _street(party, field) | _names(party, field)
    found |= {"city": fitting(party.city, TEXTS["city"], f"{field} city"), **_country(party, field)}
    if party.postcode:
        found["postalCode"] = fitting(party.postcode, TEXTS["postcode"], f"{field} postcode")
    if party.region:
        found["province"] = fitting(party.region, TEXTS["region"], f"{field} region")
    return found | _contact(party, field)


def _country(party: Party, field: str) -> dict[str, str]:
    found = pycountry.countries.get(alpha_2=required(party.country, f"{field} country"))
    if found is None:
        raise refused(f"{field} country {party.country!r} is unknown", code="wrong_country", field=f"{field} country")
    return {"country": found.name, "countryISOAlpha2Code": party.country}


def _street(party: Party, field: str) -> dict[str, str]:
    lines = address_lines(party, width=ADDRESS_LINE_WIDTH, count=ADDRESS_LINES, field=field)
    return dict(zip(("streetAddress", "secondaryAddress"), lines, strict=False))


def _names(party: Party, field: str) -> dict[str, str]:
    """Return given name and surname as the last blank parts them, and the firm; one word alone stands as the firm."""
    first, _, last = party.name.strip().rpartition(" ")
    firm = party.company or ("" if first else last)
    found = {"firm": fitting(firm, TEXTS["company"], f"{field} company")} if firm or not first else {}
    if first:
        found["firstName"] = fitting(first, TEXTS["name"], f"{field} name")
        found["lastName"] = fitting(last, TEXTS["name"], f"{field} name")
    return found


def _contact(party: Party, field: str, *, email: bool = False) -> dict[str, str]:
    """Return phone digits, which USPS demands abroad, and the sender's e-mail."""
    digits = re.sub(r"\D", "", party.phone)
    found = {"phone": fitting(digits, 15, f"{field} phone", at_least=6)}
    if email and party.email:
        found["email"] = fitting(party.email, TEXTS["email"], f"{field} email")
    return found


def exporter_reference(tax_ids: Sequence[TaxId]) -> dict[str, str] | None:
    """Return the one reference of the seller that USPS carries; a registration that collected the tax goes first.

    Raises IntegrationError when two of those would have to share the field: dropping one is a customs error.
    """
    collected = [tax_id for tax_id in tax_ids if tax_id.type in COLLECTED_AT_SALE]
    if len(collected) > 1:
        raise _too_many("consignor", collected)
    others = sorted(
        (tax_id for tax_id in tax_ids if tax_id.type in EXPORTER_IDS), key=lambda i: EXPORTER_IDS.index(i.type)
    )
    found = [*collected, *others][:1]
    return _reference(found[0], "consignor") if found else None


def importer_reference(tax_ids: Sequence[TaxId]) -> dict[str, str] | None:
    """Return the buyer's tax number. Raises IntegrationError for two: USPS carries one."""
    if len(tax_ids) > 1:
        raise _too_many("consignee", tax_ids)
    return _reference(tax_ids[0], "consignee") if tax_ids else None


def _reference(tax_id: TaxId, field: str) -> dict[str, str]:
    number = fitting(tax_id.number, TEXTS["tax id"], f"{field} tax id")
    return {"referenceType": REFERENCE_TYPES.get(tax_id.type, OTHER_REFERENCE), "reference": number}


def _too_many(field: str, tax_ids: Sequence[TaxId]) -> Exception:
    kinds = ", ".join(tax_id.type for tax_id in tax_ids)
    return refused(f"{field} has {kinds}, USPS carries one of them", code="too_many_tax_ids", field=f"{field} tax id")
