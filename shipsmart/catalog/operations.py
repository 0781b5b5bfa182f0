"""Bring products in from a store, and decide their codes."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from shipsmart.catalog import classifying, national_codes
from shipsmart.catalog.models import (
    Classification,
    CodeDecision,
    Product,
    ProductFact,
    Suggestion,
    Variant,
    country_code,
    hs_digits,
)
from shipsmart.classify import engine
from shipsmart.classify.editions import successors
from shipsmart.merchants.models import AuditEntry, Connection
from shipsmart.ports import StoreVariant

FACT_CHARS = 60


def import_variants(connection: Connection, variants: Sequence[StoreVariant]) -> int:
    """Take in what the store says of its variants; return how many. What a person decided here is never overwritten."""
    for start in range(0, len(variants), 100):
        with transaction.atomic():
            for incoming in variants[start : start + 100]:
                _take_in(connection, incoming)
            classifying.ask(connection.merchant)
    return len(variants)


def _take_in(connection: Connection, incoming: StoreVariant) -> None:
    product, _ = Product.objects.update_or_create(
        merchant=connection.merchant,
        external_id=incoming.product_id,
        defaults={
            "connection": connection,
            "title": incoming.product_title[:255],
            "description": incoming.description,
            "image_url": incoming.image_url[:500],
            "tags": sorted(incoming.tags),
        },
    )
    values: dict[str, Any] = {
        "product": product,
        "sku": incoming.sku[:80],
        "title": incoming.title[:255],
        "price": incoming.price,
        "currency": incoming.currency,
    }
    variant = Variant.objects.filter(merchant=connection.merchant, external_id=incoming.external_id).first()
    # Weight, size and origin that were mended here stay; the store's word fills what is empty.
    if variant is None or not variant.weight_g:
        values["weight_g"] = incoming.weight_g
    if incoming.size_mm and (variant is None or not variant.size_mm):
        values |= dict(zip(("length_mm", "width_mm", "height_mm"), incoming.size_mm, strict=True))
    if variant is None or not variant.origin:
        values["origin"] = incoming.origin if _fits(country_code, incoming.origin) else ""
    variant, _ = Variant.objects.update_or_create(
        merchant=connection.merchant, external_id=incoming.external_id, defaults=values
    )
    stale = Suggestion.objects.filter(variant=variant)
    stale.exclude(text_hash=classifying.text_hash(classifying.item_of(variant))).delete()
    if _fits(hs_digits, incoming.hs_code):
        _offer_code(variant, incoming.hs_code)


def _fits(validator: Any, value: str) -> bool:
    return bool(validator.regex.search(value))


# What the store says now goes before what it said and what the classifier found; a person's word goes before both.
_BELOW_THE_STORE = (Classification.Source.STORE, Classification.Source.MACHINE)


def _offer_code(variant: Variant, code: str) -> None:
    """Take the store's code where nobody decided; one of an older edition as what it became, if that is one code."""
    older = successors(code) if code[:6] not in engine().nomenclature else None
    if older and not older.only:
        return  # a person chooses among what became of it
    code = older.only if older else code
    known = variant.classifications.filter(country="").first()
    if known is None:
        Classification.objects.create(variant=variant, country="", code=code, source=Classification.Source.STORE)
    elif known.source in _BELOW_THE_STORE and not known.locked and known.code != code:
        known.code, known.source = code, Classification.Source.STORE
        known.confidence, known.decided_by = None, ""
        known.save()


def decide_code(
    variant: Variant, *, code: str, actor: str, country: str = "", lock: bool = True, reason: str = ""
) -> Classification:
    """Record a person's decision on a code; it wins over the store's and the classifier's. Raises ValidationError.

    The decision is remembered: like products of the merchant get the same code first from now on.
    """
    hs_digits(code)
    with transaction.atomic():
        known = Classification.objects.filter(variant=variant, country=country).first()
        suggestion = Suggestion.objects.filter(variant=variant).first()
        decided, _ = Classification.objects.update_or_create(
            variant=variant,
            country=country,
            defaults={
                "code": code,
                "source": Classification.Source.PERSON,
                "decided_by": actor,
                "confidence": None,
                "locked": lock,
            },
        )
        taken = CodeDecision.objects.create(
            merchant=variant.merchant,
            variant=variant,
            product=variant.product.external_id,
            title=classifying.item_of(variant).title,
            country=country,
            code=code,
            before=_columns(known) if known else {},
            previous=known.code if known else "",
            suggested=suggestion.best if suggestion and not country else "",
            reason=reason[:255],
            actor=actor,
        )
        AuditEntry.objects.note(
            variant.merchant,
            actor=actor,
            action="classify",
            target=f"variant:{variant.pk}",
            code=code,
            country=country,
            previous=taken.previous,
            suggested=taken.suggested,
            reason=taken.reason,
        )
        if not country:
            national_codes.complete(variant)
            classifying.spread(variant.merchant)
    return decided


def _columns(known: Classification) -> dict[str, Any]:
    confidence = None if known.confidence is None else str(known.confidence)
    return {"source": known.source, "decided_by": known.decided_by, "locked": known.locked, "confidence": confidence}


def answer_question(product: Product, *, key: str, value: str, actor: str) -> None:
    """Keep what a person answered of a product and find the national codes that follow. Raises ValidationError.

    The same question answered again is a correction: both answers stand in the audit trail.
    """
    if not (0 < len(key) <= FACT_CHARS and 0 < len(value) <= FACT_CHARS):
        raise ValidationError(
            f"A question and its answer have 1 to {FACT_CHARS} characters: choose one of those shown."
        )
    with transaction.atomic():
        before = ProductFact.objects.filter(product=product, key=key).first()
        values = {"value": value, "actor": actor, "at": timezone.now()}
        ProductFact.objects.update_or_create(product=product, key=key, defaults=values)
        AuditEntry.objects.note(
            product.merchant,
            actor=actor,
            action="product.answered",
            target=f"product:{product.pk}",
            question=key,
            answer=value,
            previous=before.value if before else "",
        )
        for variant in product.variants.prefetch_related("classifications"):
            national_codes.complete(variant)
