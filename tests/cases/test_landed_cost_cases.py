"""Every worked case of ours: a day, a cart, and the amounts somebody worked out by hand."""

import tomllib
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from integrations.feeds import local_plain
from integrations.feeds.local_rates import midnight
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current
from shipsmart.rules.local_rates import LocalTable

CASES = sorted(Path(__file__).parent.glob("*.toml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_answer_has_the_amounts_worked_out_by_hand(path, tmp_path):
    case = tomllib.loads(path.read_text())
    request = parse_request(case["request"], now=datetime(2026, 11, 22, tzinfo=UTC))
    answer = compute(request, law=law_of(case, tmp_path)).as_answer()
    for key, expected in case["expect"].items():
        assert found(answer, key) == (expected if key in ("scheme", "status") else Decimal(expected)), key


def law_of(case, folder):
    """Return the rulebook that ships inside, with the local sales taxes laid on that a case brings as a plain table."""
    law = current()
    if "local_rates" in case:
        file = folder / "local.csv"
        file.write_text(case["local_rates"].lstrip())
        read = local_plain.read(file)
        assert not read.tally.unread
        for table in read.tables.values():
            first = midnight(table.state, table.first_day())
            local = LocalTable(table.as_text(), effective=first, title="the merchant's table", url="")
            law = law.with_local_rates(table.rule, local)
    return law


def found(answer, key):
    if key in ("scheme", "status"):
        return answer[key] or ""
    side, _, name = key.partition(".")
    if side == "alternative":
        [cost] = [one["totals"]["landed_cost"] for one in answer["alternatives"] if one["rule"] == name]
        return Decimal(cost)
    return Decimal(answer["local_totals" if side == "local" else "totals"][name])
