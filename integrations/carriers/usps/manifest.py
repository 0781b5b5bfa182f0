"""USPS over its v3 APIs: international prices, labels, voids and tracking."""

KEY = "usps"
TITLE = "USPS"
KIND = "carrier"
_ADAPTER = "integrations.carriers.usps.adapter.adapter"
PROVIDES = dict.fromkeys(("quotes", "labels", "tracking", "void", "manifest"), _ADAPTER)
CREDENTIALS = ("client_id", "client_secret")
