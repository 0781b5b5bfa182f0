"""What a merchant's quotes depend on, held in memory per process and swapped whole when it changes."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from shipsmart.catalog.models import Variant
from shipsmart.classify.national import authority
from shipsmart.core.codes import SCHEMES, customs_union
from shipsmart.merchants.models import Merchant
from shipsmart.ports import CustomsItem, DangerousGoods, Incoterm, Party, StoreOrderLine
from shipsmart.quotes.embargo import EMBARGOED
from shipsmart.quotes.senders import key_of
from shipsmart.quotes.values import CheckoutLine
from shipsmart.rating.queries import RatingSnapshot
from shipsmart.rating.queries import snapshot as rating_snapshot


@dataclass(frozen=True)
class VariantFacts:
    """What customs and carriers ask about one variant; `codes`: country ("" for the HS code) → code.

    `proofs`: destination → agreement whose proof of origin the merchant holds.
    `suggested`: the classifier's HS codes, the likeliest first, while none is in use.
    """

    sku: str
    title: str
    description: str
    origin: str
    weight_g: int
    price: Decimal
    currency: str
    codes: Mapping[str, str]
    dangerous: DangerousGoods | None = None
    size_mm: tuple[int, int, int] | None = None
    tags: tuple[str, ...] = ()
    suggested: tuple[str, ...] = ()
    proofs: Mapping[str, str] = field(default_factory=dict)

    def code_for(self, country: str) -> str:
        return self.codes.get(country) or self.codes.get(authority(country)) or self.codes.get("", "")


@dataclass(frozen=True)
class MarketTerms:
    incoterm: Incoterm
    offer_both: bool
    active: bool


@dataclass(frozen=True)
class MerchantSnapshot:
    version: int
    merchant_id: int
    party: Party
    currency: str
    deadline_s: float
    markets: Mapping[str, MarketTerms]
    schemes: tuple[str, ...]
    variants: Mapping[str, VariantFacts]
    by_sku: Mapping[str, VariantFacts]
    rating: RatingSnapshot
    hubs: Mapping[str, Party] = field(default_factory=dict)
    hub_of_tag: Mapping[str, str] = field(default_factory=dict)  # a product's tag, in small letters → key of the hub

    def market(self, country: str) -> MarketTerms:
        """Return the terms for a destination: its own row, else the row for everywhere else, else DDP.

        An embargoed one is off unless it has a row of its own.
        """
        own = self.markets.get(country)
        if own or country not in EMBARGOED:
            return own or self.markets.get("") or MarketTerms(Incoterm.DDP, False, True)
        return MarketTerms(Incoterm.DAP, False, False)


_UNKNOWN = VariantFacts("", "", "", "", 0, Decimal(0), "", {})
_memory: dict[int, MerchantSnapshot] = {}
_building = threading.Lock()


def snapshot_for(merchant: Merchant) -> MerchantSnapshot:
    """Return the snapshot of `merchant.settings_version`; read afresh, by one thread, when that has moved."""
    known = _memory.get(merchant.pk)
    if known and known.version == merchant.settings_version:
        return known
    with _building:
        known = _memory.get(merchant.pk)
        if known and known.version >= merchant.settings_version:
            return known
        _memory[merchant.pk] = _read(merchant)
        return _memory[merchant.pk]


def _read(merchant: Merchant) -> MerchantSnapshot:
    merchant.refresh_from_db()
    party = merchant.party()
    hubs = list(merchant.hubs.all())
    variants = {v.external_id: _facts(v) for v in _variants(merchant)}
    return MerchantSnapshot(
        version=merchant.settings_version,
        merchant_id=merchant.pk,
        party=party,
        currency=merchant.currency,
        deadline_s=merchant.quote_deadline_ms / 1000,
        markets={m.country: MarketTerms(Incoterm(m.incoterm), m.offer_both, m.active) for m in merchant.markets.all()},
        # A scheme that is no more (or never was) would have every request of the merchant refused.
        schemes=tuple(sorted({r.scheme for r in merchant.tax_registrations.all()} & SCHEMES)),
        variants=variants,
        by_sku=_unique_skus(variants.values()),
        rating=rating_snapshot(merchant),
        hubs={key_of(hub.country, hub.postcode): hub.party(party) for hub in hubs},
        hub_of_tag={tag.casefold(): key_of(hub.country, hub.postcode) for hub in hubs for tag in hub.tags},
    )


def _variants(merchant: Merchant) -> list[Variant]:
    rows = Variant.objects.for_merchant(merchant).select_related("product", "suggestion")
    return list(rows.prefetch_related("classifications"))


def _unique_skus(variants: Iterable[VariantFacts]) -> dict[str, VariantFacts]:
    """Return variants by SKU; a SKU that two of them share names neither."""
    found: dict[str, VariantFacts] = {}
    twice = set()
    for facts in variants:
        if found.setdefault(facts.sku, facts) is not facts:
            twice.add(facts.sku)
    return {sku: facts for sku, facts in found.items() if sku and sku not in twice}


def _facts(variant: Variant) -> VariantFacts:
    codes = {c.country: c.code for c in variant.classifications.all()}
    suggestion = getattr(variant, "suggestion", None)
    return VariantFacts(
        sku=variant.sku,
        title=str(variant),
        description=variant.customs_description or variant.product.title,
        origin=variant.origin,
        weight_g=variant.weight_g,
        price=variant.price,
        currency=variant.currency,
        codes=codes,
        dangerous=DangerousGoods.from_json(variant.dangerous),
        size_mm=variant.size_mm,
        tags=tuple(variant.product.tags),
        proofs=variant.proofs,
        suggested=tuple(c["hs_code"] for c in suggestion.candidates) if suggestion and "" not in codes else (),
    )


def known_facts(snapshot: MerchantSnapshot, line: CheckoutLine | StoreOrderLine) -> VariantFacts:
    """Return what the catalogue knows of a line of a cart or an order; a store may know the SKU only."""
    return snapshot.variants.get(line.variant_id) or snapshot.by_sku.get(line.sku, _UNKNOWN)


def customs_item(snapshot: MerchantSnapshot, line: CheckoutLine, country: str) -> CustomsItem:
    """Return a cart line with what the catalogue knows of it; unknown stays empty, nothing is invented.

    A store that sells what another store's catalogue brought knows the SKU only.
    """
    facts = known_facts(snapshot, line)
    return CustomsItem(
        sku=line.sku or facts.sku,
        description=facts.description or line.title,
        hs_code=facts.code_for(country),
        origin=facts.origin,
        preference=facts.proofs.get(customs_union(country), "") if facts.proofs else "",
        quantity=line.quantity,
        unit_price=line.unit_price,
        unit_weight_g=line.weight_g or facts.weight_g,
        dangerous=facts.dangerous,
        size_mm=facts.size_mm,
        tags=facts.tags,
    )


def forget() -> None:
    """Empty the memory (tests roll their rows back, so version numbers come again)."""
    _memory.clear()
