"""The rows of a return: what comes back, why, and the parcels on their way."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.catalogue import ProductVariant
from integrations.sandbox.shopify.store.fulfilment import Fulfillment, FulfillmentLineItem, Location
from integrations.sandbox.shopify.store.node import Node
from integrations.sandbox.shopify.store.order_lines import LineItem

if TYPE_CHECKING:
    from integrations.sandbox.shopify.store.orders import Order

# The reasons a fresh shop offers; a merchant may add others.
REASONS = {
    "unwanted": "Customer changed their mind",
    "size-too-small": "Size was too small",
    "size-too-large": "Size was too large",
    "defective": "Damaged or defective",
    "not-as-described": "Item not as described",
    "wrong-item": "Received the wrong item",
    "other": "Other",
}


def definition(handle: str) -> dict[str, Any]:
    number = 1 + list(REASONS).index(handle)
    identity = {"__typename": "ReturnReasonDefinition", "id": f"gid://shopify/ReturnReasonDefinition/{number}"}
    return {**identity, "handle": handle, "name": REASONS[handle], "deleted": False}


@dataclass(eq=False, kw_only=True)
class ReturnLineItem(Node):
    fulfillment_line_item: FulfillmentLineItem
    quantity: int
    reason: str
    return_reason_note: str = ""
    customer_note: str | None = None
    processed: int = 0

    @property
    def processed_quantity(self) -> int:
        return self.processed

    @property
    def processable_quantity(self) -> int:
        return self.quantity - self.processed

    @property
    def unprocessed_quantity(self) -> int:
        return self.quantity - self.processed

    @property
    def refunded_quantity(self) -> int:
        return min(self.quantity, self.fulfillment_line_item.line_item.refunded)

    @property
    def refundable_quantity(self) -> int:
        return self.quantity - self.refunded_quantity

    @property
    def return_reason_definition(self) -> dict[str, Any]:
        return definition(self.reason)


@dataclass(eq=False, kw_only=True)
class ExchangeLineItem(Node):
    """What the shopper gets for what comes back; lines of the order once it is processed."""

    variant: ProductVariant
    quantity: int
    line_items: list[LineItem] = field(default_factory=list)

    @property
    def variant_id(self) -> str:
        return self.variant.id

    @property
    def processed_quantity(self) -> int:
        return sum(line.quantity for line in self.line_items)

    @property
    def unprocessed_quantity(self) -> int:
        return self.quantity - self.processed_quantity

    @property
    def processable_quantity(self) -> int:
        return self.unprocessed_quantity


@dataclass(eq=False, kw_only=True)
class ReverseFulfillmentOrderDisposition(Node):
    """Where units that came back went."""

    type: str
    quantity: int
    location: Location | None = None


@dataclass(eq=False, kw_only=True)
class ReverseFulfillmentOrderLineItem(Node):
    fulfillment_line_item: FulfillmentLineItem
    total_quantity: int
    told: int = 0
    dispositions: list["ReverseFulfillmentOrderDisposition"] = field(default_factory=list)

    @property
    def undisposed(self) -> int:
        return self.total_quantity - sum(one.quantity for one in self.dispositions)


@dataclass(eq=False, kw_only=True)
class ReverseDelivery(Node):
    reverse_fulfillment_order: "ReverseFulfillmentOrder"
    tracking: dict[str, Any]
    label_url: str | None = None

    @property
    def deliverable(self) -> dict[str, Any]:
        label = {"created_at": self.created_at, "updated_at": self.updated_at, "public_file_url": self.label_url}
        return {
            "__typename": "ReverseDeliveryShippingDeliverable",
            "tracking": {"carrier_name": None, "number": None, "url": None} | self.tracking,
            "label": label if self.label_url else None,
        }


@dataclass(eq=False, kw_only=True)
class ReverseFulfillmentOrder(Node):
    order: "Order"
    line_items: list[ReverseFulfillmentOrderLineItem]
    reverse_deliveries: list[ReverseDelivery] = field(default_factory=list)
    status: str = "OPEN"


@dataclass(eq=False, kw_only=True)
class Return(Node):
    order: "Order"
    name: str
    return_line_items: list[ReturnLineItem]
    exchange_line_items: list[ExchangeLineItem] = field(default_factory=list)
    status: str = "REQUESTED"
    decline: dict[str, Any] | None = None
    reverse_fulfillment_orders: list[ReverseFulfillmentOrder] = field(default_factory=list)
    closed_at: datetime | None = None

    @property
    def total_quantity(self) -> int:
        return sum(line.quantity for line in self.return_line_items)


@dataclass(eq=False, kw_only=True)
class ReturnableFulfillment(Node):
    """What of a fulfilment may still come back."""

    fulfillment: Fulfillment
    returnable_fulfillment_line_items: list[dict[str, Any]]
