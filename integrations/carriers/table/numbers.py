"""Waybill numbers of our own. Pure.

`SW` (or `SX`, see below) + 10 digits + check digit. Not a UPU S10 number: those ranges belong to the posts.
"""

import hashlib
import re

_SHIPMENT = re.compile(r"SS(\d{1,10})")
DIGITS = 10


def waybill_number(reference: str) -> str:
    """Return the waybill number of a shipment: always the same for the same reference.

    Our own references (SS00000042) keep their digits; any other text gives ten digits of its SHA-256 and the
    letters `SX`, so that the two never meet.
    """
    known = _SHIPMENT.fullmatch(reference)
    hashed = str(int(hashlib.sha256(reference.encode()).hexdigest(), 16))[-DIGITS:]
    prefix, digits = ("SW", known[1].zfill(DIGITS)) if known else ("SX", hashed)
    return f"{prefix}{digits}{check_digit(digits)}"


def check_digit(digits: str) -> int:
    """Return the modulo-10 check digit with weights 3 and 1 from the right, as on GS1 numbers."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return -total % 10
