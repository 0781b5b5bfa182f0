"""How fast landed cost is computed in one thread, reasons and all, and how much memory the law takes."""

import json
import subprocess
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from django.conf import settings

from integrations.bench.flat import germany
from integrations.bench.measure import RUNS, Result, median_of, medians_of, per_second, short
from shipsmart.quotes import landed

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)
LINES = (
    {"id": "1", "quantity": 3, "unit_price": "49.00", "hs_code": "610910", "origin": "BD"},
    {"id": "2", "quantity": 1, "unit_price": "129.50", "discount": "10.00", "hs_code": "640399", "origin": "VN"},
    {"id": "3", "quantity": 2, "unit_price": "75.25", "hs_code": "420221", "origin": "CN"},
)


def cart(lines: Iterable[dict[str, Any]] = LINES, **changes: Any) -> dict[str, Any]:
    """Return a request of the contract: from the United States to Germany, standard entry."""
    base = {
        "at": NOW.isoformat(),
        "ship_from": {"country": "US"},
        "ship_to": {"country": "DE", "postcode": "10115"},
        "currency": "EUR",
        "freight": "24.90",
        "lines": list(lines),
    }
    return base | changes


def big_cart(size: int = 50) -> dict[str, Any]:
    return cart({**LINES[n % len(LINES)], "id": str(n + 1)} for n in range(size))


def quotes() -> list[Result]:
    """Three lines, from the JSON values of the request to the JSON values of the answer."""
    request = cart()
    ours, flat = medians_of(
        lambda: per_second(partial(landed.answer, request, now=NOW)), lambda: per_second(partial(germany, request))
    )
    return [Result("landed_cost.quotes", ours, "quotes/s", "flat", flat, "3 lines US to DE, one thread, CPU time")]


def cart_50() -> list[Result]:
    request = big_cart()
    value = median_of(lambda: 1000 / per_second(partial(landed.answer, request, now=NOW), seconds=0.3))
    return [Result("landed_cost.cart_50", value, "ms", setup="50 lines US to DE, one thread, CPU time")]


MEMORY = """
import gc, json, sys
from pathlib import Path
from datetime import UTC, datetime
def mb():
    gc.collect()
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 1e6
from shipsmart import rules
from shipsmart.core.landed_cost import compute
from shipsmart.core.request import parse_request
before = mb()
law = rules.current()
request = json.loads(sys.argv[1])
compute(parse_request(request, now=datetime.now(UTC)), law=law).as_answer()
print(json.dumps(mb() - before))
"""


def memory() -> list[Result]:
    """The growth of a fresh process's resident memory by the rulebook, after a quote to the United States."""
    abroad = cart(ship_from={"country": "CN"}, ship_to={"country": "US", "region": "NY"}, currency="USD")

    def grown() -> float:
        command = [sys.executable, "-c", MEMORY, json.dumps(abroad)]
        done = subprocess.run(command, capture_output=True, check=True, cwd=settings.BASE_DIR)  # noqa: S603
        return float(json.loads(done.stdout))

    value = short(median_of(grown, runs=RUNS))
    return [Result("landed_cost.memory", value, "MB", setup="resident set after loading, whole US schedule")]
