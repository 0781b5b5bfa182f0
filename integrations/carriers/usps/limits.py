"""What USPS takes: lengths, decimals, counts. Source: its International Labels and Prices descriptions, v3."""

from decimal import Decimal

ADDRESS_LINE_WIDTH = 50
ADDRESS_LINES = 2
# Field → longest text.
TEXTS = {
    "city": 28,
    "postcode": 11,
    "region": 40,
    "name": 50,
    "company": 50,
    "email": 50,
    "description": 30,
    "hs code": 14,
    "tax id": 28,
    "invoice number": 15,
    "reference": 30,
    "AES ITN": 35,
}
SHORTEST_HS_CODE = 6
MOST_LINES = 30
MOST_MANIFEST_NUMBERS = 40_000
LARGEST_QUANTITY = 9_999
PRICE_DECIMALS = 2
CURRENCY = "USD"
GRAMS_PER_POUND = Decimal("453.59237")
MM_PER_INCH = Decimal("25.4")
POUND_STEP = Decimal("0.0001")
INCH_STEP = Decimal("0.01")
# Up to this value per HS code no export declaration is due. Source: 15 CFR 30.37(a); to Canada 15 CFR 30.36.
NO_DECLARATION_UP_TO = Decimal(2500)
