"""One shop and everything in it. `lock` guards all of it; hold it for as short as a request to memory takes."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.bulk_operation import BulkOperation
from integrations.sandbox.shopify.store.catalogue import Product, ProductVariant
from integrations.sandbox.shopify.store.fulfilment import Location
from integrations.sandbox.shopify.store.ids import now
from integrations.sandbox.shopify.store.node import Node, Owner
from integrations.sandbox.shopify.store.orders import Order
from integrations.sandbox.shopify.store.service import FulfillmentService
from integrations.sandbox.shopify.store.zones import DeliveryProfile, seeded_profile

if TYPE_CHECKING:
    from integrations.sandbox.shopify.store.checkouts import Checkout


@dataclass(eq=False, kw_only=True)
class DeliveryCarrierService(Node):
    name: str
    callback_url: str
    active: bool
    supports_service_discovery: bool

    @property
    def formatted_name(self) -> str:
        return f"{self.name} (Rates provided by app)"


@dataclass(eq=False, kw_only=True)
class WebhookSubscription(Node):
    topic: str
    uri: str
    api_version: dict[str, Any]
    include_fields: list[str] = field(default_factory=list)
    metafield_namespaces: list[str] = field(default_factory=list)
    name: str | None = None
    filter: str | None = None
    format: str = "JSON"
    consecutive_failures: int = 0

    @property
    def callback_url(self) -> str:
        return self.uri


@dataclass(eq=False, kw_only=True)
class Shop(Owner):
    domain: str
    name: str
    location: Location
    hubs: list[Location]
    products: list[Product]
    at_hub: dict[str, Location] = field(default_factory=dict)  # SKUs that lie there and not at the first location
    currency_code: str = "EUR"
    orders: dict[int, Order] = field(default_factory=dict)
    checkouts: dict[str, "Checkout"] = field(default_factory=dict)
    carrier_services: dict[int, DeliveryCarrierService] = field(default_factory=dict)
    metafield_definitions: dict[tuple[str, str, str], dict[str, Any]] = field(default_factory=dict)
    drafts: dict[int, Any] = field(default_factory=dict)  # DraftOrder by number
    services: dict[int, FulfillmentService] = field(default_factory=dict)
    at_service: frozenset[str] = frozenset()  # SKUs that lie at the newest fulfilment service's location
    delivery_profile: DeliveryProfile = field(default_factory=seeded_profile)
    subscriptions: dict[int, WebhookSubscription] = field(default_factory=dict)
    installed_at: datetime | None = None
    bulk_operations: list[BulkOperation] = field(default_factory=list)
    idempotent_answers: dict[str, tuple[str, Any]] = field(default_factory=dict)
    staged: dict[str, Any] = field(default_factory=dict)  # files that were announced, by their key
    journal: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def email(self) -> str:
        return f"owner@{self.domain.removesuffix('.myshopify.com')}.example"

    def location_of(self, variant: ProductVariant) -> Location:
        if variant.sku in self.at_service and self.services:
            return list(self.services.values())[-1].location
        return self.at_hub.get(variant.sku, self.location)

    def variants(self) -> Iterator[ProductVariant]:
        return (variant for product in self.products for variant in product.variants)

    def variant(self, serial: int) -> ProductVariant | None:
        return next((v for v in self.variants() if v.serial == serial), None)

    def product_by_handle(self, handle: str) -> Product | None:
        return next((p for p in self.products if p.handle == handle), None)

    def order_by_token(self, token: str) -> Order | None:
        return next((o for o in self.orders.values() if o.checkout_token == token), None)

    def fulfilments(self) -> Iterator[Any]:
        return (f for order in reversed(self.orders.values()) for f in order.fulfilments_made)

    def record(self, kind: str, **details: Any) -> None:
        """Note something for whoever looks at the practice side; the last 5,000 are kept."""
        with self.lock:
            self.journal.append({"at": now().isoformat(), "kind": kind, **details})
            del self.journal[:-5000]

    def forget_app(self) -> None:
        """Drop what an uninstalled app leaves behind: its subscriptions and carrier services."""
        with self.lock:
            self.subscriptions.clear()
            self.carrier_services.clear()
            self.services.clear()
            self.installed_at = None
