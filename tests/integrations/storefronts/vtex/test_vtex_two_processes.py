"""Two web processes over Redis and one database: whichever is asked, the same cart gets the same answer."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from django.conf import settings
from django.db import connection as database

from integrations.storefronts.vtex.callers import digest
from shipsmart.merchants.models import Connection, Merchant
from shipsmart.quotes.models import Quote

pytestmark = pytest.mark.skipif(settings.EMBEDDED, reason="needs PostgreSQL and Redis (DATABASE_URL, REDIS_URL)")
ROOT = Path(__file__).resolve().parents[4]
WORD = "a-word-of-two-processes"
CARTS = 25
SERVER = """
import os, socketserver, sys
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from shipsmart.wsgi import application
class Threaded(socketserver.ThreadingMixIn, WSGIServer):
    daemon_threads = True
class Silent(WSGIRequestHandler):
    def log_message(self, *_): pass
server = make_server("127.0.0.1", 0, application, server_class=Threaded, handler_class=Silent)
print(server.server_port, flush=True)
server.serve_forever()
"""


@pytest.fixture
def store(transactional_db: None, merchant: Merchant, connection: Connection) -> Connection:
    kept = {"authorization_sha256": digest(WORD), "sales_channels": {"1": {"currency": "EUR", "locale": "de-DE"}}}
    return Connection.objects.create(merchant=merchant, storefront="vtex", account="fjordbr", settings=kept)


@pytest.fixture
def processes(store: Connection, tmp_path: Path) -> Iterator[list[str]]:
    """The addresses of two web processes on the test's own database and Redis."""
    held = database.settings_dict
    host, port = held["HOST"] or "127.0.0.1", held["PORT"] or "5432"
    person = f"{held['USER']}:{held['PASSWORD']}@" if held["USER"] else ""
    env = os.environ | {
        "DATABASE_URL": f"postgres://{person}{host}:{port}/{held['NAME']}",
        "REDIS_URL": settings.REDIS_URL,
        "VAR_DIR": str(tmp_path),
        "ALLOWED_HOSTS": "127.0.0.1",
    }
    children = [
        subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, env=env, stdout=subprocess.PIPE) for _ in range(2)
    ]
    yield [f"http://127.0.0.1:{int(child.stdout.readline())}/vtex/{store.token}/tax" for child in children]
    for child in children:
        child.kill()
        child.wait(10)


def cart(number: int) -> bytes:
    line = {"id": "0", "sku": "1", "quantity": 1 + number % 3, "targetPrice": 29.0, "unitMultiplier": 1}
    line |= {"itemPrice": 29.0 + number, "discountPrice": 0, "freightPrice": 12.0, "shippingDestinationId": 1}
    place = {"id": 1, "country": "DEU", "city": "Berlin", "postalCode": "10969", "street": "Weg 1"}
    body: dict[str, Any] = {"orderFormId": f"of-{number}", "salesChannel": "1", "items": [line], "totals": []}
    return json.dumps(body | {"shippingDestinations": [place]}).encode()


def ask(url: str, body: bytes) -> bytes:
    answer = requests.post(url, body, headers={"Authorization": WORD, "Content-Type": "application/json"}, timeout=60)
    assert answer.status_code == 200, answer.content
    return answer.content


def test_two_processes_asked_at_once_and_again_give_the_same_bytes(processes: list[str]) -> None:
    with ThreadPoolExecutor(4) as pool:
        for number in range(CARTS):
            body = cart(number)
            at_once = list(pool.map(lambda url, sent=body: ask(url, sent), processes * 2))
            assert len(set(at_once)) == 1
            assert b"q_" in at_once[0]  # both compute a quote with an id of its own: only one of them counts
            assert {ask(url, body) for url in reversed(processes)} == set(at_once)
    assert all(quote.charges > 0 for quote in Quote.objects.all())
