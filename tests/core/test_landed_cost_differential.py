"""A second, naive calculation written flat for three places; it must agree with the engine to the cent."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from random import Random

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

D = Decimal
CENT = D("0.01")
DUTY = {"610910": D("0.12"), "640411": D("0.169"), "950300": D("0.047"), "851713": D("0")}


def cents(amount):
    return amount.quantize(CENT, ROUND_HALF_UP)


def shares(total, weights):
    """Largest remainder in whole cents; ties go to the dearer line, then to the smaller code."""
    whole = sum(weights)
    exact = [total * 100 * weight / whole for weight in weights]
    parts = [int(value) for value in exact]
    order = sorted(range(len(weights)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: int(total * 100) - sum(parts)]:
        parts[i] += 1
    return [D(part) / 100 for part in parts]


def naive(country, lines, freight):
    """Duty and tax above every low-value limit: Germany, Great Britain (both CIF) and Australia (FOB)."""
    ordered = sorted(lines, key=lambda line: (-line[1], line[0]))
    freights = shares(freight, [value for _, value in ordered])
    duty = tax = D(0)
    for (code, value), part in zip(ordered, freights, strict=True):
        customs_value = value if country == "AU" else value + part
        line_duty = customs_value * DUTY[code]
        rate = {"DE": D("0.19"), "GB": D("0.20"), "AU": D("0.10")}[country]
        duty += cents(line_duty)
        tax += cents((value + part + line_duty) * rate)
    return duty, tax


@pytest.mark.parametrize("country", ["DE", "GB", "AU"])
def test_the_engine_agrees_with_a_flat_calculation(country):
    random = Random(country)
    for _ in range(60):
        count = random.randint(1, 4)
        lines = [(code, D(random.randint(120_000, 400_000)) / 100) for code in random.sample(sorted(DUTY), count)]
        freight = D(random.randint(0, 9_999)) / 100
        duty, tax = naive(country, lines, freight)
        totals = engine(country, lines, freight)
        assert (D(totals["duty"]), D(totals["import_tax"])) == (duty, tax)


def engine(country, lines, freight):
    request = {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "CN"},
        "ship_to": {"country": country},
        "currency": {"DE": "EUR", "GB": "GBP", "AU": "AUD"}[country],
        "lines": [{"quantity": 1, "unit_price": str(v), "hs_code": c, "origin": "CN"} for c, v in lines],
        "freight": str(freight),
        "rate_overrides": [{"hs_code": code, "duty": f"{rate * 100}%"} for code, rate in DUTY.items()],
    }
    return compute(parse_request(request, now=datetime(2026, 11, 22, tzinfo=UTC)), law=current()).as_answer()["totals"]
