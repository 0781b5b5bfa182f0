"""Correios (Brazil) over its REST APIs (CWS): prices, times and labels inside Brazil, scans of every parcel there.

No labels abroad: Exporta Fácil has no API that is described in public, so no CN23 of theirs either. No return labels,
pick-ups or manifests: those are other contracts.
"""

KEY = "correios"
TITLE = "Correios"
KIND = "carrier"
_ADAPTER = "integrations.carriers.correios.adapter.adapter"
PROVIDES = dict.fromkeys(("quotes", "labels", "void", "tracking"), _ADAPTER)
DECLARES_IN = "BRL"
INLAND = True
CREDENTIALS = ("user", "access_code")
SETTINGS = ("services", "tracking_per_minute", "volumetric_divisor")
