"""Correios (Brazil) over its REST APIs (CWS): domestic prices and times, and the scans of every parcel in Brazil."""

KEY = "correios"
TITLE = "Correios"
KIND = "carrier"
_ADAPTER = "integrations.carriers.correios.adapter.adapter"
PROVIDES = dict.fromkeys(("quotes", "tracking"), _ADAPTER)
CREDENTIALS = ("user", "access_code")
SETTINGS = ("services", "tracking_per_minute", "volumetric_divisor")
