"""Carts by chance over every destination, any code of the nomenclature, four years and every term: nothing breaks.

The carts of test_landed_cost_properties.py are few kinds, tried cunningly; these are of every kind, drawn from a seed.
"""

import csv
import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from shipsmart import classify
from shipsmart.core.codes import REGISTRATIONS
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current
from shipsmart.rules.book import DATA

NOW = datetime(2026, 11, 22, tzinfo=UTC)
FIRST = datetime(2024, 1, 1, tzinfo=UTC)
PLACES = sorted(f.name.upper() for f in DATA.iterdir() if (f / "jurisdiction.toml").is_file() and f.name != "xi")
REGIONS = {"US": ("NY", "OR"), "CA": ("ON", "QC"), "BR": ("SP",), "GB": ("NIR",), "IN": ("MH",)}
ORIGINS = ("CN", "PT", "US", "VN", "NO", "BR", "JP", "CH", "RU", "IN", "MX", "GB")
CURRENCIES = ("EUR", "USD", "GBP", "NOK", "JPY", "BRL", "KWD", "CLP", "INR", "CHF", "KRW")
BY_QUANTITY = ("220421", "220830", "240220", "020130", "100630", "170199", "040690")
TERMS: dict[str, tuple[Any, ...]] = {
    "transport": ("courier", "post", "air", "ocean"),
    "buyer": ("consumer", "business"),
    "gift": (True,),
    "incoterm": ("DDP", "DAP"),
    "insurance": ("1", "20.55"),
    "freight_in_price": (True,),
    "entry": ("formal", "informal"),
    "rate_overrides": ([{"hs_code": "610910", "duty": "4%"}],),
}
SUMS = ("goods", "freight", "insurance", "duty", "additional_duty", "excise", "import_tax", "fees")


def all_codes() -> tuple[str, ...]:
    file = Path(classify.__file__).parent / "data" / "nomenclature.csv"
    with file.open(encoding="utf-8", newline="") as rows:
        return tuple(row["hs_code"] for row in csv.DictReader(rows))


def line(chance: random.Random, codes: tuple[str, ...], number: int) -> dict[str, Any]:
    price = chance.choice(("0", "0.01", "0.3333333333", f"{chance.randint(1, 900_000) / 100:.2f}"))
    made: dict[str, Any] = {"id": str(number), "quantity": chance.choice((1, 1, 2, 3, 100)), "unit_price": price}
    code = chance.choice(BY_QUANTITY if chance.random() < 0.2 else codes) + chance.choice(("", "", "00", "0090"))
    rest = {
        "hs_code": (0.93, code),
        "origin": (0.93, chance.choice(ORIGINS)),
        "unit_weight_g": (0.3, chance.choice(("0", "1", "350.5", "20000"))),
        "volume_ml": (0.15, "750"),
        "abv_percent": (0.15, chance.choice(("0", "12.5", "100"))),
        "discount": (0.2, str((Decimal(price) * made["quantity"] / 3).quantize(Decimal("0.01"), "ROUND_DOWN"))),
    }
    return made | {key: value for key, (share, value) in rest.items() if chance.random() < share}


def cart(chance: random.Random, codes: tuple[str, ...]) -> dict[str, Any]:
    to = chance.choice(PLACES)
    place = {"country": to} | (
        {"region": chance.choice(REGIONS[to])} if to in REGIONS and chance.random() < 0.7 else {}
    )
    made = {
        "at": (FIRST + timedelta(seconds=chance.randint(0, 4 * 365 * 86_400))).isoformat(),
        "ship_from": {"country": chance.choice(("NO", "US", "CN", "GB", "DE", "BR", "JP"))},
        "ship_to": place,
        "currency": chance.choice(CURRENCIES),
        "freight": chance.choice(("0", "12.50", "999.99")),
        "schemes": chance.sample(sorted(REGISTRATIONS), chance.randint(0, 4)),
        "lines": [line(chance, codes, n) for n in range(chance.choice((1, 1, 2, 3, 6)))],
    }
    return made | {key: chance.choice(values) for key, values in TERMS.items() if chance.random() < 0.15}


def answer_to(request: dict[str, Any]) -> dict[str, Any]:
    return compute(parse_request(request, now=NOW), law=current()).as_answer()


@pytest.mark.parametrize("seed", range(4))
def test_any_cart_is_answered_adds_up_and_does_not_mind_its_order(seed: int) -> None:
    chance, codes = random.Random(seed), all_codes()
    for _ in range(400):
        request = cart(chance, codes)
        answer = answer_to(request)
        totals = answer["totals"]
        assert answer_to({**request, "lines": request["lines"][::-1]})["totals"] == totals, request
        assert (totals["landed_cost"] is None) == (answer["status"] == "not_computable"), request
        if totals["landed_cost"] is not None:
            assert Decimal(totals["landed_cost"]) == sum(Decimal(totals[key]) for key in SUMS), request
        assert all(Decimal(charge["amount"]) >= 0 for charge in answer["charges"]), request


def test_japan_answers_a_cart_of_which_no_duty_can_be_computed() -> None:
    """Its columns were summed over no line at all."""
    wine = {"quantity": 1, "unit_price": "90000", "hs_code": "220421", "origin": "US"}
    request = {"ship_from": {"country": "US"}, "ship_to": {"country": "JP"}, "currency": "JPY", "freight": "0"}
    answer = answer_to({**request, "lines": [wine]})
    assert answer["not_computable"]


def test_parts_of_a_minor_unit_add_up_where_no_border_is_crossed() -> None:
    goods = {"quantity": 1, "unit_price": "8.40", "hs_code": "610910", "origin": "PT"}
    request = {"ship_from": {"country": "DE"}, "ship_to": {"country": "CZ"}, "currency": "KRW", "freight": "12.50"}
    totals = answer_to({**request, "insurance": "20.55", "lines": [goods]})["totals"]
    assert [totals[key] for key in ("goods", "freight", "insurance", "landed_cost")] == ["8", "13", "21", "42"]
