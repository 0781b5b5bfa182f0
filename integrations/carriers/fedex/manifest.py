"""FedEx over its REST APIs with OAuth client credentials."""

KEY = "fedex"
TITLE = "FedEx"
KIND = "carrier"
_ADAPTER = "integrations.carriers.fedex.adapter.adapter"
PROVIDES = dict.fromkeys(
    ("quotes", "labels", "tracking", "void", "pickups", "return_labels", "push", "invoice_upload"), _ADAPTER
)
CREDENTIALS = ("client_id", "client_secret")
SETTINGS = (
    "push",
    "duties_account",
    "paperless",
    "own_invoice",
    "insure",
    "pickup_type",
    "label_format",
    "tracking_per_minute",
    "volumetric_divisor",
)
