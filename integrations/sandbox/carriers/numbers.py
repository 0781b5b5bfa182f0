"""Waybill and tracking numbers with the check digits the real ones carry."""

from __future__ import annotations

import itertools
import secrets
import threading


def dhl_check_digit(serial: str) -> int:
    """Return the check digit of a DHL Express waybill: the nine-digit serial modulo 7."""
    return int(serial) % 7


def is_dhl_waybill(number: str) -> bool:
    return len(number) == 10 and number.isdigit() and dhl_check_digit(number[:9]) == int(number[9])


def ups_check_digit(body: str) -> int:
    """Return the check digit of a 1Z number for the 15 characters between '1Z' and the digit.

    Letters count as (position in the alphabet + 1) modulo 10; every second character counts double.
    """
    values = [int(c) if c.isdigit() else (ord(c.upper()) - 63) % 10 for c in body]
    total = sum(values[0::2]) + 2 * sum(values[1::2])
    return -total % 10


def is_ups_tracking_number(number: str) -> bool:
    if len(number) != 18 or not number.startswith("1Z") or not number.isalnum() or not number[-1].isdigit():
        return False
    return ups_check_digit(number[2:17]) == int(number[-1])


def fedex_check_digit(serial: str) -> int:
    """Return the check digit of a 12-digit FedEx number: weights 3 1 7 repeated, modulo 11, ten counts as nought."""
    return sum(int(digit) * (3, 1, 7)[n % 3] for n, digit in enumerate(serial)) % 11 % 10


def s10_check_digit(serial: str) -> int:
    """Return the check digit of a post's eight-digit item number (UPU S10)."""
    rest = 11 - sum(int(digit) * weight for digit, weight in zip(serial, (8, 6, 4, 2, 3, 5, 9, 7), strict=True)) % 11
    return {10: 0, 11: 5}.get(rest, rest)


class NumberRange:
    """Serial numbers of one process. They start at a random place so that two runs seldom collide."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._serial = itertools.count(secrets.randbelow(8_000_000) + 1_000_000)

    def _next(self) -> int:
        with self._lock:
            return next(self._serial)

    def dhl_waybill(self) -> str:
        """Return a fresh ten-digit waybill number."""
        serial = f"{100_000_000 + self._next():09d}"
        return f"{serial}{dhl_check_digit(serial)}"

    def dhl_piece(self) -> str:
        """Return a licence plate: JD and 18 digits, as printed under the third barcode of a DHL label."""
        return f"JD0146{self._next():014d}"

    def dhl_dispatch(self, day: str) -> str:
        """Return a pick-up confirmation number, e.g. PRG261122000062; `day` is YYMMDD."""
        return f"PRG{day}{self._next() % 1_000_000:06d}"

    def fedex(self) -> str:
        """Return a fresh 12-digit tracking number."""
        serial = f"{79_000_000_000 + self._next():011d}"
        return f"{serial}{fedex_check_digit(serial)}"

    def ups(self, *, account: str, service_code: str) -> str:
        """Return a 1Z number: account, service, serial, check digit; 18 characters."""
        body = f"{account[:6].upper():0>6}{service_code[:2]:0>2}{self._next() % 10_000_000:07d}"
        return f"1Z{body}{ups_check_digit(body)}"

    def ups_prn(self) -> str:
        """Return a pick-up request number: 11 characters."""
        return f"29{self._next():09d}"

    def s10(self, *, service: str, post: str) -> str:
        """Return an item number of a post, e.g. LX473124829US; 13 characters."""
        serial = f"{self._next():08d}"[-8:]
        return f"{service}{serial}{s10_check_digit(serial)}{post}"

    def receipt(self) -> str:
        """Return the number under which a label is being made (Correios)."""
        return f"RC{self._next():010d}"
