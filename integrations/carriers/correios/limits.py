"""What the Correios take in a domestic parcel. Source: correios.com.br, limits of size and weight."""

HEAVIEST_G = 30_000
LONGEST_SIDE_MM = 1_000
LONGEST_SUM_MM = 2_000
# Smaller parcels are priced at these sides: length, width, height in cm.
SMALLEST_CM = (16, 11, 2)
CEP_DIGITS = 8

# A prepostagem. Field → longest text, in characters.
TEXTS = {
    "name": 50,
    "street": 50,
    "house number": 6,
    "complement": 30,
    "district": 30,
    "city": 30,
    "email": 50,
    "reference": 25,
    "description": 60,
}
SHORTEST_NAME = 3
SHORTEST_DESCRIPTION = 2
PRICE_DECIMALS = 2
