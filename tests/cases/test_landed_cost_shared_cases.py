"""The worked cases that lie beside the repository, when they are there."""

import json
import os
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from shipsmart.core.errors import ShipSmartError
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current

ROOT = Path(__file__).resolve().parents[2]
FILE = Path(os.environ.get("SHIPSMART_SHARED", ROOT.parent / "shared")) / "cases" / "landed_cost.jsonl"


def cases():
    return [json.loads(line) for line in FILE.read_text().splitlines()] if FILE.exists() else []


@pytest.mark.skipif(not FILE.exists(), reason="the shared worked cases are not beside the repository")
def test_every_shared_case_is_answered_as_expected():
    wrong = {case["id"]: differences(case) for case in cases()}
    assert {name: found for name, found in wrong.items() if found} == {}


def differences(case):
    try:
        answer = compute(parse_request(case["request"], now=datetime.now(UTC)), law=current()).as_answer()
    except ShipSmartError as error:
        return [] if case["expect"].get("error") else [error.message]
    return [(key, value) for key, value in case["expect"].items() if not meets(answer, key, value)]


def meets(answer, key, value):
    if key == "status_in":
        return answer["status"] in value
    if key == "scheme":
        return answer["scheme"] == value
    side, _, name = key.partition(".")
    totals = answer["local_totals" if side == "local" else "totals"]
    if name == "duties":
        return Decimal(totals["duty"]) + Decimal(totals["additional_duty"]) == Decimal(value)
    return Decimal(totals[name]) == Decimal(value)
