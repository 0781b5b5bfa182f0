"""Take back decisions on codes: what was in use before comes back, and the classifier no longer remembers them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction

from shipsmart.catalog import classifying, national_codes
from shipsmart.catalog.models import Classification, CodeDecision, CodeUndone, Variant
from shipsmart.merchants.models import AuditEntry, Merchant


@dataclass(frozen=True)
class Undone:
    """How many decisions were taken back, and how many stay because another one followed."""

    taken_back: int
    stay: int


def undo(merchant: Merchant, decisions: Iterable[int], *, actor: str) -> Undone:
    """Take back these decisions of the merchant; one that is no longer the last word on its code stays."""
    taken_back: list[CodeDecision] = []
    stay = 0
    with transaction.atomic():
        asked = CodeDecision.objects.standing(merchant).filter(pk__in=list(decisions), variant__isnull=False)
        for decision in asked.select_related("variant__merchant").order_by("-at", "-pk"):
            if _is_last_word(decision):
                _take_back(decision, actor=actor)
                taken_back.append(decision)
            else:
                stay += 1
        if taken_back:
            variants = [decision.variant_id for decision in taken_back if decision.variant_id]
            classifying.doubt(merchant, [decision.code for decision in taken_back], but=variants)
    return Undone(len(taken_back), stay)


def _is_last_word(decision: CodeDecision) -> bool:
    of_variant = {"variant": decision.variant_id, "country": decision.country}
    code = Classification.objects.filter(**of_variant, source=Classification.Source.PERSON).first()
    last = CodeDecision.objects.standing(decision.merchant).filter(**of_variant).last()
    return last == decision and code is not None and code.code == decision.code


def _take_back(decision: CodeDecision, *, actor: str) -> None:
    variant = Variant.objects.get(pk=decision.variant_id)
    of_variant = {"variant": variant, "country": decision.country}
    Classification.objects.get(**of_variant).delete()
    if decision.previous:
        Classification.objects.create(**of_variant, code=decision.previous, **decision.before)
    CodeUndone.objects.create(decision=decision, actor=actor)
    AuditEntry.objects.note(
        decision.merchant,
        actor=actor,
        action="classify.undone",
        target=f"variant:{variant.pk}",
        code=decision.code,
        country=decision.country,
        previous=decision.previous,
    )
    if not decision.country:
        national_codes.complete(variant)
