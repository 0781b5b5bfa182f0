"""What the shipped law must always keep: sources that lead somewhere, estimates that say why, known rates."""

import re
import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlparse

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

DATA = Path(__file__).parents[2] / "shipsmart" / "rules" / "data"
FILES = {path.relative_to(DATA).as_posix()[:-5]: tomllib.loads(path.read_text()) for path in DATA.glob("??/*.toml")}
# A customs house that answers with one page only: the duty table of courier goods stands on it.
ONE_PAGE_SITES = {"www.mumbaicustomszone3.gov.in"}
PLACES = (
    "AE AR AT AU BE BG BR CA CH CL CO CY CZ DE DK EE ES FI FR GB GR HK HR HU ID IE IL IM IN IS IT JP KR LI LT LU LV "
    "MC MT MX MY NL NO NZ PE PH PL PT RO RS SA SE SG SI SK TH TR TW UA US UY VN XI ZA"
)


def values(of="estimate"):
    for name, rule in FILES.items():
        for value in rule["values"]:
            if not value.get("repealed") and value.get("confidence", rule["confidence"]) == of:
                yield name, rule, value


def test_every_estimate_says_why_it_is_one():
    silent = {name for name, rule, _ in values() if "stimate" not in rule.get("note", "")}
    assert silent == set()


def test_no_verified_value_rests_on_a_home_page():
    bare = set()
    for name, rule, value in values("verified"):
        address = urlparse(value.get("source", rule.get("source")))
        if address.hostname not in ONE_PAGE_SITES and not address.path.strip("/") and not address.query:
            bare.add(name)
    assert bare == set()


def test_the_places_of_the_rulebook():
    assert sorted(current().countries) == PLACES.split()


def test_the_coverage_page_names_every_place_once():
    named = re.findall(r"^\| ([A-Z]{2}) \|", (DATA.parent / "README.md").read_text(), re.M)
    assert sorted(named) == PLACES.split()


@pytest.mark.parametrize(
    ("place", "percent"),
    [("AT", "20"), ("BE", "21"), ("BG", "20"), ("CY", "19"), ("CZ", "21"), ("DE", "19"), ("DK", "25"), ("EE", "24"),
     ("ES", "21"), ("FI", "25.5"), ("FR", "20"), ("GR", "24"), ("HR", "25"), ("HU", "27"), ("IE", "23"), ("IT", "22"),
     ("LT", "21"), ("LU", "17"), ("LV", "21"), ("MT", "18"), ("NL", "21"), ("PL", "23"), ("PT", "23"), ("RO", "21"),
     ("SE", "25"), ("SI", "22"), ("SK", "23"), ("GB", "20"), ("XI", "20"), ("CH", "8.1"), ("LI", "8.1"), ("NO", "25"),
     ("IS", "24"), ("TR", "20"), ("UA", "20"), ("RS", "20"), ("IL", "18"), ("AE", "5"), ("SA", "15"), ("ZA", "15"),
     ("AU", "10"), ("NZ", "15"), ("JP", "7.8"), ("KR", "10"), ("SG", "9"), ("HK", "0"), ("TW", "5"), ("TH", "7"),
     ("MY", "10"), ("ID", "11"), ("PH", "12"), ("VN", "8"), ("CL", "19"), ("CO", "19"), ("AR", "21"), ("PE", "18"),
     ("UY", "22"), ("MX", "16")],
)  # fmt: skip
def test_the_general_rate_of_each_place_in_november_2026(place, percent):
    regime = current().compiler.regime(place, None, datetime(2026, 11, 22, tzinfo=UTC))
    tax = next(tax for tax in regime.taxes if tax.kind == "import_tax")
    assert tax.rates[-1].rate == Decimal(percent) / 100


def test_a_quote_of_the_tariffs_struck_down_is_never_called_complete():
    request = {
        "at": "2025-12-01T12:00:00-05:00", "ship_from": {"country": "DE"}, "ship_to": {"country": "US"},
        "currency": "USD",
        "lines": [{"id": "1", "quantity": 1, "unit_price": "100.00", "hs_code": "950300", "origin": "DE"}],
    }  # fmt: skip
    answer = compute(parse_request(request, now=datetime(2026, 11, 22, tzinfo=UTC)), law=current()).as_answer()
    assert answer["status"] == "estimate"
    assert answer["local_totals"]["additional_duty"] == "15.00"


def test_every_set_of_exchange_rates_names_its_day_and_its_page():
    for rates in current().exchange:
        assert rates.url.startswith("https://")
        assert date(2024, 1, 1) < rates.day <= date(2026, 11, 22)
        assert all(rate > 0 for rate in rates.rates.values())
