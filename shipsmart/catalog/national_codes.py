"""The national codes of a merchant's products: found where text and answers decide, asked for where they do not."""

from collections.abc import Sequence

from shipsmart.catalog.models import Classification, ProductFact, Variant
from shipsmart.catalog.nomenclatures import table_for
from shipsmart.catalog.texts import item_of
from shipsmart.classify import engine
from shipsmart.classify.national import DIGITS, Outcome, authority
from shipsmart.merchants.models import Market, Merchant

MACHINE = "classifier"


def destinations(merchant: Merchant) -> list[str]:
    """Return whose nomenclatures the merchant's markets ask for, of those we know the digits of, each once."""
    rows = Market.objects.filter(merchant=merchant, active=True).exclude(country="").values_list("country", flat=True)
    return sorted({authority(country) for country in rows} & DIGITS.keys())


def answers_of(variant: Variant) -> dict[str, str]:
    return dict(ProductFact.objects.filter(product=variant.product_id).values_list("key", "value"))


def outcome_for(variant: Variant, country: str) -> Outcome:
    """Return the national code that follows from text and answers, or the question; empty without a nomenclature."""
    if not variant.hs_code:
        return Outcome()
    return engine().national(variant.hs_code, item_of(variant), table=table_for(country), answers=answers_of(variant))


def complete(variant: Variant, countries: Sequence[str] | None = None) -> None:
    """Store the national codes that are certain and take back those that no longer are; a person's stay untouched."""
    found = {c.country: c for c in Classification.objects.filter(variant=variant)}
    if not found:
        return
    variant = Variant.objects.select_related("product").prefetch_related("classifications").get(pk=variant.pk)
    for country in destinations(variant.merchant) if countries is None else countries:
        known = found.get(country)
        if known and (known.source != Classification.Source.MACHINE or known.locked):
            continue
        code = outcome_for(variant, country).code
        if known and known.code != code:
            known.delete()
        if code and (known is None or known.code != code):
            Classification.objects.create(
                variant=variant,
                country=country,
                code=code,
                source=Classification.Source.MACHINE,
                decided_by=MACHINE,
            )
