"""What the text of a product hints at, and what a person said of it: yes, no, or nothing yet."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shipsmart.catalog.models import HintAnswer, Suggestion, Variant
from shipsmart.merchants.models import AuditEntry


@dataclass(frozen=True)
class Hinted:
    """A kind of goods (`lithium_battery`) and the words that hint at it; `present` is what a person said of it."""

    kind: str
    words: str
    present: bool | None = None
    actor: str = ""
    on: date | None = None


def hinted(hints: Iterable[Mapping[str, str]], answers: Iterable[HintAnswer]) -> list[Hinted]:
    """Return hints with their answers; an answer holds for the words it was given on, other words ask again."""
    said = {(answer.kind, answer.words): answer for answer in answers}
    found = []
    for hint in hints:
        answer = said.get((hint["kind"], hint["words"]))
        given = (answer.present, answer.actor, answer.at.date()) if answer else (None, "", None)
        found.append(Hinted(hint["kind"], hint["words"], *given))
    return found


def hints_of(variant: Variant) -> list[Hinted]:
    """Return what a variant's text hints at; its suggestion and `hint_answers` should be loaded."""
    suggestion = getattr(variant, "suggestion", None)
    return hinted(suggestion.hints, variant.hint_answers.all()) if suggestion and suggestion.hints else []


def hints_by_variant(variants: Iterable[int]) -> dict[int, list[Hinted]]:
    """Return the hints of variants that have any, with two statements at most."""
    rows = Suggestion.objects.filter(variant__in=set(variants)).exclude(hints=[])
    found = dict(rows.values_list("variant", "hints"))
    answers: dict[int, list[HintAnswer]] = {}
    for answer in HintAnswer.objects.filter(variant__in=found) if found else ():
        answers.setdefault(answer.variant_id, []).append(answer)
    return {pk: hinted(hints, answers.get(pk, ())) for pk, hints in found.items()}


def answer_hint(variant: Variant, *, kind: str, present: bool, actor: str, everywhere: bool = True) -> int:
    """Keep what a person says of a hint and return of how many variants: of this one, or of all of its product whose
    text says the same words. Raises ValidationError for what the text does not hint at."""
    rows = Variant.objects.filter(product=variant.product_id).select_related("suggestion")
    rows = rows.prefetch_related("hint_answers")
    with transaction.atomic():
        all_of_product = {row.pk: row for row in rows}
        words = next((hint.words for hint in hints_of(all_of_product[variant.pk]) if hint.kind == kind), "")
        if not words:
            raise ValidationError(f"The text of {variant} does not hint at {kind!r}: answer what is asked of it.")
        meant = all_of_product.values() if everywhere else [all_of_product[variant.pk]]
        answered = [row for row in meant if any((h.kind, h.words) == (kind, words) for h in hints_of(row))]
        for row in answered:
            values = {"words": words, "present": present, "actor": actor, "at": timezone.now()}
            HintAnswer.objects.update_or_create(variant=row, kind=kind, defaults=values)
            recount(row)
        AuditEntry.objects.note(
            variant.merchant,
            actor=actor,
            action="product.hint_answered",
            target=f"product:{variant.product_id}",
            hint=kind,
            words=words,
            present=present,
            variants=[row.pk for row in answered],
        )
    return len(answered)


def recount(variant: Variant) -> None:
    """Count the hints of a variant that nobody denied; lists of products are filtered by it."""
    suggestion = Suggestion.objects.filter(variant=variant).first()
    if suggestion:
        left = [
            h for h in hinted(suggestion.hints, HintAnswer.objects.filter(variant=variant)) if h.present is not False
        ]
        Suggestion.objects.filter(pk=suggestion.pk).update(hints_left=len(left))
