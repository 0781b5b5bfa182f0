"""What we ask of stores: their values and one Protocol per capability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from shipsmart.ports.carriers import CarrierEvent
from shipsmart.ports.values import Party


@dataclass(frozen=True)
class StoreOrderLine:
    external_id: str
    variant_id: str
    sku: str
    title: str
    quantity: int
    unit_price: Decimal
    discount: Decimal  # of the whole line
    requires_shipping: bool = True


@dataclass(frozen=True)
class StoreDelivery:
    """One way of delivery that the shopper chose, with the name and code the store has for it.

    `price` is before discounts: what the store was told to ask for it.
    """

    code: str
    title: str
    price: Decimal


@dataclass(frozen=True)
class StoreOrder:
    """An order as its store tells it, amounts in `currency` (what the shopper paid in).

    `deliveries`: when the shopper chose several, one for each part of the cart. `shipping_price` is what delivery costs
    in all before discounts on it ("free shipping"), None where the store does not tell it apart from `shipping_paid`.
    """

    external_id: str
    number: str
    placed_at: datetime
    updated_at: datetime
    currency: str
    ship_to: Party
    lines: tuple[StoreOrderLine, ...]
    shipping_code: str
    shipping_title: str
    shipping_paid: Decimal
    total_paid: Decimal
    paid: bool
    cancelled_at: datetime | None = None
    native_duties: Decimal = Decimal(0)  # duties the store itself collected: never charged twice
    quote_id: str = ""  # when the checkout could carry it
    locale: str = ""
    deliveries: tuple[StoreDelivery, ...] = ()
    shipping_price: Decimal | None = None

    @property
    def delivery_price(self) -> Decimal:
        """What delivery costs before discounts: a quote explains this, whatever the merchant then gave away."""
        return self.shipping_paid if self.shipping_price is None else self.shipping_price


@dataclass(frozen=True)
class StoreFulfilment:
    """What the store must be told about a bought label. `lines`: external line id → quantity."""

    order_external_id: str
    lines: Mapping[str, int]
    carrier: str
    waybill: str
    tracking_url: str
    notify_shopper: bool = True


class StoreOrders(Protocol):
    """capability "orders". `connection` is a merchants.Connection."""

    def fetch_order(self, connection: Any, external_id: str) -> StoreOrder: ...

    def orders_updated_since(self, connection: Any, since: datetime) -> Sequence[str]: ...


class StoreFulfilments(Protocol):
    """capability "fulfilments"; both may be called again after a crash and must not do it twice."""

    def fulfil(self, connection: Any, fulfilment: StoreFulfilment) -> str:
        """Return the store's id of the fulfilment; finds an earlier one with the same waybill first."""

    def add_event(self, connection: Any, fulfilment_id: str, event: CarrierEvent) -> None: ...


class StoreFulfilmentCancel(Protocol):
    """capability "fulfilment_cancel": stores in which a fulfilment can be taken back."""

    def cancel_fulfilment(self, connection: Any, fulfilment_id: str) -> None:
        """Take a parcel back whose label was voided; any number of times."""


class StoreHandOver(Protocol):
    """capability "hand_over": stores in which goods may lie with somebody who must first be asked for them."""

    def must_wait(self, connection: Any, order_external_id: str) -> str:
        """Return why no label may be bought yet, "" when it may. Asked just before a label is bought."""


@dataclass(frozen=True)
class StoreVariant:
    external_id: str
    product_id: str
    product_title: str
    title: str
    sku: str
    price: Decimal
    currency: str
    weight_g: int
    hs_code: str
    origin: str
    description: str = ""
    image_url: str = ""
    size_mm: tuple[int, int, int] | None = None
    tags: tuple[str, ...] = ()


class StoreCatalogue(Protocol):
    """capability "catalogue"."""

    def products(self, connection: Any) -> Sequence[StoreVariant]: ...
