"""Every value begins by the clock of the place whose law it is."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

ZONES = {
    "ae": "Asia/Dubai", "ar": "America/Argentina/Buenos_Aires", "at": "Europe/Vienna", "au": "Australia/Sydney",
    "be": "Europe/Brussels", "bg": "Europe/Sofia", "br": "America/Sao_Paulo", "ca": "America/Toronto America/Halifax",
    "ch": "Europe/Zurich", "cl": "America/Santiago", "co": "America/Bogota", "cy": "Asia/Nicosia",
    "cz": "Europe/Prague", "de": "Europe/Berlin", "dk": "Europe/Copenhagen", "ee": "Europe/Tallinn",
    "es": "Europe/Madrid", "eu": "Europe/Brussels", "fi": "Europe/Helsinki", "fr": "Europe/Paris",
    "gb": "Europe/London", "gr": "Europe/Athens", "hk": "Asia/Hong_Kong", "hr": "Europe/Zagreb",
    "hu": "Europe/Budapest", "id": "Asia/Jakarta", "ie": "Europe/Dublin", "il": "Asia/Jerusalem",
    "im": "Europe/Isle_of_Man", "in": "Asia/Kolkata", "is": "Atlantic/Reykjavik", "it": "Europe/Rome",
    "jp": "Asia/Tokyo", "kr": "Asia/Seoul", "li": "Europe/Vaduz", "lt": "Europe/Vilnius", "lu": "Europe/Luxembourg",
    "lv": "Europe/Riga", "mc": "Europe/Monaco", "mt": "Europe/Malta", "mx": "America/Mexico_City",
    "my": "Asia/Kuala_Lumpur", "nl": "Europe/Amsterdam", "no": "Europe/Oslo", "nz": "Pacific/Auckland",
    "pe": "America/Lima", "ph": "Asia/Manila", "pl": "Europe/Warsaw", "pt": "Europe/Lisbon", "ro": "Europe/Bucharest",
    "rs": "Europe/Belgrade", "sa": "Asia/Riyadh", "se": "Europe/Stockholm", "sg": "Asia/Singapore",
    "si": "Europe/Ljubljana", "sk": "Europe/Bratislava", "th": "Asia/Bangkok", "tr": "Europe/Istanbul",
    "tw": "Asia/Taipei", "ua": "Europe/Kyiv", "us": "America/New_York", "uy": "America/Montevideo",
    "vn": "Asia/Ho_Chi_Minh", "xi": "Europe/London", "za": "Africa/Johannesburg",
}  # fmt: skip


def test_every_folder_has_its_clock():
    assert {rule.folder for rule in current().rules.values()} == set(ZONES)


@pytest.mark.parametrize("folder", sorted(ZONES))
def test_values_begin_by_the_clock_of_their_place(folder):
    zones = [ZoneInfo(name) for name in ZONES[folder].split()]
    wrong = [
        (rule.id, entry.effective.isoformat())
        for rule in current().rules.values()
        if rule.folder == folder
        for entry in rule.entries + rule.pending
        if entry.effective.utcoffset() not in [entry.effective.astimezone(zone).utcoffset() for zone in zones]
    ]
    assert wrong == []


@pytest.mark.parametrize("country", [country for country in current().countries if country.lower() not in ("im", "li")])
def test_union_law_begins_by_the_clock_of_the_member(country):
    zone = ZoneInfo(ZONES[country.lower()].split()[0])
    union = [rule for rule in current().compiler.rules_of(country) if rule.folder == "eu"]
    # Portugal and the Baltic states kept other hours before they had to keep step with the rest.
    recent = [one.effective for rule in union for one in rule.entries if one.effective.year > 2003]
    offsets = [(at, at.utcoffset()) for at in recent]
    assert [at for at, offset in offsets if offset != at.astimezone(zone).utcoffset()] == []


@pytest.mark.parametrize("country", ["LT", "FI", "GR", "PT", "IE", "DE", "XI"])
def test_the_flat_duty_begins_at_midnight_of_the_member(country):
    midnight = datetime(2026, 7, 1, tzinfo=ZoneInfo(ZONES[country.lower()]))
    assert [flat_duty(country, midnight - timedelta(seconds=1)), flat_duty(country, midnight)] == [False, True]


def flat_duty(country, at):
    place = {"country": "GB", "region": "NIR"} if country == "XI" else {"country": country}
    line = {"quantity": 1, "unit_price": "20.00", "hs_code": "610910", "origin": "CN"}
    request = {"ship_from": {"country": "CN"}, "ship_to": place, "currency": "EUR", "lines": [line]}
    answer = compute(parse_request({**request, "schemes": ["EU_IOSS"]}, now=at), law=current()).as_answer()
    assert answer["scheme"] == "EU_IOSS"
    [duty] = [charge for charge in answer["charges"] if charge["kind"] == "duty"]
    # The period is shown by the clock of the member, at its midnight.
    assert duty["in_force"]["from"].endswith(f"T00:00:00{at.isoformat()[-6:]}")
    return duty["rate"] == "3 EUR per tariff class"
