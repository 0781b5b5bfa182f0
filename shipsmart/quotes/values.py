"""What a store's dialect is mapped to before a quote, and what comes back."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from shipsmart.ports import Incoterm, Party


@dataclass(frozen=True)
class CheckoutLine:
    """`unit_price` is before discounts, in the cart's currency. `weight_g` 0: take the catalogue's."""

    variant_id: str
    quantity: int
    unit_price: Decimal
    sku: str = ""
    title: str = ""
    weight_g: int = 0
    requires_shipping: bool = True


@dataclass(frozen=True)
class CheckoutCart:
    """A shopper's cart in our words. `discount` is the cart's total discount, shared over the lines by value.

    `share`: which part of the whole cart this is, by value (a store may ask once per warehouse); fixed fees are
    charged by it, so that the parts pay one fee together.
    `origin`: where the store says the goods lie; None where it does not say.
    `freight_to`: where carriers are asked to price to, when the shopper has not named all that they demand; no tax
    rests on it. None: to `ship_to`.
    """

    ship_to: Party
    lines: tuple[CheckoutLine, ...]
    currency: str
    at: datetime
    discount: Decimal = Decimal(0)
    locale: str = "en"
    share: Decimal = Decimal(1)
    origin: Party | None = None
    freight_to: Party | None = None


@dataclass(frozen=True)
class CheckoutOption:
    """One way of delivery to choose. `price` is what the checkout must charge for delivery: freight plus, under DDP,
    duty, import tax and fees. `breakdown` is the landed-cost answer in short, as shown to the shopper."""

    quote_id: str
    service_code: str
    service_name: str
    description: str
    price: Decimal
    currency: str
    incoterm: Incoterm
    freight: Decimal
    charges: Decimal
    status: str
    source: str  # live | cache | stale | fallback
    breakdown: Mapping[str, Any]
    deliver_from: date | None = None
    deliver_by: date | None = None


@dataclass(frozen=True)
class CheckoutAnswer:
    """Options, cheapest first, and what stores them: call one of the two, once, after the answer has gone out.

    `keep` stores them now, `keep_behind` within a moment, without waiting for the database. An answer may be given to
    more than one question (remembered.py): `said` holds it as a store's dialect wrote it, under a key of the dialect's.
    """

    checkout: str
    options: tuple[CheckoutOption, ...]
    keep: Callable[[], None]
    keep_behind: Callable[[], None]
    messages: tuple[str, ...] = ()
    elapsed_ms: int = 0
    extra: Mapping[str, Any] = field(default_factory=dict)
    said: dict[Hashable, bytes] = field(default_factory=dict, compare=False, repr=False)
