"""UPS over its REST APIs with OAuth client credentials."""

KEY = "ups"
TITLE = "UPS"
KIND = "carrier"
_ADAPTER = "integrations.carriers.ups.adapter.adapter"
PROVIDES = dict.fromkeys(
    ("quotes", "labels", "tracking", "void", "landed_cost", "pickups", "return_labels", "push", "subscriptions",
     "invoice_upload"),
    _ADAPTER,
)  # fmt: skip
CREDENTIALS = ("client_id", "client_secret")
SETTINGS = (
    "push",
    "push_country",
    "duties_account",
    "duties_account_country",
    "duties_account_postcode",
    "insure",
    "own_invoice",
    "label_format",
    "tracking_per_minute",
    "volumetric_divisor",
)
