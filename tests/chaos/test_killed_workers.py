"""kill -9 at any moment: nothing is lost, no second label is bought, no number of an invoice is skipped."""

import os
import random
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parents[2]
ORDERS, KILLS, WITHIN_S = 8, 5, 90


def environment(folder: Path, carriers: dict[str, str]) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")}
    return kept | {
        "VAR_DIR": str(folder),
        "UPS_BASE_URL": carriers["ups"],
        "LEASE_S": "3",
        "SWEEP_S": "0.1",
        "LABEL_TIMEOUT_S": "1.5",
        "TRACKING_PACE": "0.001",
        "LOG_LEVEL": "ERROR",
    }


def ask(folder: Path, query: str) -> list[tuple[str, ...]]:
    with sqlite3.connect(folder / "shipsmart.sqlite3", timeout=20) as database:
        return database.execute(query).fetchall()


def labelled(folder: Path) -> int:
    done = "select count(*) from inbox_outboundmessage where kind='shipments.papers' and state='done'"
    return int(ask(folder, done)[0][0])


def worker(env: dict[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "manage.py", "work", "--concurrency", "3"], cwd=ROOT, env=env)


def test_killed_workers_lose_nothing_and_buy_nothing_twice(tmp_path: Path, practice_carriers: dict[str, str]) -> None:
    env = environment(tmp_path, practice_carriers)
    subprocess.run([sys.executable, "tests/chaos/seed_orders.py", str(ORDERS)], cwd=ROOT, env=env, check=True)
    chance = random.Random(20261122)
    for _ in range(KILLS):
        child = worker(env)
        time.sleep(chance.uniform(0.9, 2.2))  # most of it is the start of the process
        child.kill()
        child.wait()
    child = worker(env)
    until = time.monotonic() + WITHIN_S
    while labelled(tmp_path) < ORDERS and time.monotonic() < until:
        time.sleep(0.2)
    child.terminate()
    child.wait(20)

    assert labelled(tmp_path) == ORDERS
    references = [row[0] for row in ask(tmp_path, "select reference from shipments_shipment where state='bought'")]
    assert len(references) == ORDERS
    booked = requests.get(f"{practice_carriers['url']}/_practice/shipments", timeout=10).json()["shipments"]
    assert {ref: sum(ref in str(row) for row in booked) for ref in references} == dict.fromkeys(references, 1)
    numbers = sorted(row[0] for row in ask(tmp_path, "select invoice_number from shipments_shipment"))
    assert numbers == [f"INV-{n:06d}" for n in range(1, ORDERS + 1)]
    papers = ask(tmp_path, "select kind, count(*), max(version) from documents_document group by kind")
    assert {("commercial_invoice", ORDERS, 1), ("packing_list", ORDERS, 1), ("label", ORDERS, 1)} <= set(papers)
