"""DHL Express over MyDHL API 3.1."""

KEY = "dhl_express"
TITLE = "DHL Express"
KIND = "carrier"
_ADAPTER = "integrations.carriers.dhl_express.adapter.adapter"
PROVIDES = dict.fromkeys(
    ("quotes", "labels", "tracking", "landed_cost", "pickups", "return_labels", "invoice_upload"), _ADAPTER
)
CREDENTIALS = ("username", "password")
SETTINGS = (
    "duties_account",
    "paperless",
    "own_invoice",
    "insure",
    "gmt_offset",
    "return_services",
    "label_format",
    "tracking_per_minute",
    "volumetric_divisor",
)
