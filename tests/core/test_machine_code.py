"""Machine code and sources of the core answer with the same bytes; what does not belong together never meets."""

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from shipsmart import core

ROOT = Path(__file__).resolve().parents[2]
ANSWER = """
import hashlib, json, sys
from datetime import UTC, datetime
from shipsmart import core
from shipsmart.core import money
from shipsmart.core.errors import ShipSmartError
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
from shipsmart.rules import current
law, digest, now = current(), hashlib.sha256(), datetime(2026, 11, 22, tzinfo=UTC)
for request in json.load(sys.stdin):
    try:
        found = compute(parse_request(request, now=now), law=law).as_answer()
    except ShipSmartError as error:
        found = error.as_dict()
    digest.update(json.dumps(found).encode())
print(json.dumps([core.COMPILED, money.__file__.endswith(".py"), digest.hexdigest()]))
"""
compiled = pytest.mark.skipif(not core.machine_code().is_dir(), reason="no machine code here: `make setup` says why")


def requests() -> list[object]:
    """Return every worked case, and rubbish, whose errors are to be the same too."""
    found = [tomllib.loads(file.read_text())["request"] for file in (ROOT / "tests/cases").glob("*.toml")]
    goods = {"quantity": 1, "unit_price": "5", "hs_code": "610910", "origin": "CN"}
    wrong = ({"quantity": 1.5}, {"unit_price": 5.0}, {"unit_price": "1e9"}, {"hs_code": 610910}, {"origin": None})
    cart = {"ship_from": {"country": "CN"}, "ship_to": {"country": "DE"}, "currency": "EUR", "freight": "1"}
    return found + [{**cart, "lines": [goods | change]} for change in wrong] + [{}, [], None, 7]


def answered(folder: Path = ROOT, **environment: str) -> list[object]:
    done = subprocess.run(
        [sys.executable, "-c", ANSWER],
        input=json.dumps(requests(), default=str),
        env={**os.environ, "SHIPSMART_CORE": "", **environment},
        cwd=folder,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@compiled
def test_both_answer_every_case_with_the_same_bytes() -> None:
    fast, plain = answered(), answered(SHIPSMART_CORE="plain")
    assert (fast[:2], plain[:2]) == ([True, False], [False, True])
    assert fast[2] == plain[2]


@compiled
def test_a_changed_source_is_read_itself_until_it_is_made_anew(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "shipsmart", tmp_path / "shipsmart", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "build", tmp_path / "build")
    assert answered(tmp_path)[:2] == [True, False]
    source = tmp_path / "shipsmart/core/money.py"
    source.write_text(source.read_text() + "\n# changed\n")
    assert answered(tmp_path)[:2] == [False, True]


@pytest.mark.parametrize(
    ("setup", "strict", "status"),
    [("import os; os.environ['CC'] = '/nothing/that/compiles'", True, 1), ("sys.modules['mypyc'] = None", False, 0)],
    ids=["no compiler", "no mypyc"],
)
def test_without_what_it_takes_the_set_up_goes_on_and_says_so(
    tmp_path: Path, setup: str, strict: bool, status: int
) -> None:
    for part in ("shipsmart", "deploy"):
        shutil.copytree(ROOT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    script = f"import runpy, sys; {setup}; runpy.run_path('deploy/compile_core.py', run_name='__main__')"
    command = [sys.executable, "-c", script, *(["--strict"] if strict else [])]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "landed cost runs in plain Python" in done.stderr) == (status, True), done.stderr
    assert answered(tmp_path)[:2] == [False, True]
    assert [left.suffix for left in (tmp_path / "build" / "core").iterdir()] == [".failed"]  # nothing half made
    again = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (again.returncode, "plain Python" in again.stderr) == (status, strict)  # said once, unless it is demanded
