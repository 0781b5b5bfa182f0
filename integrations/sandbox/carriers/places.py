"""Where parcels travel: countries with their clock, currency and gateway, and how far apart they are.

Practice data: one time zone and one gateway per country are enough to give events a place and a local time.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import pycountry

_ROWS = """
AT Europe/Vienna EUR VIE VIENNA EUROPE EU
BE Europe/Brussels EUR BRU BRUSSELS EUROPE EU
BG Europe/Sofia EUR SOF SOFIA EUROPE EU
CY Asia/Nicosia EUR LCA LARNACA EUROPE EU
CZ Europe/Prague CZK PRG PRAGUE EUROPE EU
DE Europe/Berlin EUR FRA FRANKFURT EUROPE EU
DK Europe/Copenhagen DKK CPH COPENHAGEN EUROPE EU
EE Europe/Tallinn EUR TLL TALLINN EUROPE EU
ES Europe/Madrid EUR MAD MADRID EUROPE EU
FI Europe/Helsinki EUR HEL HELSINKI EUROPE EU
FR Europe/Paris EUR CDG PARIS EUROPE EU
GR Europe/Athens EUR ATH ATHENS EUROPE EU
HR Europe/Zagreb EUR ZAG ZAGREB EUROPE EU
HU Europe/Budapest HUF BUD BUDAPEST EUROPE EU
IE Europe/Dublin EUR DUB DUBLIN EUROPE EU
IT Europe/Rome EUR MXP MILAN EUROPE EU
LT Europe/Vilnius EUR VNO VILNIUS EUROPE EU
LU Europe/Luxembourg EUR LUX LUXEMBOURG EUROPE EU
LV Europe/Riga EUR RIX RIGA EUROPE EU
MT Europe/Malta EUR MLA MALTA EUROPE EU
NL Europe/Amsterdam EUR AMS AMSTERDAM EUROPE EU
PL Europe/Warsaw PLN WAW WARSAW EUROPE EU
PT Europe/Lisbon EUR LIS LISBON EUROPE EU
RO Europe/Bucharest RON OTP BUCHAREST EUROPE EU
SE Europe/Stockholm SEK ARN STOCKHOLM EUROPE EU
SI Europe/Ljubljana EUR LJU LJUBLJANA EUROPE EU
SK Europe/Bratislava EUR BTS BRATISLAVA EUROPE EU
GB Europe/London GBP LHR LONDON EUROPE
CH Europe/Zurich CHF ZRH ZURICH EUROPE
NO Europe/Oslo NOK OSL OSLO EUROPE
TR Europe/Istanbul TRY IST ISTANBUL EUROPE
US America/New_York USD JFK NEW.YORK NORTH_AMERICA
CA America/Toronto CAD YYZ TORONTO NORTH_AMERICA
MX America/Mexico_City MXN MEX MEXICO.CITY LATIN_AMERICA
BR America/Sao_Paulo BRL GRU SAO.PAULO LATIN_AMERICA
AR America/Argentina/Buenos_Aires ARS EZE BUENOS.AIRES LATIN_AMERICA
CL America/Santiago CLP SCL SANTIAGO LATIN_AMERICA
CO America/Bogota COP BOG BOGOTA LATIN_AMERICA
AU Australia/Sydney AUD SYD SYDNEY ASIA_PACIFIC
NZ Pacific/Auckland NZD AKL AUCKLAND ASIA_PACIFIC
JP Asia/Tokyo JPY NRT TOKYO ASIA_PACIFIC
CN Asia/Shanghai CNY PVG SHANGHAI ASIA_PACIFIC
HK Asia/Hong_Kong HKD HKG HONG.KONG ASIA_PACIFIC
IN Asia/Kolkata INR BOM MUMBAI ASIA_PACIFIC
KR Asia/Seoul KRW ICN SEOUL ASIA_PACIFIC
SG Asia/Singapore SGD SIN SINGAPORE ASIA_PACIFIC
AE Asia/Dubai AED DXB DUBAI MIDDLE_EAST
SA Asia/Riyadh SAR RUH RIYADH MIDDLE_EAST
ZA Africa/Johannesburg ZAR JNB JOHANNESBURG AFRICA
"""


@dataclass(frozen=True)
class Country:
    """A country as the carriers see it. `gateway` is the three-letter code of its main airport."""

    code: str
    zone: str
    currency: str
    gateway: str
    city: str
    area: str


@dataclass(frozen=True)
class Place:
    """Where a scan happened: a facility code, its city and the country whose local time the scan carries."""

    code: str
    city: str
    country: str


def _load() -> dict[str, Country]:
    rows = (line.split()[:6] for line in _ROWS.split("\n") if line)
    return {
        code: Country(code, zone, currency, gateway, city.replace(".", " "), area)
        for code, zone, currency, gateway, city, area in rows
    }


COUNTRIES = _load()
EU = frozenset(line[:2] for line in _ROWS.split("\n") if line.endswith(" EU"))


def country(code: str) -> Country | None:
    """Return the country of an ISO alpha-2 code; None when no such country exists."""
    code = code.upper()
    if code in COUNTRIES:
        return COUNTRIES[code]
    found = pycountry.countries.get(alpha_2=code)
    return Country(code, "UTC", "USD", f"{code}X", found.name.upper()[:30], "ELSEWHERE") if found else None


def local_time(moment: datetime, country_code: str) -> datetime:
    """Return the moment on the clock of that country's main gateway."""
    found = country(country_code)
    return moment.astimezone(ZoneInfo(found.zone if found else "UTC"))


def gmt_offset(local: datetime) -> str:
    """Return the offset as carriers write it, e.g. '+01:00'."""
    raw = local.strftime("%z")
    return f"{raw[:3]}:{raw[3:5]}"


def crosses_customs(origin: str, destination: str) -> bool:
    """Say whether goods between the two countries pass customs (not inside one country, not inside the EU)."""
    return origin != destination and not (origin in EU and destination in EU)


# Spain outside the EU's customs or tax territory, by the beginning of the postcode: Canary Islands, Ceuta, Melilla.
_OUTSIDE_UNION = ("35", "38", "51", "52")


def outside_union(country_code: str, postcode: str) -> bool:
    """Say whether a place lies in a member state and yet outside the union's customs or tax territory."""
    return country_code == "ES" and postcode.startswith(_OUTSIDE_UNION)


def distance_zone(origin: str, destination: str) -> int:
    """Return the tariff zone: 0 inside a country up to 6 for the far ends of the network."""
    if origin == destination:
        return 0
    if origin in EU and destination in EU:
        return 1
    first, second = country(origin), country(destination)
    areas = {first.area if first else "ELSEWHERE", second.area if second else "ELSEWHERE"}
    if areas in ({"EUROPE"}, {"NORTH_AMERICA"}):
        return 2
    if areas == {"ASIA_PACIFIC"}:
        return 3
    if areas == {"EUROPE", "NORTH_AMERICA"}:
        return 4
    return 6 if areas & {"LATIN_AMERICA", "AFRICA", "ELSEWHERE"} else 5
