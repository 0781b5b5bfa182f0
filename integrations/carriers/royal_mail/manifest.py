"""Royal Mail over the Click & Drop API: labels, manifests and returns; it names no prices and no scans."""

KEY = "royal_mail"
TITLE = "Royal Mail"
KIND = "carrier"
_ADAPTER = "integrations.carriers.royal_mail.adapter.adapter"
PROVIDES = dict.fromkeys(("labels", "void", "manifest", "return_labels"), _ADAPTER)
CREDENTIALS = ("api_key",)
SETTINGS = ("ddp_services", "manifest_carrier")
HAS_NUMBER = False
