"""What Click & Drop takes: lengths, decimals, sizes. Source: its Orders description."""

ADDRESS_LINE_WIDTH = 100
ADDRESS_LINES = 3
# Field → longest text.
TEXTS = {
    "reference": 40,
    "name": 210,
    "company": 100,
    "city": 100,
    "region": 100,
    "postcode": 20,
    "phone": 25,
    "email": 254,
    "service": 10,
    "invoice number": 35,
    "description": 50,
    "extended description": 300,
    "hs code": 10,
    "sku": 100,
    "IOSS": 50,
    "EORI": 18,
    "VAT": 15,
    "tax code": 25,
}
PRICE_DECIMALS = 2
HEAVIEST_G = 30_000
# Format → heaviest in grams and the three sides in mm, longest first. Source: royalmail.com, size guide.
DOMESTIC_FORMATS = (
    ("smallParcel", 2_000, (450, 350, 160)),
    ("mediumParcel", 20_000, (610, 460, 460)),
    ("largeParcel", 30_000, (2_500, 2_500, 2_500)),
)
ABROAD_FORMAT = "parcel"
