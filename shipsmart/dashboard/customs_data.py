"""The customs data of a product as people type it: checked, with messages that say what to do; saved with a trace.

The edit form and the CSV import share this, so both accept and refuse the same.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import pycountry
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shipsmart.catalog.models import Variant
from shipsmart.catalog.operations import decide_code
from shipsmart.compliance.descriptions import refused, suggestion
from shipsmart.dashboard import proofs
from shipsmart.dashboard.declarations import clean_dangerous, written
from shipsmart.dashboard.proofs import clean_proofs
from shipsmart.merchants.models import AuditEntry

HEAVIEST_G = 1_000_000
LONGEST_MM = 5_000
SIDES = ("length_mm", "width_mm", "height_mm")
# Chapters of the Harmonized System: 01 to 97, of which 77 is kept free.
CHAPTERS = {f"{number:02}" for number in range(1, 98)} - {"77"}


def clean_hs_code(text: str) -> str:
    """Return 6 to 10 digits; dots and blanks between them are taken out."""
    code = re.sub(r"[.\s]", "", text)
    if not code:
        return ""
    if not (code.isascii() and code.isdigit()):
        raise ValidationError(_("An HS code has digits only, for example 6109.10."))
    if len(code) not in range(6, 11):
        raise ValidationError(
            _("An HS code has 6 digits, a national code 8 to 10; this has %(n)d. Did a leading zero get lost?")
            % {"n": len(code)}
        )
    if code[:2] not in CHAPTERS:
        raise ValidationError(_("There is no chapter %(chapter)s in the Harmonized System.") % {"chapter": code[:2]})
    return code


def clean_country(text: str) -> str:
    """Return two capital letters of a country that exists, or "" for nothing."""
    code = text.strip().upper()
    if code and pycountry.countries.get(alpha_2=code) is None:
        raise ValidationError(
            _("“%(value)s” is no country code. Use two letters, for example PT for Portugal.") % {"value": text[:20]}
        )
    return code


def clean_weight_g(text: str) -> int:
    """Return whole grams of one unit, 0 for nothing."""
    digits = text.strip()
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit()):
        raise ValidationError(_("Give the weight of one unit in whole grams, for example 250."))
    if len(digits) > 9 or int(digits) > HEAVIEST_G:
        raise ValidationError(_("More than 1,000 kg a unit: is this really in grams?"))
    return int(digits)


def clean_description(text: str) -> str:
    """Return what the goods are in plain words; what customs refuse is refused here, with a better example."""
    words = " ".join(text.replace("\x00", "").split())
    if len(words) > 255:
        raise ValidationError(_("At most 255 characters."))
    if words and (why := refused(words)):
        raise ValidationError(_("Customs refuse this: %(why)s. %(hint)s") % {"why": why, "hint": suggestion(words)})
    return words


def clean_side_mm(text: str) -> int:
    """Return whole millimetres of one side, 0 for nothing."""
    digits = text.strip()
    if not digits:
        return 0
    if not (digits.isascii() and digits.isdigit()):
        raise ValidationError(_("Give the side in whole millimetres, for example 120."))
    if len(digits) > 6 or int(digits) > LONGEST_MM:
        raise ValidationError(_("More than 5 m: is this really in millimetres?"))
    return int(digits)


CLEANERS: Mapping[str, Callable[[str], Any]] = {
    "hs_code": clean_hs_code,
    "origin": clean_country,
    "weight_g": clean_weight_g,
    "customs_description": clean_description,
    **dict.fromkeys(SIDES, clean_side_mm),
    "dangerous": clean_dangerous,
    "proofs": clean_proofs,
}


def current(variant: Variant) -> dict[str, Any]:
    return {name: getattr(variant, name) for name in CLEANERS}


def typed(variant: Variant) -> dict[str, str]:
    """Return the data as people type them; "" for what is not known."""
    texts = {name: str(value or "") for name, value in current(variant).items()}
    return texts | {"dangerous": written(variant.dangerous), "proofs": proofs.written(variant.proofs)}


def save_customs_data(variant: Variant, values: Mapping[str, Any], *, actor: str) -> dict[str, list[Any]]:
    """Save cleaned `values`; return what changed as name → [before, after]. A code given here is a person's, locked."""
    before = current(variant)
    changes = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if not changes:
        return {}
    with transaction.atomic():
        if "hs_code" in changes:
            _save_code(variant, changes["hs_code"][1], actor=actor)
        plain = [name for name in changes if name != "hs_code"]
        for name in plain:
            setattr(variant, name, changes[name][1])
        if plain:
            variant.save(update_fields=[*plain, "updated_at"])
        AuditEntry.objects.note(
            variant.merchant, actor=actor, action="product.edited", target=str(variant)[:200], changes=changes
        )
    return changes


def _save_code(variant: Variant, code: str, *, actor: str) -> None:
    if code:
        decide_code(variant, code=code, actor=actor)
    else:
        for decided in variant.classifications.filter(country=""):
            decided.delete()
