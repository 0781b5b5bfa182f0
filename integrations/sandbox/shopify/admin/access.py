"""Which scope each field of the root asks for. Source: `requiredAccess` in the Admin API's own description."""

from graphql import GraphQLError

_FULFILMENT_WRITE = (
    "write_assigned_fulfillment_orders",
    "write_merchant_managed_fulfillment_orders",
    "write_third_party_fulfillment_orders",
)
_FULFILMENT_READ = tuple(name.replace("write_", "read_") for name in _FULFILMENT_WRITE)
_ANY_OF: dict[str, tuple[str, ...]] = {
    "products": ("read_products",),
    "product": ("read_products",),
    "productVariants": ("read_products",),
    "productVariant": ("read_products",),
    "productsCount": ("read_products",),
    "productVariantsCount": ("read_products",),
    "inventoryItem": ("read_inventory", "read_products"),
    "orders": ("read_orders",),
    "order": ("read_orders",),
    "ordersCount": ("read_orders",),
    "fulfillment": ("read_orders", "read_fulfillments", *_FULFILMENT_READ),
    "fulfillmentOrder": _FULFILMENT_READ,
    "locations": ("read_locations",),
    "location": ("read_locations",),
    "customer": ("read_customers",),
    "carrierServices": ("read_shipping",),
    "carrierService": ("read_shipping",),
    "carrierServiceCreate": ("write_shipping",),
    "carrierServiceUpdate": ("write_shipping",),
    "carrierServiceDelete": ("write_shipping",),
    "deliveryProfile": ("read_shipping",),
    "deliveryProfiles": ("read_shipping",),
    "deliveryProfileUpdate": ("write_shipping",),
    "fulfillmentServiceCreate": ("write_fulfillments",),
    "fulfillmentServiceUpdate": ("write_fulfillments",),
    "fulfillmentServiceDelete": ("write_fulfillments",),
    "assignedFulfillmentOrders": ("read_assigned_fulfillment_orders",),
    "fulfillmentOrderAcceptFulfillmentRequest": ("write_assigned_fulfillment_orders",),
    "fulfillmentOrderRejectFulfillmentRequest": ("write_assigned_fulfillment_orders",),
    "fulfillmentOrderAcceptCancellationRequest": ("write_assigned_fulfillment_orders",),
    "fulfillmentOrderRejectCancellationRequest": ("write_assigned_fulfillment_orders",),
    "draftOrder": ("read_draft_orders",),
    "draftOrders": ("read_draft_orders",),
    "draftOrderUpdate": ("write_draft_orders",),
    "inventoryItemUpdate": ("write_inventory",),
    "fulfillmentCreate": _FULFILMENT_WRITE,
    "fulfillmentTrackingInfoUpdate": _FULFILMENT_WRITE,
    "fulfillmentCancel": _FULFILMENT_WRITE,
    "fulfillmentEventCreate": ("write_fulfillments",),
    "refundCreate": ("write_orders",),
    "refund": ("read_orders",),
    "return": ("read_returns",),
    "returnApproveRequest": ("write_returns",),
    "returnDeclineRequest": ("write_returns",),
    "reverseDeliveryCreateWithShipping": ("write_returns",),
    "reverseDeliveryShippingUpdate": ("write_returns",),
    "returnCreate": ("write_returns",),
    "returnRequest": ("write_returns",),
    "returnProcess": ("write_returns",),
    "returnReasonDefinitions": ("read_returns",),
    "returnableFulfillment": ("read_returns",),
    "returnableFulfillments": ("read_returns",),
    "reverseFulfillmentOrder": ("read_returns",),
    "reverseDelivery": ("read_returns",),
}
FULFILMENT_ORDERS_FIELD = ("Order", "fulfillmentOrders")


def granted(scopes: tuple[str, ...]) -> frozenset[str]:
    """Return the scopes with those they contain: who may write may read."""
    return frozenset(scopes) | {s.replace("write_", "read_", 1) for s in scopes if s.startswith("write_")}


def check_access(field: str, scopes: tuple[str, ...]) -> None:
    """Raise the Admin API's ACCESS_DENIED error when none of the scopes a root field asks for was granted."""
    _demand(field, _ANY_OF.get(field, ()), scopes)


def check_fulfilment_orders(scopes: tuple[str, ...]) -> None:
    _demand("fulfillmentOrders", _FULFILMENT_READ, scopes)


def check_order_marks(scopes: tuple[str, ...]) -> None:
    """Tags and metafields ask for what their owner asks for; an order's are an order's change."""
    _demand("Order", ("write_orders",), scopes)


def _demand(field: str, any_of: tuple[str, ...], scopes: tuple[str, ...]) -> None:
    if not any_of or granted(scopes) & set(any_of):
        return
    required = " or ".join(f"`{scope}`" for scope in any_of) + " access scope."
    raise GraphQLError(
        f"Access denied for {field} field. Required access: {required}",
        extensions={"code": "ACCESS_DENIED", "requiredAccess": required},
    )
