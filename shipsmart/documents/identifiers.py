"""Numbers on parcels, bags and air waybills, with their check digits.

S10 numbers of parcels are handed out by the posts in ranges; these functions check and complete them, they invent none.
"""

import re
from dataclasses import dataclass

from shipsmart.core.errors import ShipSmartError

S10_WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)
S10_FORM = re.compile(r"([A-Z]{2})(\d{8})(\d)([A-Z]{2})")
AWB_FORM = re.compile(r"(\d{3})-?(\d{7})(\d)")


class IdentifierInvalid(ShipSmartError):
    """A number cannot be made of these parts."""

    code = "identifier_invalid"


def mod10(digits: str) -> str:
    """Return the GS1 check digit: weights 3 and 1 from the right (GS1 General Specifications 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


def sscc(*, extension: int, company_prefix: str, serial: int) -> str:
    """Return the 18 digits of a Serial Shipping Container Code: extension, GS1 company prefix, serial, check digit.

    The serial takes what the prefix leaves of 16 digits. Raises IdentifierInvalid when it does not fit.
    Source: GS1 General Specifications, section 2.2 and application identifier 00.
    """
    room = 16 - len(company_prefix)
    if not (0 <= extension <= 9 and re.fullmatch(r"\d{4,12}", company_prefix) and 0 <= serial < 10**room):
        raise IdentifierInvalid(
            f"no SSCC of extension {extension}, company prefix {company_prefix!r} and serial {serial}: "
            f"the prefix has 4 to 12 digits, the serial at most {max(room, 0)}",
            serial=serial,
        )
    digits = f"{extension}{company_prefix}{serial:0{room}d}"
    return digits + mod10(digits)


def is_sscc(number: str) -> bool:
    return bool(re.fullmatch(r"[0-9]{18}", number)) and mod10(number[:-1]) == number[-1]


def s10_check_digit(serial: str) -> str:
    """Return the check digit of eight digits: weights 8 6 4 2 3 5 9 7, eleven less the rest, 10 is 0 and 11 is 5.

    Source: Universal Postal Union, technical standard S10, section 6.
    """
    if not re.fullmatch(r"[0-9]{8}", serial):
        raise IdentifierInvalid(f"{serial!r} is no serial number of eight digits", serial=serial)
    total = sum(int(digit) * weight for digit, weight in zip(serial, S10_WEIGHTS, strict=True))
    return {10: "0", 11: "5"}.get(11 - total % 11, str(11 - total % 11))


def is_s10(number: str) -> bool:
    """Return whether a postal number like RA473124829GB has its form and check digit; blanks do not count."""
    found = S10_FORM.fullmatch(number.replace(" ", "").upper())
    return bool(found) and number.isascii() and s10_check_digit(found[2]) == found[3]


def air_waybill(*, airline_prefix: str, serial: int) -> str:
    """Return a master air waybill number like 020-12345675: the last digit is the serial's rest of seven.

    Source: IATA Cargo Services Conference Resolution 600a. Raises IdentifierInvalid.
    """
    if not re.fullmatch(r"[0-9]{3}", airline_prefix) or not 0 <= serial <= 9_999_999:
        raise IdentifierInvalid(
            f"no air waybill of airline {airline_prefix!r} and serial {serial}: three digits and up to seven",
            serial=serial,
        )
    return f"{airline_prefix}-{serial:07d}{serial % 7}"


def is_air_waybill(number: str) -> bool:
    """Return whether an IATA air waybill number has its form and check digit, with or without the hyphen."""
    found = AWB_FORM.fullmatch(number.replace(" ", ""))
    return bool(found) and number.isascii() and int(found[2]) % 7 == int(found[3])


@dataclass(frozen=True, slots=True)
class BagLabel:
    """What stands on a bag or pallet (`unit`) of parcels: its SSCC, where it goes, and under which air waybill."""

    sscc: str
    consignor: str
    destination: str
    destination_country: str
    parcel_count: int
    gross_weight_g: int
    air_waybill: str = ""
    number: int = 1
    of: int = 1
    unit: str = "bag"
