"""FedEx over its REST APIs with OAuth client credentials."""

KEY = "fedex"
TITLE = "FedEx"
KIND = "carrier"
_ADAPTER = "integrations.carriers.fedex.adapter.adapter"
PROVIDES = dict.fromkeys(("quotes", "labels", "tracking", "void", "pickups", "return_labels"), _ADAPTER)
CREDENTIALS = ("client_id", "client_secret")
