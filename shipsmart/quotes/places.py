"""A place for carriers to price to when no more is known than a country, or a postcode: its largest city for parcels.

Carriers demand a city, most a postcode too; they price by the latter, and within a country prices differ little.
Only the price of freight rests on this: no tax does, so regions are left out.
"""

from dataclasses import replace

from shipsmart.ports import Party

PLACES = dict(
    line.split(" ", 1)
    for line in """
AD AD500 Andorra la Vella
AE - Dubai
AR C1002 Buenos Aires
AT 1010 Wien
AU 2000 Sydney
BE 1000 Bruxelles
BG 1000 Sofia
BR 01310-100 Sao Paulo
CA M5H2N2 Toronto
CH 8001 Zurich
CL 8320000 Santiago
CN 200000 Shanghai
CO 110111 Bogota
CY 1010 Nicosia
CZ 11000 Praha
DE 10115 Berlin
DK 1050 Copenhagen
EE 10111 Tallinn
ES 28001 Madrid
FI 00100 Helsinki
FR 75001 Paris
GB EC1A1BB London
GR 10431 Athens
HK - Hong Kong
HR 10000 Zagreb
HU 1051 Budapest
ID 10110 Jakarta
IE D01F5P2 Dublin
IL 6100000 Tel Aviv
IN 400001 Mumbai
IS 101 Reykjavik
IT 00184 Roma
JP 1000001 Tokyo
KR 04524 Seoul
LI 9490 Vaduz
LT 01100 Vilnius
LU 1111 Luxembourg
LV 1050 Riga
MC 98000 Monaco
MT VLT1111 Valletta
MX 06000 Mexico City
MY 50000 Kuala Lumpur
NL 1011AB Amsterdam
NO 0150 Oslo
NZ 1010 Auckland
PE 15001 Lima
PH 1000 Manila
PL 00-001 Warszawa
PT 1100-001 Lisboa
RO 010011 Bucuresti
RS 11000 Beograd
SA 11564 Riyadh
SE 11120 Stockholm
SG 018956 Singapore
SI 1000 Ljubljana
SK 81101 Bratislava
TH 10200 Bangkok
TR 34000 Istanbul
TW 100 Taipei
UA 01001 Kyiv
US 10001 New York
UY 11000 Montevideo
VN 700000 Ho Chi Minh City
ZA 2000 Johannesburg
""".strip().splitlines()
)


def somewhere_in(party: Party) -> Party:
    """Return the party with a city, and a postcode where it had neither, to price freight to; unchanged where we know
    none, or where a city is known."""
    if party.city or party.country not in PLACES:
        return party
    postcode, city = PLACES[party.country].split(" ", 1)
    return replace(party, city=city, postcode=party.postcode or postcode.strip("-"))
