"""Classify a merchant's variants in the background, page by page; what a person or the store said is never overwritten.

A variant waits while it has no suggestion. The import asks (`ask`), a worker answers (`handle`), and a crash between
two pages loses nothing: what is answered is stored, what is not still waits.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from shipsmart.catalog import national_codes
from shipsmart.catalog.engines import classifier
from shipsmart.catalog.hinted import recount
from shipsmart.catalog.models import Classification, CodeDecision, Suggestion, Variant
from shipsmart.catalog.texts import item_of
from shipsmart.classify import Answer, Decision, Item, Memory
from shipsmart.classify.hints import hints
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage
from shipsmart.merchants.models import Merchant

KIND, RECALL = "catalog.classify", "catalog.recall"
PAGE = 50
MACHINE = "classifier"


def ask(merchant: Merchant) -> None:
    """Have the variants that wait classified; asking twice is asking once."""
    inbox.send(kind=KIND, key=f"{KIND}:{merchant.pk}", payload={"merchant": merchant.pk}, again=True)


def memory_of(merchant: Merchant) -> Memory:
    """Return what this merchant has decided, the oldest first."""
    rows = CodeDecision.objects.standing(merchant).filter(country="")
    return Memory(
        Decision(row.title, row.code[:6], by=row.actor, at=f"{row.at:%Y-%m-%d}", group=row.product)
        for row in rows.iterator()
    )


def text_hash(item: Item) -> str:
    return hashlib.sha256(f"{item.title}\n{item.description}".encode()).hexdigest()


def handle(message: OutboundMessage) -> inbox.Effects | inbox.Again | None:
    """Answer one page of waiting variants; come back while there are more."""
    merchant = Merchant.objects.filter(pk=message.payload["merchant"]).first()
    if merchant is None:
        return None
    page = list(waiting(merchant)[: PAGE + 1])
    if not page:
        return None
    memory, engine = memory_of(merchant), classifier()
    items = [item_of(variant) for variant in page[:PAGE]]
    answered = list(zip(page, items, engine.classify_all(items, memory=memory), strict=False))

    def effects() -> None:
        store(answered)
        if len(page) <= PAGE and waiting(merchant).exists():
            ask(merchant)  # what an import brought while this page was answered

    return inbox.Again(0, effects) if len(page) > PAGE else effects


def ask_for_the_forgotten() -> int:
    """Ask for every merchant with variants that wait; the daily chore behind an import that ended just as we did."""
    left = Merchant.objects.filter(Exists(Variant.objects.filter(merchant=OuterRef("pk"), suggestion=None)))
    for merchant in left:
        ask(merchant)
    return len(left)


def waiting(merchant: Merchant) -> QuerySet[Variant]:
    rows = Variant.objects.for_merchant(merchant).filter(suggestion=None)
    return rows.select_related("product").order_by("pk")


def store(answered: Sequence[tuple[Variant, Item, Answer]]) -> None:
    """Keep the answers; a code that the machine may accept is applied where there is none."""
    with transaction.atomic():
        merchants = {variant.merchant_id for variant, _, _ in answered}
        Merchant.objects.filter(pk__in=merchants).update(settings_version=F("settings_version") + 1)  # quotes reload
        for variant, item, answer in answered:
            found = [{"hs_code": c.hs_code, "confidence": c.confidence, "why": list(c.why)} for c in answer.candidates]
            sure = Decimal(str(found[0]["confidence"])) if found else Decimal(0)
            Suggestion.objects.update_or_create(
                variant=variant,
                defaults={
                    "decision": answer.decision,
                    "confidence": sure,
                    "candidates": found,
                    "questions": list(answer.questions),
                    "hints": (hinted := [{"kind": hint.kind, "words": hint.words} for hint in hints(item)]),
                    "hints_left": len(hinted),
                    "text_hash": text_hash(item),
                },
            )
            if answer.decision == "accept" and found:
                Classification.objects.get_or_create(
                    variant=variant,
                    country="",
                    defaults={
                        "code": found[0]["hs_code"],
                        "source": Classification.Source.MACHINE,
                        "confidence": sure.quantize(Decimal("0.001")),
                        "decided_by": MACHINE,
                    },
                )
            national_codes.complete(variant)
            if hinted:
                recount(variant)


def spread(merchant: Merchant) -> None:
    """Have the last decisions looked up for the merchant's other products; they are suggested there first."""
    inbox.send(kind=RECALL, key=f"{RECALL}:{merchant.pk}", payload={"merchant": merchant.pk}, again=True)


def handle_recall(message: OutboundMessage) -> inbox.Effects | None:
    """Drop the suggestions that the merchant's decisions contradict and have them made again."""
    merchant = Merchant.objects.filter(pk=message.payload["merchant"]).first()
    if merchant is None:
        return None
    memory = memory_of(merchant)
    stale = []
    for suggestion in undecided(merchant).iterator():
        item = item_of(suggestion.variant)
        recalled = memory.recall(item.title, group=item.group)
        if recalled and recalled.decision.hs_code != suggestion.best:
            stale.append(suggestion.variant_id)

    def effects() -> None:
        Suggestion.objects.filter(variant__in=stale).delete()
        Classification.objects.filter(variant__in=stale, source=Classification.Source.MACHINE, locked=False).delete()
        ask(merchant)

    return effects if stale else None


def doubt(merchant: Merchant, codes: Sequence[str], *, but: Sequence[int] = ()) -> None:
    """Have suggestions of these HS codes made again, those of the variants `but` aside: a decision was taken back that
    they may have been made by."""
    rows = undecided(merchant).filter(candidates__0__hs_code__in=[code[:6] for code in codes]).exclude(variant__in=but)
    stale = list(rows.values_list("variant", flat=True))
    Suggestion.objects.filter(variant__in=stale).delete()
    Classification.objects.filter(variant__in=stale, source=Classification.Source.MACHINE, locked=False).delete()
    ask(merchant)


def undecided(merchant: Merchant) -> QuerySet[Suggestion]:
    """Return the suggestions of variants whose HS code no person has decided."""
    by_person = Classification.objects.filter(
        variant=OuterRef("variant"), country="", source=Classification.Source.PERSON
    )
    rows = Suggestion.objects.filter(variant__merchant=merchant).exclude(Exists(by_person))
    return rows.select_related("variant__product")
