"""Who this integration is and what it provides."""

KEY = "vtex"
TITLE = "VTEX"
KIND = "storefront"
PROVIDES: dict[str, str] = {}  # so far the tax service only: it is asked, and asks for nothing itself
