"""What a product still lacks before it can go to a destination."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from shipsmart.catalog.hinted import Hinted, hints_of
from shipsmart.catalog.models import Classification, Variant
from shipsmart.catalog.national_codes import outcome_for
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.classify.national import DIGITS, Outcome, authority

LACKS = ("code", "origin", "weight", "value", "national", "restricted")


@dataclass(frozen=True)
class Readiness:
    """`lacks`: of LACKS, in their order; `national`: the code and, while it is open, what to ask; `hints`: goods that
    may be restricted, with the words that say so, but for those a person denied; `only_hs`: the destination adds
    digits that we cannot know, because nobody imported its nomenclature. Papers and labels take the HS code alone."""

    variant: Variant
    lacks: tuple[str, ...]
    code: str
    national: Outcome
    hints: tuple[Hinted, ...]
    only_hs: bool = False

    @property
    def ready(self) -> bool:
        """Whether nothing is missing; a hint is a warning, not a gap."""
        return not set(self.lacks) - {"restricted"}


def readiness(variant: Variant, country: str) -> Readiness:
    """Return what the variant lacks; classifications, suggestion and answers to hints should be loaded."""
    whose = authority(country)
    stored = next((c.code for c in variant.classifications.all() if c.country in (country, whose) and c.country), "")
    fits = bool(stored) and stored[:6] == variant.hs_code[:6]
    hints = tuple(hint for hint in hints_of(variant) if hint.present is not False)
    lacks_digits = whose in DIGITS and bool(variant.hs_code) and not fits
    only_hs = lacks_digits and table_for(country) is None
    missing = {
        "code": not variant.hs_code,
        "origin": not variant.origin,
        "weight": not variant.weight_g,
        "value": not variant.price,
        "national": lacks_digits and not only_hs,
        "restricted": bool(hints),
    }
    open_national = outcome_for(variant, country) if missing["national"] else Outcome(stored)
    lacks = tuple(lack for lack in LACKS if missing[lack])
    return Readiness(variant, lacks, stored, open_national, hints, only_hs)


def lacking(rows: QuerySet[Variant], lack: str, country: str) -> QuerySet[Variant]:
    """Return the variants of `rows` that lack it for a destination; `lack` is one of LACKS."""
    return rows.filter(condition(lack, country))


def condition(lack: str, country: str) -> Q:
    """Return what holds of variants that lack it for a destination."""
    coded = Classification.objects.filter(variant=OuterRef("pk"), country="").exclude(code="")
    same = Classification.objects.filter(variant=OuterRef("variant"), country="").annotate(hs=Substr("code", 1, 6))
    national = Classification.objects.filter(variant=OuterRef("pk"), country__in=(country, authority(country)))
    national = national.annotate(hs=Substr("code", 1, 6)).filter(Exists(same.filter(hs=OuterRef("hs"))))
    needed = authority(country) in DIGITS and table_for(country) is not None
    conditions: dict[str, Q] = {
        "code": Q(~Exists(coded)),
        "origin": Q(origin=""),
        "weight": Q(weight_g=0),
        "value": Q(price=0),
        "national": Q(Exists(coded)) & ~Q(Exists(national)) if needed else Q(pk__in=[]),
        "restricted": Q(suggestion__hints_left__gt=0),
    }
    return conditions[lack]
