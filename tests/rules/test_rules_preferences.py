"""Agreements that are not simply free: rates of their own, goods they leave out, quotas, and the limit of a proof."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import load_rulebook

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = """title = "{title}"
kind = "{kind}"
checked = 2026-11-22
source_title = "A law"
source = "https://example.org/law"
confidence = "verified"
status = "enacted"

[[values]]
effective = 2026-01-01T00:00:00+03:00
"""
RULES = {
    "jurisdiction": ("jurisdiction", 'currency = "KES"\ncustoms_value = "cif"\n'),
    "standard": ("route", 'order = 90\nduty = "tariff"\ntax = "normal"\n'),
    "base_duty": ("base_duty", 'table = "ke"\n'),
    "vat": ("tax", 'rate = 0.16\nbase = ["customs_value", "duty"]\n'),
}
TABLE = "hs,duty,programmes\n610910,25%,; JP=10%\n610990,25%,\n020110,10%,JP\n640399,4%,; JP=10%\n"


def answer_to(folder: Path, agreement: str, code: str = "610910", price: str = "1000.00") -> dict[str, Any]:
    (folder / "ke").mkdir()
    (folder / "tariff").mkdir()
    (folder / "tariff" / "ke.csv").write_text(TABLE)
    for name, (kind, body) in {**RULES, "epa": ("preference", agreement)}.items():
        (folder / "ke" / f"{name}.toml").write_text(HEAD.format(title=f"Kenya: {name}", kind=kind) + body)
    request = {
        "ship_from": {"country": "JP"},
        "ship_to": {"country": "KE"},
        "currency": "KES",
        "lines": [{"quantity": 1, "unit_price": price, "hs_code": code, "origin": "JP", "preference": "epa"}],
    }
    return compute(parse_request(request, now=NOW), law=load_rulebook(folder)).as_answer()


def duty_and_notes(answer: dict[str, Any]) -> tuple[str, str, list[str]]:
    charge = next(charge for charge in answer["charges"] if charge["kind"] == "duty")
    return charge["rate"], charge["amount"], [warning["code"] for warning in answer["warnings"]]


@pytest.mark.parametrize(
    ("agreement", "code", "expected"),
    [
        # A rate for all goods.
        ('duty = "5%"', "610910", ("5%", "50.00", [])),
        # The rate of the programme in the table; a symbol alone is free; no symbol is no preference.
        ('programme = "JP"', "610910", ("10%", "100.00", [])),
        ('programme = "JP"', "020110", ("0%", "0.00", [])),
        ('programme = "JP"', "610990", ("25%", "250.00", ["preference_not_for_goods"])),
        # What the agreement names or leaves out.
        ('duty = "0%"\nhs = ["61"]', "020110", ("10%", "100.00", ["preference_not_for_goods"])),
        ('duty = "0%"\nnot_hs = ["0201"]', "020110", ("10%", "100.00", ["preference_not_for_goods"])),
        # Within a quota only: nobody at a checkout knows whether it is used up.
        ('duty = "0%"\nquotas = ["0201"]', "020110", ("10%", "100.00", ["preference_under_quota"])),
        # A normal duty below the preferential one is the importer's to choose.
        ('programme = "JP"', "640399", ("4%", "40.00", ["preference_not_better"])),
    ],
)
def test_an_agreement_gives_what_it_says_and_no_more(
    tmp_path: Path, agreement: str, code: str, expected: tuple[str, str, list[str]]
) -> None:
    assert duty_and_notes(answer_to(tmp_path, f'origins = ["JP"]\n{agreement}\n', code)) == expected


@pytest.mark.parametrize(("price", "codes"), [("6000.00", []), ("6000.01", ["preference_needs_more_proof"])])
def test_over_the_limit_of_a_sellers_own_statement_more_proof_is_asked_for(
    tmp_path: Path, price: str, codes: list[str]
) -> None:
    agreement = 'origins = ["JP"]\nduty = "0%"\nproof_limit = "6000 KES"\n'
    answer = answer_to(tmp_path, agreement, price=price)
    assert duty_and_notes(answer) == ("0%", "0.00", codes)
    assert answer["status"] == "complete"


def test_an_agreement_without_a_duty_is_no_rule(tmp_path: Path) -> None:
    answer = answer_to(tmp_path, 'origins = ["JP"]\n')
    assert [entry["code"] for entry in answer["not_computable"]] == ["bad_rule"]
    assert "its 'duty' or a 'programme'" in answer["not_computable"][0]["message"]
