"""The server under measurement: the product as `manage.py serve` starts it, with data and a database of its own."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import psycopg
import redis
import requests
from django.conf import settings
from psycopg import sql

from integrations.demo.processes import Processes, free_port, wait_until_up

DATABASE = "shipsmart_bench"
CLIENT_ID = "bench-client"


@dataclass(frozen=True)
class Server:
    """`prepared` is what `manage.py demo --prepare --json` printed."""

    url: str
    carriers: str
    prepared: dict[str, Any]
    setup: str

    def fault(self, **values: Any) -> None:
        requests.post(f"{self.carriers}/_practice/faults", json=values, timeout=10).raise_for_status()

    def mend(self) -> None:
        requests.delete(f"{self.carriers}/_practice/faults", timeout=10).raise_for_status()


@contextmanager
def serving() -> Iterator[Server]:
    """Start practice carriers and the server; everything made for it is gone afterwards."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="shipsmart-bench-")))
        own = stack.enter_context(services())
        processes = stack.enter_context(Processes(folder / "logs"))
        carriers = processes.start("carriers", ["-m", "integrations.sandbox.carriers", "--port", "0"], announces=True)
        port = free_port()
        env = _environment(folder, port, carriers) | own
        prepared = _prepare(env)
        _run(["-m", "integrations.bench.prepare"], env)
        web = processes.start("web", ["manage.py", "serve"], env=env)
        wait_until_up(f"http://127.0.0.1:{port}/healthz", web)
        kind = "PostgreSQL" if "DATABASE_URL" in own else "SQLite"
        server = "gunicorn, 1 process of 8 threads" if settings.EMBEDDED else "granian, 2 workers of 16 threads"
        yield Server(f"http://127.0.0.1:{port}", carriers["url"], prepared, f"{kind}; {server}")


def _environment(folder: Path, port: int, carriers: dict[str, str]) -> dict[str, str]:
    return {
        "DJANGO_SETTINGS_MODULE": "integrations.bench.settings",
        "VAR_DIR": str(folder / "var"),
        "PORT": str(port),
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "SHOPIFY_CLIENT_ID": CLIENT_ID,
        "SHOPIFY_BASE_URL": "http://127.0.0.1:9/{shop}",  # nobody is there and nobody is asked
        "DHL_EXPRESS_BASE_URL": carriers["dhl_express"],
        "UPS_BASE_URL": carriers["ups"],
        "FEDEX_BASE_URL": carriers["fedex"],
        "USPS_BASE_URL": carriers["usps"],
        "LOG_LEVEL": "CRITICAL",
    }


def _prepare(env: dict[str, str]) -> dict[str, Any]:
    return dict(json.loads(_run(["manage.py", "demo", "--prepare", "--json"], env)))


def _run(arguments: list[str], env: dict[str, str]) -> bytes:
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, *arguments], env={**os.environ, **env}, cwd=settings.BASE_DIR, capture_output=True, check=True
    )
    return done.stdout


@contextmanager
def services() -> Iterator[dict[str, str]]:
    """Yield the settings of a database and a Redis of the run's own: nothing real is read, changed or left behind."""
    with database() as own_database, redis_keys() as own_keys:
        yield own_database | own_keys


@contextmanager
def redis_keys() -> Iterator[dict[str, str]]:
    """Keep the run's keys apart: what another run left would tell this one that its carriers fail."""
    if settings.EMBEDDED:
        yield {}
        return
    prefix = f"{DATABASE}_{secrets.token_hex(4)}:"
    try:
        yield {"REDIS_PREFIX": prefix}
    finally:
        with redis.Redis.from_url(settings.REDIS_URL) as line:
            for key in line.scan_iter(f"{prefix}*", count=1000):
                line.delete(key)


@contextmanager
def database() -> Iterator[dict[str, str]]:
    """Make a PostgreSQL database beside the one of DATABASE_URL, so that no real data is touched; SQLite without."""
    if not settings.DATABASE_URL.startswith(("postgres", "pgsql")):
        yield {}
        return
    parts = urlsplit(settings.DATABASE_URL)
    name = f"{DATABASE}_{os.getpid()}"
    with psycopg.connect(urlunsplit(("postgresql", *parts[1:])), autocommit=True) as line:
        line.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        try:
            yield {"DATABASE_URL": urlunsplit((parts.scheme, parts.netloc, f"/{name}", parts.query, ""))}
        finally:
            line.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))
