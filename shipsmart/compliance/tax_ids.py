"""Numbers of the tax and customs authorities: their shape and, where they have one, their check digit."""

import re
from collections.abc import Callable

import stdnum.au.abn
import stdnum.br.cnpj
import stdnum.br.cpf
import stdnum.ch.uid
import stdnum.ch.vat
import stdnum.cl.rut
import stdnum.eu.oss
import stdnum.eu.vat
import stdnum.gb.vat
import stdnum.mx.rfc
import stdnum.no.mva
import stdnum.nz.ird
import stdnum.tr.tckimlik
import stdnum.us.ein

from shipsmart.compliance.eori import is_eori
from shipsmart.core.codes import EU
from shipsmart.documents.snapshots import TaxId


def _matches(pattern: str) -> Callable[[str, str], bool]:
    compiled = re.compile(pattern)
    return lambda number, country: bool(compiled.fullmatch(re.sub(r"[\s.\-/]", "", number).upper()))


def _valid(check: Callable[[str], bool]) -> Callable[[str, str], bool]:
    return lambda number, country: bool(check(number))


def _vat(number: str, country: str) -> bool:
    """Return whether a VAT number is valid in its country; where no rule is known, letters and digits will do."""
    bare = re.sub(r"[\s.\-/]", "", number).upper()
    prefix = "GR" if bare[:2] == "EL" else bare[:2]
    home = country or prefix
    if home in EU:
        return bool(stdnum.eu.vat.is_valid(bare if prefix == home else ("EL" if home == "GR" else home) + bare))
    checks = {
        "GB": stdnum.gb.vat.is_valid,
        "XI": stdnum.gb.vat.is_valid,
        "CH": stdnum.ch.vat.is_valid,
        "NO": stdnum.no.mva.is_valid,
    }
    if home in checks:
        return bool(checks[home](re.sub(r"^XI", "", bare)))
    return bool(re.fullmatch(r"[A-Z0-9]{5,20}", bare))


def _swiss_uid(number: str) -> bool:
    """Return whether the number is a Swiss UID, with or without the VAT suffix of one of the languages."""
    bare = re.sub(r"\s*(MWST|TVA|IVA)$", "", number.strip(), flags=re.IGNORECASE)
    return bool(stdnum.ch.uid.is_valid(bare))


# ARN: 12 digits of the Australian Taxation Office for vendors under the simplified regime; no check digit is published.
CHECKS: dict[str, Callable[[str, str], bool]] = {
    "EORI": lambda number, country: is_eori(number),
    "IOSS": lambda number, country: number.upper().startswith("IM") and stdnum.eu.oss.is_valid(number),
    "VAT": _vat,
    "VOEC": _matches(r"(VOEC)?[0-9]{7}"),
    "GST": _matches(r"[A-Z0-9]{8,15}"),
    "ARN": _matches(r"[0-9]{12}"),
    "ABN": _valid(stdnum.au.abn.is_valid),
    "IRD": _valid(stdnum.nz.ird.is_valid),
    "CNPJ": _valid(stdnum.br.cnpj.is_valid),
    "CPF": _valid(stdnum.br.cpf.is_valid),
    "EIN": _valid(stdnum.us.ein.is_valid),
    "RFC": _valid(stdnum.mx.rfc.is_valid),
    "RUT": _valid(stdnum.cl.rut.is_valid),
    "PCCC": _matches(r"P[0-9]{12}"),
    "UID": _valid(_swiss_uid),
    "TCKN": _valid(stdnum.tr.tckimlik.is_valid),
    "REX": _matches(r"[A-Z]{2}REX[A-Z0-9]{1,30}"),
    "IEC": _matches(r"[A-Z0-9]{10}"),
}


def is_well_formed(tax_id: TaxId) -> bool:
    """Return whether the number has the form (and check digit) of its type; unknown types are not judged."""
    check = CHECKS.get(tax_id.type)
    return check is None or check(tax_id.number, tax_id.country)
