"""The rows of a return: what comes back, why, and the parcels on their way."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from integrations.sandbox.shopify.store.fulfilment import FulfillmentLineItem
from integrations.sandbox.shopify.store.node import Node

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


@dataclass(eq=False, kw_only=True)
class ReturnLineItem(Node):
    fulfillment_line_item: FulfillmentLineItem
    quantity: int
    reason: str
    return_reason_note: str = ""
    customer_note: str | None = None

    @property
    def return_reason_definition(self) -> dict[str, Any]:
        number = 1 + list(REASONS).index(self.reason)
        return {
            "id": f"gid://shopify/ReturnReasonDefinition/{number}",
            "handle": self.reason,
            "name": REASONS[self.reason],
            "deleted": False,
        }


@dataclass(eq=False, kw_only=True)
class ReverseFulfillmentOrderLineItem(Node):
    fulfillment_line_item: FulfillmentLineItem
    total_quantity: int
    told: int = 0


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
    status: str = "REQUESTED"
    decline: dict[str, Any] | None = None
    reverse_fulfillment_orders: list[ReverseFulfillmentOrder] = field(default_factory=list)
    closed_at: None = None

    @property
    def total_quantity(self) -> int:
        return sum(line.quantity for line in self.return_line_items)
