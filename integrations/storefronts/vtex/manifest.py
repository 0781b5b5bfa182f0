"""Who this integration is and what it provides."""

KEY = "vtex"
TITLE = "VTEX"
KIND = "storefront"
PROVIDES = {
    "orders": "integrations.storefronts.vtex.adapter.adapter",
    "fulfilments": "integrations.storefronts.vtex.adapter.adapter",
    "returns": "integrations.storefronts.vtex.returning.adapter",
    "catalogue": "integrations.storefronts.vtex.catalogue.adapter",
    "catalogue_import": "integrations.storefronts.vtex.catalogue.adapter",
}

# Pages of ours that the merchant's pages lead to, by what they are for; each takes the connection.
PAGES = {"returns": "vtex_connect:store_returns"}
