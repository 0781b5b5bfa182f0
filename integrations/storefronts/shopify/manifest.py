"""Who this integration is and what it provides."""

KEY = "shopify"
TITLE = "Shopify"
KIND = "storefront"
PROVIDES = {
    "orders": "integrations.storefronts.shopify.adapter.adapter",
    "fulfilments": "integrations.storefronts.shopify.adapter.adapter",
    "hand_over": "integrations.storefronts.shopify.hand_over.adapter",
    "fulfilment_cancel": "integrations.storefronts.shopify.adapter.adapter",
    "catalogue": "integrations.storefronts.shopify.adapter.adapter",
    "catalogue_import": "integrations.storefronts.shopify.bulk.adapter",
    "codes": "integrations.storefronts.shopify.write_codes.adapter",
    "returns": "integrations.storefronts.shopify.returns.adapter",
    "returns_told": "integrations.storefronts.shopify.returns.adapter",
    "returns_closed": "integrations.storefronts.shopify.returns.adapter",
    "returns_begun": "integrations.storefronts.shopify.return_begin.adapter",
    "refunds": "integrations.storefronts.shopify.refunds.adapter",
}

API_VERSION = "2026-07"

# What the documents in graphql/ need and no more (a test computes it from the schema); write_x includes read_x.
# write_app_proxy is for the storefront block's estimate.
SCOPES = (
    "read_products",
    "write_app_proxy",
    "write_fulfillments",
    "write_inventory",
    "write_merchant_managed_fulfillment_orders",
    "write_orders",
    "write_returns",
    "write_shipping",
)

# Extras that a merchant may switch on, and the scopes that the documents of each need beyond SCOPES.
EXTRAS = {
    "draft_orders": ("write_draft_orders",),
    "order_marks": ("write_orders",),
    "fulfilment_service": ("write_assigned_fulfillment_orders",),
}
OPTIONAL_SCOPES = tuple(sorted({scope for scopes in EXTRAS.values() for scope in scopes} - set(SCOPES)))
