"""The README's recipe, followed: four small files make a new destination answer."""

from datetime import UTC, datetime

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import load_rulebook

HEAD = """title = "Kenya: a rule for this test"
kind = "{kind}"
checked = 2026-11-22
source_title = "A law"
source = "https://example.org/law"
confidence = "{confidence}"

[[values]]
effective = 2026-01-01T00:00:00+03:00
status = "enacted"
"""


def write(folder, name, kind, body, confidence="verified"):
    (folder / "ke").mkdir(exist_ok=True)
    (folder / "ke" / f"{name}.toml").write_text(HEAD.format(kind=kind, confidence=confidence) + body)


def test_four_files_make_a_new_destination(tmp_path):
    write(tmp_path, "jurisdiction", "jurisdiction", 'currency = "KES"\ncustoms_value = "cif"\n')
    write(tmp_path, "standard", "route", 'order = 90\nduty = "tariff"\ntax = "normal"\n')
    write(tmp_path, "base_duty", "base_duty", 'default = "25%"\n')
    write(tmp_path, "vat", "tax", 'rate = 0.16\nbase = ["customs_value", "duty"]\n')
    request = {
        "at": "2026-11-10T12:00:00+03:00",
        "ship_from": {"country": "CN"},
        "ship_to": {"country": "KE"},
        "currency": "KES",
        "lines": [{"quantity": 1, "unit_price": "1000.00", "hs_code": "610910", "origin": "CN"}],
        "freight": "200.00",
    }
    parsed = parse_request(request, now=datetime(2026, 11, 22, tzinfo=UTC))
    answer = compute(parsed, law=load_rulebook(tmp_path)).as_answer()
    totals = answer["totals"]
    assert answer["status"] == "estimate"
    assert (totals["duty"], totals["import_tax"], totals["landed_cost"]) == ("300.00", "240.00", "1740.00")
