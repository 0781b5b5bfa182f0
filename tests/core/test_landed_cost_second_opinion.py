"""A second calculation, written flat for four more places and schemes; it must agree with the engine to the cent.

It shares no code with the engine, not even the sharing out of freight, and knows no rule files: the rates are written
down here as the laws of November 2026 have them.
"""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from random import Random

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

CODES = {"610910": Fraction(12, 100), "640411": Fraction(169, 1000), "420221": Fraction(3, 100)}


def cents(amount):
    """Half up to the cent; all amounts here are positive fractions."""
    return Decimal(int(amount * 100 + Fraction(1, 2))) / 100


def split(total, weights):
    """Largest remainder in cents; of equal remainders the dearer line first, then the smaller code."""
    exact = [Fraction(total) * 100 * Fraction(w) / Fraction(sum(weights)) for w in weights]
    parts = [int(part) for part in exact]
    left = int(total * 100) - sum(parts)
    for i in sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))[:left]:
        parts[i] += 1
    return [Fraction(part, 100) for part in parts]


def france_ioss(lines, freight):
    """EUR 3 for each six-digit code; 20 % on goods and freight, charged by the seller."""
    tax = sum((cents((Fraction(v) + f) / 5) for (_, v), f in zip(lines, freight, strict=True)), Decimal(0))
    return {"duty": Decimal(3) * len({code for code, _ in lines}), "import_tax": tax}


def ontario(lines, freight):
    """Duty on the goods alone (FOB); HST of 13 % on value and duty, freight left out."""
    duties = [Fraction(value) * CODES[code] for code, value in lines]
    taxes = [cents((Fraction(value) + due) * 13 / 100) for (_, value), due in zip(lines, duties, strict=True)]
    return {"duty": sum(map(cents, duties), Decimal(0)), "import_tax": sum(taxes, Decimal(0))}


def united_states(lines, freight):
    """Goods of Viet Nam: base duty and 12.5 % on the goods alone; no import tax; USD 2.77 for an informal entry."""
    return {
        "duty": sum((cents(Fraction(value) * CODES[code]) for code, value in lines), Decimal(0)),
        "additional_duty": sum((cents(Fraction(value) / 8) for _, value in lines), Decimal(0)),
        "import_tax": Decimal(0),
        "fees": Decimal("2.77"),
    }


def brazil(lines, freight):
    """Remessa Conforme to Rio de Janeiro in reais: 60 % less USD 30 (at 5.00), ICMS of 17 % in its own base."""
    values = [Fraction(value) + part for (_, value), part in zip(lines, freight, strict=True)]
    due = sum(values) * 60 / 100 - 150 if sum(values) > 250 else Fraction(0)
    shares = split(cents(due), values) if due and len(values) > 1 else [due, *[Fraction(0)] * (len(values) - 1)]
    taxes = [cents((value + share) / Fraction(83, 100) * 17 / 100) for value, share in zip(values, shares, strict=True)]
    return {"duty": cents(due), "import_tax": sum(taxes, Decimal(0))}


PLACES = {
    "FR": (france_ioss, "EUR", (2_00, 35_00), {"schemes": ["EU_IOSS"]}),
    "CA": (ontario, "CAD", (160_00, 900_00), {"ship_to": {"country": "CA", "region": "ON"}}),
    "US": (united_states, "USD", (1_00, 600_00), {}),
    "BR": (
        brazil,
        "BRL",
        (20_00, 1_500_00),
        {
            "ship_to": {"country": "BR", "region": "RJ"},
            "schemes": ["BR_REMESSA_CONFORME"],
            "exchange_rates": [{"from": "USD", "to": "BRL", "rate": "5"}],
        },
    ),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_second_calculation_agrees_to_the_cent(place):
    naive, currency, (low, high), changes = PLACES[place]
    random = Random(place)
    for _ in range(60):
        codes = random.sample(sorted(CODES), random.randint(1, 3))
        lines = [(code, Decimal(random.randint(low, high)) / 100) for code in codes]
        lines.sort(key=lambda line: (-line[1], line[0]))
        freight = Decimal(random.randint(0, 2_000)) / 100
        expected = naive(lines, split(freight, [value for _, value in lines]))
        totals = engine(place, currency, lines, freight, **changes)
        assert {key: Decimal(totals[key]) for key in expected} == expected, (lines, freight)
        charged = sum((Decimal(totals[k]) for k in ("duty", "additional_duty", "import_tax", "fees")), Decimal(0))
        goods = sum((value for _, value in lines), Decimal(0))
        assert Decimal(totals["landed_cost"]) == goods + freight + charged


def engine(place, currency, lines, freight, **changes):
    request = {
        "at": "2026-11-10T12:00:00+00:00",
        "ship_from": {"country": "VN"},
        "ship_to": {"country": place},
        "currency": currency,
        "lines": [{"quantity": 1, "unit_price": str(v), "hs_code": c, "origin": "VN"} for c, v in lines],
        "freight": str(freight),
        "rate_overrides": [{"hs_code": code, "duty": f"{float(rate) * 100:.1f}%"} for code, rate in CODES.items()],
        **changes,
    }
    return compute(parse_request(request, now=datetime(2026, 11, 22, tzinfo=UTC)), law=current()).as_answer()["totals"]


def test_the_half_cent_goes_up():
    assert cents(Fraction(5, 1000)) == Decimal("0.01") == Decimal("0.005").quantize(Decimal("0.01"), ROUND_HALF_UP)
