"""A fulfilment service that an app registered: a location of its own, and requests that the merchant makes of it."""

from dataclasses import dataclass

from integrations.sandbox.shopify.store.fulfilment import FulfillmentOrder, Location
from integrations.sandbox.shopify.store.node import Node

# What must be the state before, and what it is after, by what happens.
STEPS = {
    "submit": (("UNSUBMITTED", "REJECTED", "CANCELLATION_ACCEPTED"), "SUBMITTED"),
    "accept": (("SUBMITTED",), "ACCEPTED"),
    "reject": (("SUBMITTED",), "REJECTED"),
    "call_off": (("ACCEPTED",), "CANCELLATION_REQUESTED"),
    "let_go": (("CANCELLATION_REQUESTED",), "CANCELLATION_ACCEPTED"),
    "keep": (("CANCELLATION_REQUESTED",), "CANCELLATION_REJECTED"),
}
ASSIGNMENTS = {
    "FULFILLMENT_REQUESTED": ("SUBMITTED",),
    "CANCELLATION_REQUESTED": ("CANCELLATION_REQUESTED",),
    "FULFILLMENT_ACCEPTED": ("ACCEPTED", "CANCELLATION_REJECTED"),
    "FULFILLMENT_UNSUBMITTED": ("UNSUBMITTED",),
}


@dataclass(eq=False, kw_only=True)
class FulfillmentService(Node):
    service_name: str
    callback_url: str | None
    location: Location
    inventory_management: bool = False
    requires_shipping_method: bool = True
    tracking_support: bool = False

    @property
    def handle(self) -> str:
        return self.service_name.lower()


def step(order: FulfillmentOrder, name: str) -> bool:
    """Take a fulfilment order one step further; return whether it was where that step begins."""
    before, after = STEPS[name]
    if order.request_status not in before:
        return False
    order.request_status = after
    order.touch()
    return True
