"""What FedEx takes: lengths in characters, counts. Source: the Rate, Ship and Track descriptions."""

ADDRESS_LINE_WIDTH = 35
ADDRESS_LINES = 3
# Field → longest text.
TEXTS = {
    "city": 35,
    "postcode": 10,
    "company": 35,
    "name": 70,
    "phone": 15,
    "email": 80,
    "tax id": 18,
    "reference": 40,
    "description": 450,
    "hs code": 14,
    "remarks": 60,
}
ACCOUNT_LENGTH = 9
MOST_COMMODITIES = 999
MOST_PARCELS = 30
PRICE_DECIMALS = 2
# The state or province must be given there, and is taken as two letters elsewhere.
REGION_COUNTRIES = frozenset({"US", "CA", "PR"})
REGION = 2
NORTH_AMERICA = frozenset({"US", "CA", "PR"})
