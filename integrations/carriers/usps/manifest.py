"""USPS over its v3 APIs: international prices, labels, voids and tracking."""

KEY = "usps"
TITLE = "USPS"
KIND = "carrier"
_ADAPTER = "integrations.carriers.usps.adapter.adapter"
PROVIDES = dict.fromkeys(("quotes", "landed_cost", "labels", "tracking", "void", "pickups", "manifest"), _ADAPTER)
DECLARES_IN = "USD"
CREDENTIALS = ("client_id", "client_secret")
SETTINGS = (
    "crid",
    "mid",
    "manifest_mid",
    "account_type",
    "price_type",
    "insure",
    "label_format",
    "tracking_per_minute",
)
