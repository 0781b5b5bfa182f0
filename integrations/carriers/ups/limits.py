"""What UPS takes: lengths in characters, decimals, counts. Source: the Shipping and Rating descriptions, v2409."""

ADDRESS_LINE_WIDTH = 35
ADDRESS_LINES = 3
DESCRIPTION_WIDTH = 35
DESCRIPTION_PIECES = 3
# Field → longest text.
TEXTS = {
    "name": 35,
    "city": 30,
    "postcode": 9,
    "email": 50,
    "phone": 15,
    "reference": 35,
    "invoice number": 35,
    "part number": 35,
    "content description": 50,
    "package description": 35,
    "comments": 150,
    "hs code": 15,
    "vendor number": 35,
}
# Source: the Pickup description, v2409: shorter than those of a shipment.
PICKUP_TEXTS = {
    "company": 27,
    "contact": 22,
    "address line": 73,
    "city": 50,
    "region": 50,
    "postcode": 8,
    "location": 11,
    "instructions": 57,
    "reference": 35,
}
LARGEST_PICKUP_COUNT = 999
HEAVY_PIECE_G = 32_000
ACCOUNT_LENGTH = 6
REGION = 5
MOST_PRODUCTS = 50
MOST_PARCELS = 200
PRICE_DECIMALS = 2
UNIT_PRICE_DECIMALS = 6  # of one unit on the invoice
TOTAL_DECIMALS = 3  # of the goods together: no limit but the length is named, and no currency has more
WEIGHT_CHARACTERS = 5  # "12.35": more digits are rounded up, never down
LARGEST_INVOICE_TOTAL = 99_999_999
# The state or province must be given there.
REGION_COUNTRIES = frozenset({"US", "CA", "IE", "PR", "VN"})
# Postcodes are told without blank and hyphen there: 10118-0110 is 101180110, M5H 2N2 is M5H2N2.
COMPACT_POSTCODES = frozenset({"US", "PR", "CA", "VI"})
# Ten digits without the country's 1.
NORTH_AMERICA = frozenset({"US", "PR", "CA", "VI"})
LANDED_COST_DESCRIPTION = 150
