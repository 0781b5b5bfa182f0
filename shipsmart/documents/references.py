"""Numbers customs ask for beside the goods: a filing, a permit, a Brazilian invoice. Papers and carriers carry them.

Sources: 15 CFR 30.7 (ITN) and 30.36 to 30.40 (exemptions); Delegated Regulation (EU) 2015/2446, annex B, data element
for the MRN; Manual de Orientação do Contribuinte da NF-e, chave de acesso (44 digits, modulo 11).
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shipsmart.core.codes import EU
from shipsmart.core.errors import ShipSmartError

LONGEST = 60
PERMIT = r"\S(.{0,33}\S)?"  # what carriers' fields hold
MRN = r"[0-9]{2}[A-Z]{2}[A-Z0-9]{14}"


class MalformedReference(ShipSmartError):  # noqa: N818 - the name says what it is
    """A reference has another shape; the message says which, `key` which reference."""

    code = "malformed_reference"

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message, key=key)
        self.key = key


@dataclass(frozen=True, slots=True)
class Kind:
    """A reference: its key in the papers' contract, its name on them, its shape, and where it has a meaning."""

    key: str
    name: str
    shape: Callable[[str], bool]
    example: str
    matters: Callable[[str, str], bool]  # consignor's country, consignee's country


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text) is not None


def _is_day(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def is_nfe_key(text: str) -> bool:
    """Return whether these are the 44 digits of a Brazilian invoice, the last one their check digit."""
    if re.fullmatch(r"[0-9]{44}", text) is None:
        return False
    total = sum(int(digit) * (2 + place % 8) for place, digit in enumerate(reversed(text[:43])))
    rest = total % 11
    return int(text[43]) == (0 if rest < 2 else 11 - rest)


def _from(*countries: str) -> Callable[[str, str], bool]:
    return lambda start, end: start in countries


def _canada(start: str, end: str) -> bool:
    return end == "CA"


def _always(start: str, end: str) -> bool:
    return True


KINDS = (
    Kind("itn", "AES ITN", _matches(r"X[0-9]{14}"), "X20261122000001", _from("US")),
    Kind("noeei", "AES exemption", _matches(r"30\.[0-9]{1,2}(\([a-z0-9]{1,2}\))*"), "30.37(h)", _from("US")),
    Kind("mrn", "Export declaration", _matches(MRN), "26DE123456789012A3", _from(*EU, "GB")),
    Kind("nfe_key", "NF-e", is_nfe_key, "44 digits", _from("BR")),
    Kind("permit", "Licence or certificate", _matches(PERMIT), "DE-2026-17", _always),
    Kind("origin_criterion", "Origin criterion", _matches(r"\S{1,4}"), "A", _always),
    Kind("shipped_on", "Shipped on", _is_day, "2026-11-22", _canada),
    Kind("transhipment", "Country of transhipment", _matches(r"\S(.*\S)?"), "none", _canada),
    Kind("terms_of_payment", "Terms of payment", _matches(r"\S(.*\S)?"), "prepaid", _canada),
)
BY_KEY = {kind.key: kind for kind in KINDS}


def relevant(start: str, end: str) -> tuple[Kind, ...]:
    """Return the references that may be asked for on the way between two countries (ISO alpha-2)."""
    return tuple(kind for kind in KINDS if kind.matters(start, end))


def clean(key: str, text: str) -> str:
    """Return the reference as papers print it. Raises MalformedReference."""
    kind = BY_KEY.get(key)
    if kind is None:
        raise MalformedReference(key, f"no reference is called {key!r}; known are {', '.join(BY_KEY)}")
    plain = " ".join(text.split())
    if key in ("itn", "mrn", "nfe_key"):
        plain = plain.upper().replace(" ", "").removeprefix("AES")
    if key == "noeei":
        plain = plain.lower().removeprefix("noeei").strip(" §")
    if plain and (len(plain) > LONGEST or not kind.shape(plain)):
        raise MalformedReference(key, f"{text[:LONGEST]!r} is no {kind.name}: write it as in {kind.example!r}")
    return plain
