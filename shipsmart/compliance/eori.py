"""Economic Operators Registration and Identification numbers.

Two letters of the country that gave it and up to 15 characters; some countries build it on their tax number.
Source: Delegated Regulation (EU) 2015/2446, Annex B, notes on data element 13 01 017 000; gov.uk/eori.
"""

import re

from shipsmart.core.codes import EU

ISSUERS = EU | {"GB", "XI"}
# Where the national part has a fixed shape. The United Kingdom: VAT number (9 digits) and three digits more.
NATIONAL = {
    "GB": r"[0-9]{12}([0-9]{3})?",
    "XI": r"[0-9]{12}([0-9]{3})?",
    "DE": r"[0-9]{1,15}",
    "FR": r"[0-9A-Z]{9,15}",
    "PT": r"[0-9]{9,15}",
    "IE": r"[0-9][0-9A-Z]{1,14}",
}


def is_eori(number: str) -> bool:
    """Return whether the text has the shape of an EORI number; whether it is registered only the authority knows."""
    bare = re.sub(r"\s", "", number).upper()
    country, rest = bare[:2], bare[2:]
    return country in ISSUERS and bool(re.fullmatch(NATIONAL.get(country, r"[0-9A-Z]{1,15}"), rest))
