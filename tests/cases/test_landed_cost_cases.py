"""Every worked case of ours: a day, a cart, and the amounts somebody worked out by hand."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

CASES = sorted(Path(__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_answer_has_the_amounts_worked_out_by_hand(path):
    case = tomllib.loads(path.read_text())
    request = parse_request(case["request"], now=datetime(2026, 11, 22, tzinfo=UTC))
    answer = compute(request, law=current()).as_answer()
    for key, expected in case["expect"].items():
        assert found(answer, key) == (expected if key in ("scheme", "status") else Decimal(expected)), key


def found(answer, key):
    if key in ("scheme", "status"):
        return answer[key] or ""
    side, _, name = key.partition(".")
    if side == "alternative":
        [cost] = [one["totals"]["landed_cost"] for one in answer["alternatives"] if one["rule"] == name]
        return Decimal(cost)
    return Decimal(answer["local_totals" if side == "local" else "totals"][name])
