"""What one location must send, what was sent, and how it travels."""

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.catalogue import ProductVariant, Weight
from integrations.sandbox.shopify.store.money import MoneyBag
from integrations.sandbox.shopify.store.node import Node
from integrations.sandbox.shopify.store.order_lines import LineItem

if TYPE_CHECKING:
    from integrations.sandbox.shopify.store.orders import Order


@dataclass(eq=False, kw_only=True)
class Location(Node):
    name: str
    address: dict[str, Any]
    is_active: bool = True
    fulfills_online_orders: bool = True
    ships_inventory: bool = True

    def as_assigned(self) -> dict[str, Any]:
        wanted = ("address1", "address2", "city", "country_code", "phone", "province", "zip")
        return {"name": self.name, "location": self, **{k: self.address[k] for k in wanted}}


@dataclass(eq=False, kw_only=True)
class FulfillmentOrderLineItem(Node):
    line_item: LineItem
    total_quantity: int
    remaining_quantity: int

    @property
    def product_title(self) -> str:
        return self.line_item.title

    @property
    def requires_shipping(self) -> bool:
        return self.line_item.requires_shipping

    @property
    def sku(self) -> str:
        return self.line_item.sku

    @property
    def variant(self) -> ProductVariant:
        return self.line_item.variant

    @property
    def variant_title(self) -> str | None:
        return self.line_item.variant_title

    @property
    def vendor(self) -> str:
        return self.line_item.vendor

    @property
    def weight(self) -> Weight:
        return self.line_item.weight

    @property
    def inventory_item_id(self) -> str:
        return self.line_item.variant.inventory_item.id


@dataclass(eq=False, kw_only=True)
class FulfillmentOrder(Node):
    order: "Order"
    location: Location
    line_items: list[FulfillmentOrderLineItem]
    request_status: str = "UNSUBMITTED"
    at_service: bool = False  # at the location of an app's fulfilment service: it must be asked, and agree
    cancelled: bool = False
    fulfillments: list["Fulfillment"] = field(default_factory=list)
    fulfill_by: None = None
    fulfillment_holds: tuple[()] = ()

    @property
    def status(self) -> str:
        if self.cancelled:
            return "CANCELLED"
        remaining = sum(line.remaining_quantity for line in self.line_items)
        if remaining == 0:
            return "CLOSED"
        return "OPEN" if remaining == sum(line.total_quantity for line in self.line_items) else "IN_PROGRESS"

    @property
    def international_duties(self) -> dict[str, str] | None:
        """The incoterm of duties that the store itself sold or holds in its prices; most stores do neither."""
        sold = self.order.duties_included or any(line.duties for line in self.order.lines)
        return {"incoterm": "DDP"} if sold else None

    @property
    def supported_actions(self) -> list[dict[str, str]]:
        if self.status not in {"OPEN", "IN_PROGRESS"}:
            return []
        if self.at_service:
            actions = {
                "ACCEPTED": ("CREATE_FULFILLMENT", "REQUEST_CANCELLATION"),
                "SUBMITTED": ("CANCEL_FULFILLMENT_ORDER",),
            }
            return [{"action": name} for name in actions.get(self.request_status, ("REQUEST_FULFILLMENT", "MOVE"))]
        return [{"action": name} for name in ("CREATE_FULFILLMENT", "HOLD", "MOVE", "SPLIT")]

    @property
    def assigned_location(self) -> dict[str, Any]:
        return self.location.as_assigned()

    @property
    def destination(self) -> dict[str, Any]:
        to = self.order.shipping_address
        return {
            "id": f"gid://shopify/FulfillmentOrderDestination/{self.serial}",
            "address1": to.address1,
            "address2": to.address2,
            "city": to.city,
            "company": to.company,
            "country_code": to.country_code_v2,
            "email": self.order.email,
            "first_name": to.first_name,
            "last_name": to.last_name,
            "phone": to.phone,
            "province": to.province,
            "zip": to.zip,
        }

    @property
    def delivery_method(self) -> dict[str, str]:
        return {
            "id": f"gid://shopify/DeliveryMethod/{self.serial}",
            "method_type": "SHIPPING",
            "presented_name": self.order.shipping_line.title,
            "service_code": self.order.shipping_line.code,
        }

    @property
    def order_id(self) -> str:
        return self.order.id

    @property
    def order_name(self) -> str:
        return self.order.name

    @property
    def order_processed_at(self) -> datetime:
        return self.order.processed_at

    @property
    def fulfill_at(self) -> datetime:
        return self.created_at


@dataclass(eq=False, kw_only=True)
class FulfillmentLineItem(Node):
    line_item: LineItem
    quantity: int
    source: FulfillmentOrderLineItem

    @property
    def original_total_set(self) -> MoneyBag:
        return self.line_item.original_unit_price_set * self.quantity

    @property
    def discounted_total_set(self) -> MoneyBag:
        return self.line_item.total_after_discount * (Decimal(self.quantity) / self.line_item.quantity)


@dataclass(eq=False, kw_only=True)
class FulfillmentEvent(Node):
    status: str
    happened_at: datetime
    message: str | None = None
    estimated_delivery_at: datetime | None = None
    address1: str | None = None
    city: str | None = None
    province: str | None = None
    country: str | None = None
    zip: str | None = None
    latitude: float | None = None
    longitude: float | None = None


@dataclass(eq=False, kw_only=True)
class Fulfillment(Node):
    order: "Order"
    name: str
    location: Location
    fulfillment_orders: list[FulfillmentOrder]
    fulfillment_line_items: list[FulfillmentLineItem]
    tracking: list[dict[str, str | None]] = field(default_factory=list)
    events: list[FulfillmentEvent] = field(default_factory=list)
    origin_address: dict[str, Any] | None = None
    notify_customer: bool = False
    status: str = "SUCCESS"
    requires_shipping: bool = True

    def tracking_info(self, first: int | None = None) -> list[dict[str, str | None]]:
        return self.tracking[:first]

    @property
    def total_quantity(self) -> int:
        return sum(line.quantity for line in self.fulfillment_line_items)

    def _latest(self) -> FulfillmentEvent | None:
        return max(self.events, key=lambda event: event.happened_at, default=None)

    def _first_at(self, status: str) -> datetime | None:
        return min((e.happened_at for e in self.events if e.status == status), default=None)

    @property
    def display_status(self) -> str:
        latest = self._latest()
        if self.status == "CANCELLED":
            return "CANCELED"
        return latest.status if latest else "FULFILLED"

    @property
    def delivered_at(self) -> datetime | None:
        return self._first_at("DELIVERED")

    @property
    def in_transit_at(self) -> datetime | None:
        return self._first_at("IN_TRANSIT")

    @property
    def estimated_delivery_at(self) -> datetime | None:
        latest = self._latest()
        return latest.estimated_delivery_at if latest else None
