"""The questions that decide national digits: one for a product, however many variants and destinations wait for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from shipsmart.catalog.models import Product, Variant
from shipsmart.catalog.national_codes import outcome_for
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.catalog.readiness import condition
from shipsmart.classify.national import Option, Question
from shipsmart.merchants.models import Merchant


@dataclass(frozen=True)
class Asked:
    """`question` of a product for the nomenclatures `countries`, one of `variants` shows what is asked about.

    Without a question the nomenclature has no line for the HS code: the code is wrong, or of another edition.
    """

    product: Product
    variant: Variant
    countries: tuple[str, ...]
    question: Question | None

    @property
    def key(self) -> str:
        return self.question.key if self.question else ""


def waiting(merchant: Merchant, countries: Sequence[str]) -> QuerySet[Variant]:
    """Return the variants whose national digits are open for one of the nomenclatures."""
    open_somewhere = Q(pk__in=[])
    for country in countries:
        open_somewhere |= condition("national", country)
    rows = Variant.objects.for_merchant(merchant).filter(open_somewhere).select_related("product", "merchant")
    return rows.prefetch_related("classifications")


def questions(variants: Iterable[Variant], countries: Sequence[str]) -> tuple[list[Asked], list[Variant]]:
    """Return what to ask of these variants, in their order, and those with a code that is certain but not kept yet."""
    found: dict[tuple[int, str], list[tuple[Variant, str, Question | None]]] = {}
    certain: list[Variant] = []
    known = [country for country in countries if table_for(country)]  # elsewhere six digits are all there is
    for variant in variants:
        for country in known:
            if not is_open(variant, country):
                continue
            outcome = outcome_for(variant, country)
            if outcome.code:
                certain += [] if variant in certain else [variant]
                continue
            key = (variant.product_id, outcome.question.key if outcome.question else "")
            found.setdefault(key, []).append((variant, country, outcome.question))
    return [_joined(rows) for rows in found.values()], certain


def is_open(variant: Variant, country: str) -> bool:
    """Whether the national digits are neither kept nor of another HS code; classifications should be loaded."""
    kept = next((c.code for c in variant.classifications.all() if c.country and c.country == country), "")
    return not kept or kept[:6] != variant.hs_code[:6]


def _joined(rows: Sequence[tuple[Variant, str, Question | None]]) -> Asked:
    """Return one question of what several destinations ask in the same words, with the answers of all."""
    first, _, asked = rows[0]
    options: dict[str, Option] = {}
    for option in (option for _, _, question in rows if question for option in question.options):
        options.setdefault(option.value, option)
    whole = Question(asked.key, tuple(options.values())) if asked else None
    return Asked(first.product, first, tuple(dict.fromkeys(country for _, country, _ in rows)), whole)
