"""How figures and addresses are written on every paper: one way, readable by a person and by a machine."""

import re
from decimal import Decimal

from babel import Locale

from shipsmart.core.codes import EU
from shipsmart.documents.snapshots import PaperLine, PaperShipment, Parcel, Party, minor_digits

# Numbers that may stand on the outside of a parcel never include the IOSS number: who reads it could use it.
INSIDE_ONLY = frozenset({"IOSS"})


# How carriers call themselves; the merchant's own table has no name beyond that of its service.
CARRIERS = {
    "dhl_express": "DHL Express",
    "ups": "UPS",
    "fedex": "FedEx",
    "usps": "USPS",
    "correios": "Correios",
    "royal_mail": "Royal Mail",
    "canada_post": "Canada Post",
    "deutsche_post": "Deutsche Post",
    "la_poste": "La Poste",
    "australia_post": "Australia Post",
    "post": "Post",
    "table": "",
}
# Services that carriers know by a code. MyDHL API (global product codes), UPS Rating API (service codes).
SERVICES = {
    "dhl_express": {"P": "Express Worldwide", "D": "Express Worldwide Documents", "U": "Express Worldwide EU"},
    "ups": {
        "07": "Worldwide Express",
        "08": "Worldwide Expedited",
        "11": "Standard",
        "54": "Worldwide Express Plus",
        "65": "Worldwide Saver",
    },
}


# Where the postcode stands behind the town, and where the region stands between the two (Universal Postal Union,
# Postal addressing systems). Elsewhere it stands before the town.
POSTCODE_LAST = frozenset({"GB", "IE", "NZ", "SG", "IN", "TH", "ID", "PK", "BD", "SA", "UA", "ZA", "JO", "BH"})
REGION_BETWEEN = frozenset({"US", "CA", "AU", "PR"})


def carrier_name(shipment: PaperShipment) -> str:
    """Return the carrier as people call it; an unknown key is spelt out: `acme_post` is Acme Post."""
    key = shipment.carrier
    if key.lower() in CARRIERS:
        return CARRIERS[key.lower()]
    return key.replace("_", " ").title() if re.fullmatch(r"[a-z0-9]+(?:_[a-z0-9]+)*", key) else key


def service_name(shipment: PaperShipment) -> str:
    """Return the service as people call it; codes like INTERNATIONAL_PRIORITY are spelt out."""
    service = shipment.service
    known = SERVICES.get(shipment.carrier.lower(), {}).get(service)
    if known:
        return known
    return service.replace("_", " ").title() if re.fullmatch(r"[A-Z0-9]+(?:_[A-Z0-9]+)+", service) else service


def carrier_and_service(shipment: PaperShipment) -> str:
    """Return both in one, or a dash: DHL Express, Express Worldwide."""
    return ", ".join(part for part in (carrier_name(shipment), service_name(shipment)) if part) or "-"


def money(amount: Decimal, currency: str) -> str:
    """Return the amount with the currency's decimals (more when it has more), no grouping: 1234.50."""
    least = minor_digits(currency)
    plain = format(amount.normalize(), "f")
    whole, _, fraction = plain.partition(".")
    fraction = fraction.ljust(least, "0")
    return f"{whole}.{fraction}" if fraction else whole


def kilograms(grams: int | None) -> str:
    """Return kilograms with three decimals, or a dash when the weight is not known."""
    return "-" if grams is None else f"{Decimal(grams) / 1000:.3f}"


def measures(parcel: Parcel) -> str:
    """Return length x width x height in centimetres, or a dash when one is not known."""
    sides = (parcel.length_mm, parcel.width_mm, parcel.height_mm)
    if not all(sides):
        return "-"
    return " x ".join(format((Decimal(side) / 10).normalize(), "f") for side in sides if side) + " cm"


def country_name(code: str) -> str:
    """Return the country's English name, or the code when it is not known."""
    return str(Locale("en").territories.get(code, code)) if code else ""


def code_of(line: PaperLine) -> str:
    """Return the HS code, and the national code behind it where it says more."""
    if line.national_code and line.national_code != line.hs_code:
        return f"{line.hs_code} ({line.national_code})" if line.hs_code else line.national_code
    return line.hs_code


def address(party: Party) -> list[str]:
    """Return the lines of an address, town, postcode and region in the order of its country."""
    country = f"{country_name(party.country)} ({party.country})" if party.country else ""
    lines = (party.company, party.name, party.address1, party.address2, _place(party), country)
    return [line for line in lines if line]


def _place(party: Party) -> str:
    if party.country in REGION_BETWEEN:
        behind = " ".join(part for part in (party.region, party.postcode) if part)
        return ", ".join(part for part in (party.city, behind) if part)
    town = (party.city, party.postcode) if party.country in POSTCODE_LAST else (party.postcode, party.city)
    return ", ".join(part for part in (" ".join(part for part in town if part), party.region) if part)


def contact(party: Party) -> list[str]:
    return [text for text in (party.phone and f"Tel. {party.phone}", party.email) if text]


def needs_ioss(shipment: PaperShipment) -> bool:
    """Whether customs at the destination ask for an IOSS number: in the EU and in Northern Ireland only."""
    to = shipment.consignee
    return to.country in EU or to.country == "XI" or (to.country == "GB" and to.postcode.upper().startswith("BT"))


def tax_numbers(party: Party, *, outside: bool = False) -> list[str]:
    """Return the tax ids as printed; `outside` leaves out those that must not be read on a parcel."""
    numbers = [tax_id for tax_id in party.tax_ids if tax_id.number and not (outside and tax_id.type in INSIDE_ONLY)]
    return [f"{tax_id.type} {tax_id.number}" + (f" ({tax_id.country})" if tax_id.country else "") for tax_id in numbers]
