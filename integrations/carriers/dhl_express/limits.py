"""What MyDHL API 3.1 takes: lengths in characters, decimals. Source: its OpenAPI description, POST /shipments."""

ADDRESS_LINE_WIDTH = 45
ADDRESS_LINES = 3
# Field → longest text.
TEXTS = {
    "account number": 12,
    "city": 45,
    "postcode": 12,
    "company": 100,
    "name": 255,
    "phone": 70,
    "email": 70,
    "tax id": 35,
    "reference": 35,
    "invoice number": 35,
    "description": 512,
    "content description": 70,
    "landed cost description": 255,
    "hs code": 18,
    "service": 6,
    "US filing": 20,
    "customs document": 35,
    "pick-up location": 80,
    "instructions": 80,
}
REGION = (2, 35)
PRICE_DECIMALS = 3
LANDED_COST_PRICE_DECIMALS = 5
MOST_LINES = 999
MOST_PARCELS = 999
MOST_REMARKS = 3
