"""Which country issued a tax number, when the number itself says so."""

import pycountry

from integrations.kit.fields import refused
from shipsmart.ports import Party, TaxId

# Registrations that no carrier has a field for; they are told to customs in words on the invoice.
SAID_IN_WORDS = {"PRC": "Programa Remessa Conforme"}
PREFIXED = frozenset({"EORI", "VAT", "REX"})
NATIONAL = {
    "CNPJ": "BR", "CPF": "BR", "EIN": "US", "SSN": "US", "VOEC": "NO", "ARN": "AU", "ABN": "AU", "IRD": "NZ",
    "BN": "CA", "PCCC": "KR", "RFC": "MX", "CURP": "MX", "RUT": "CL", "TCKN": "TR", "VKN": "TR", "PAN": "IN",
    "GSTIN": "IN", "IEC": "IN", "UID": "CH", "EZWAY": "TW", "RESIDENT_ID": "CN", "CODICE_FISCALE": "IT", "DNI": "ES",
    "NIE": "ES",
}  # fmt: skip
# VAT numbers begin with the language code there, not the ISO code: Directive 2006/112/EC, Article 215.
PREFIX_COUNTRY = {"EL": "GR", "XI": "GB"}


def issuer(tax_id: TaxId, field: str) -> str:
    """Return the ISO alpha-2 country that issued the number: as stated, else as the number or its type tells.

    An IOSS number is IM + the three-digit ISO code of the member state of identification (IM276... is Germany).
    Source: Commission, IOSS explanatory notes. Raises IntegrationError when nothing tells.
    """
    stated = "" if tax_id.country == "EU" else tax_id.country  # a union issues no numbers, its members do
    found = stated or NATIONAL.get(tax_id.type, "") or _from_number(tax_id)
    if not found:
        raise refused(
            f"{field}: the country that issued {tax_id.type} {tax_id.number!r} is not known; state it with the number",
            code="missing_data",
            field=f"{field} tax id country",
        )
    return found


def in_words(party: Party) -> list[str]:
    """Return the registrations that go onto the invoice as a remark."""
    return [f"{SAID_IN_WORDS[i.type]} {i.number}" for i in party.tax_ids if i.type in SAID_IN_WORDS]


def _from_number(tax_id: TaxId) -> str:
    number = tax_id.number.upper()
    if tax_id.type == "IOSS" and number.startswith("IM"):
        country = pycountry.countries.get(numeric=number[2:5])
        return country.alpha_2 if country else ""
    prefix = PREFIX_COUNTRY.get(number[:2], number[:2])
    known = tax_id.type in PREFIXED and pycountry.countries.get(alpha_2=prefix)
    return prefix if known else ""
