"""Topic names: the enum of the Admin API and the slash form of the header."""

COMPLIANCE = ("customers/data_request", "customers/redact", "shop/redact")
_RESOURCES = (
    "FULFILLMENT_ORDERS",
    "FULFILLMENT_EVENTS",
    "INVENTORY_ITEMS",
    "INVENTORY_LEVELS",
    "BULK_OPERATIONS",
    "DRAFT_ORDERS",
    "ORDER_TRANSACTIONS",
    "REVERSE_DELIVERIES",
)


def header_form(topic: str) -> str:
    """Return `orders/create` for `ORDERS_CREATE`, `fulfillment_orders/order_routing_complete` and so on."""
    for resource in _RESOURCES:
        if topic.startswith(resource + "_"):
            return f"{resource}/{topic[len(resource) + 1 :]}".lower()
    resource, _, event = topic.partition("_")
    return f"{resource}/{event}".lower()
