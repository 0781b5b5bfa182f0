"""Their codes and ours."""

from decimal import Decimal

from shipsmart.ports import Milestone

# trackingInfo.company works only when spelt exactly so; any other carrier is told by its tracking address.
# Source: https://shopify.dev/docs/api/admin-graphql/2026-07/objects/FulfillmentTrackingInfo
COMPANIES = {
    "dhl_express": "DHL Express",
    "ups": "UPS",
    "fedex": "FedEx",
    "usps": "USPS",
    "correios": "Correios",
    "royal_mail": "Royal Mail",
}

# Source: https://shopify.dev/docs/api/admin-graphql/2026-07/enums/FulfillmentEventStatus
# What is not here (expired, unknown, cancelled, info received) says nothing to a shopper and is not told.
EVENT_STATUS = {
    Milestone.LABEL_CREATED: "LABEL_PURCHASED",
    Milestone.PICKED_UP: "CARRIER_PICKED_UP",
    Milestone.IN_TRANSIT: "IN_TRANSIT",
    Milestone.EXPORT_CUSTOMS: "IN_TRANSIT",
    Milestone.DEPARTED_ORIGIN: "IN_TRANSIT",
    Milestone.ARRIVED_DESTINATION: "IN_TRANSIT",
    Milestone.IMPORT_CUSTOMS: "IN_TRANSIT",
    Milestone.CUSTOMS_HOLD: "DELAYED",
    Milestone.CUSTOMS_CLEARED: "IN_TRANSIT",
    Milestone.AT_DELIVERY_DEPOT: "IN_TRANSIT",
    Milestone.OUT_FOR_DELIVERY: "OUT_FOR_DELIVERY",
    Milestone.AVAILABLE_FOR_PICKUP: "READY_FOR_PICKUP",
    Milestone.ATTEMPT_FAILED: "ATTEMPTED_DELIVERY",
    Milestone.DELIVERED: "DELIVERED",
    Milestone.EXCEPTION: "DELAYED",
    Milestone.RETURNING: "FAILURE",
    Milestone.RETURNED: "FAILURE",
}

# displayFinancialStatus of an order that may be shipped; REFUNDED and VOIDED may not.
PAID = frozenset({"PAID", "PARTIALLY_REFUNDED"})

GRAMS = {
    "GRAMS": Decimal(1),
    "KILOGRAMS": Decimal(1000),
    "OUNCES": Decimal("28.349523125"),
    "POUNDS": Decimal("453.59237"),
}

# localizedFields keys that hold a shopper's tax or customs number, and what papers call it.
# Source: https://shopify.dev/docs/api/admin-graphql/2026-07/enums/LocalizedFieldKey
TAX_ID_TYPES = {
    "TAX_CREDENTIAL_BR": "CPF",  # CNPJ when it has 14 digits
    "SHIPPING_CREDENTIAL_BR": "CPF",
    "TAX_CREDENTIAL_CL": "RUT",
    "SHIPPING_CREDENTIAL_CL": "RUT",
    "TAX_CREDENTIAL_MX": "RFC",
    "SHIPPING_CREDENTIAL_KR": "PCCC",
    "SHIPPING_CREDENTIAL_TR": "TCKN",
    "TAX_CREDENTIAL_IT": "CODICE_FISCALE",
    "TAX_CREDENTIAL_ES": "NIF",
    "TAX_CREDENTIAL_PT": "NIF",
    "SHIPPING_CREDENTIAL_CN": "RESIDENT_ID",
    "SHIPPING_CREDENTIAL_TW": "EZWAY",
}

# Source: https://shopify.dev/docs/api/admin-graphql/2026-07/enums/ReturnStatus
RETURN_STATES = {
    "REQUESTED": "requested",
    "OPEN": "approved",
    "DECLINED": "declined",
    "CANCELED": "cancelled",
    "CLOSED": "closed",
}

# Handles of the reasons a shopper can choose, in small letters with underscores; a merchant may add others.
RETURN_REASONS = {
    "color": "changed_mind",
    "style": "changed_mind",
    "unwanted": "changed_mind",
    "size_too_large": "size",
    "size_too_small": "size",
    "too_large": "size",
    "too_small": "size",
    "defective": "defective",
    "not_as_described": "not_as_described",
    "wrong_item": "wrong_item",
    "other": "other",
}

# Our reasons in a shop's words: handles to look for, the likeliest first, and the older word for a shop without them.
REASON_HANDLES: dict[str, tuple[tuple[str, ...], str]] = {
    "changed_mind": (("unwanted", "changed-mind", "other"), "UNWANTED"),
    "size": (("fit", "size", "wrong-size", "other"), "OTHER"),
    "defective": (("defective", "damaged-or-defective", "damaged", "other"), "DEFECTIVE"),
    "not_as_described": (("not-as-described", "other"), "NOT_AS_DESCRIBED"),
    "wrong_item": (("wrong-item", "other"), "WRONG_ITEM"),
    "refused": (("refused", "unwanted", "other"), "UNWANTED"),
    "other": (("other",), "OTHER"),
}

# Source: https://shopify.dev/docs/api/admin-graphql/2026-07/enums/ReturnDeclineReason
DECLINE_REASONS = {"final_sale": "FINAL_SALE", "period_ended": "RETURN_PERIOD_ENDED", "other": "OTHER"}

# Webhooks we subscribe to. Compliance topics cannot be subscribed to by API: they stand in shopify.app.toml.
TOPICS = (
    "ORDERS_CREATE",
    "ORDERS_PAID",
    "ORDERS_UPDATED",
    "ORDERS_EDITED",
    "ORDERS_CANCELLED",
    "REFUNDS_CREATE",
    "FULFILLMENT_ORDERS_ORDER_ROUTING_COMPLETE",
    "FULFILLMENT_ORDERS_PLACED_ON_HOLD",
    "FULFILLMENT_ORDERS_HOLD_RELEASED",
    "FULFILLMENT_ORDERS_MOVED",
    "FULFILLMENT_ORDERS_SPLIT",
    "FULFILLMENT_ORDERS_MERGED",
    "FULFILLMENT_ORDERS_CANCELLED",
    "FULFILLMENTS_CREATE",
    "FULFILLMENTS_UPDATE",
    "RETURNS_REQUEST",
    "RETURNS_APPROVE",
    "RETURNS_DECLINE",
    "RETURNS_UPDATE",
    "RETURNS_PROCESS",
    "RETURNS_CANCEL",
    "RETURNS_CLOSE",
    "RETURNS_REOPEN",
    "REVERSE_DELIVERIES_ATTACH_DELIVERABLE",
    "PRODUCTS_CREATE",
    "PRODUCTS_UPDATE",
    "INVENTORY_ITEMS_UPDATE",
    "BULK_OPERATIONS_FINISH",
    "SHOP_UPDATE",
    "APP_UNINSTALLED",
    "APP_SCOPES_UPDATE",
)
COMPLIANCE_TOPICS = ("customers/data_request", "customers/redact", "shop/redact")
