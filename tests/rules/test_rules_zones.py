"""Every value begins by the clock of the place whose law it is."""

from zoneinfo import ZoneInfo

import pytest

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
