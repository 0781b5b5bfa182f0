"""kill -9 at any moment: nothing is lost, no second label is bought, no number of an invoice is skipped.

Threads over SQLite under `make test`, Celery's processes over PostgreSQL and Redis under `make test-services`.
"""

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
import requests
from django.conf import settings

from integrations.bench.server import services

ROOT = Path(__file__).resolve().parents[2]
ORDERS = 12 if settings.EMBEDDED else 40
KILLED_AT = (1, 4, 7) if settings.EMBEDDED else (3, 12, 22, 30)  # labels bought by then
WITHIN_S = 90
SLOW = {"carrier": "ups", "operation": "ship", "kind": "slow:0.4"}  # most kills fall while a carrier is asked
Rows = list[tuple[Any, ...]]


class Installation:
    """One of its own, with its database and keys; `ask` reads its tables, whatever the database is."""

    def __init__(self, folder: Path, own: dict[str, str], carriers: dict[str, str]) -> None:
        self._sqlite, self._url = folder / "shipsmart.sqlite3", own.get("DATABASE_URL", "")
        kept = {key: value for key, value in os.environ.items() if key != "DJANGO_SETTINGS_MODULE"}
        self.env = {
            **kept,
            **own,
            "VAR_DIR": str(folder),
            "UPS_BASE_URL": carriers["ups"],
            "LEASE_S": "3",
            "SWEEP_S": "0.1",
            "LABEL_TIMEOUT_S": "1.5",
            "TRACKING_PACE": "0.001",
            "LOG_LEVEL": "ERROR",
        }

    def ask(self, query: str) -> Rows:
        if self._url:
            with psycopg.connect(self._url.replace("postgres://", "postgresql://")) as line:
                return line.execute(query).fetchall()
        with sqlite3.connect(self._sqlite, timeout=20) as database:
            return database.execute(query).fetchall()

    def done(self, kind: str) -> int:
        """Return how many steps of that kind are done."""
        query = f"select count(*) from inbox_outboundmessage where kind='shipments.{kind}' and state='done'"
        return int(self.ask(query)[0][0])

    def until(self, kind: str, count: int) -> None:
        """Return when so many are, or when that takes too long for anything to be well."""
        ends = time.monotonic() + WITHIN_S
        while self.done(kind) < count and time.monotonic() < ends:
            time.sleep(0.05)


@pytest.fixture
def installation(tmp_path: Path, practice_carriers: dict[str, str]) -> Iterator[Installation]:
    with services() as own:
        found = Installation(tmp_path, own, practice_carriers)
        seed = [sys.executable, "tests/chaos/seed_orders.py", str(ORDERS)]
        subprocess.run(seed, cwd=ROOT, env=found.env, check=True)
        requests.post(f"{practice_carriers['url']}/_practice/faults", json=SLOW, timeout=10).raise_for_status()
        yield found
        requests.delete(f"{practice_carriers['url']}/_practice/faults", timeout=10)


@pytest.fixture
def worker(installation: Installation) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    begun: list[subprocess.Popen[bytes]] = []

    def begin() -> subprocess.Popen[bytes]:
        command = [sys.executable, "manage.py", "work", "--concurrency", "3"]
        begun.append(subprocess.Popen(command, cwd=ROOT, env=installation.env, start_new_session=True))
        return begun[-1]

    yield begin
    for child in begun:
        kill(child)


def kill(child: subprocess.Popen[bytes]) -> None:
    """End a worker with all its processes, which get no chance to do anything about it."""
    with suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGKILL)
    child.wait()


def test_killed_workers_lose_nothing_and_buy_nothing_twice(
    installation: Installation, worker: Callable[[], subprocess.Popen[bytes]], practice_carriers: dict[str, str]
) -> None:
    chance = random.Random(20261122)
    for count in KILLED_AT:
        child = worker()
        installation.until("label", count)
        time.sleep(chance.uniform(0, 0.4))
        kill(child)
    worker()
    installation.until("papers", ORDERS)

    assert installation.done("papers") == ORDERS
    references = [row[0] for row in installation.ask("select reference from shipments_shipment where state='bought'")]
    assert len(references) == ORDERS
    booked = requests.get(f"{practice_carriers['url']}/_practice/shipments", timeout=10).json()["shipments"]
    assert {ref: sum(ref in str(row) for row in booked) for ref in references} == dict.fromkeys(references, 1)
    numbers = sorted(row[0] for row in installation.ask("select invoice_number from shipments_shipment"))
    assert numbers == [f"INV-{n:06d}" for n in range(1, ORDERS + 1)]
    papers = installation.ask("select kind, count(*), max(version) from documents_document group by kind")
    assert {("commercial_invoice", ORDERS, 1), ("packing_list", ORDERS, 1), ("label", ORDERS, 1)} <= set(papers)
    # A kill that met nobody at work would prove nothing: these were begun by one worker and finished by another.
    taken_over = "select count(*) from inbox_outboundmessage where kind='shipments.label' and attempts > 1"
    assert int(installation.ask(taken_over)[0][0]) >= len(KILLED_AT)
