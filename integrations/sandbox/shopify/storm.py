"""A storm of webhooks against a running app: duplicates, any order, forgeries; says what was acknowledged.

    python -m integrations.sandbox.shopify.storm --url http://127.0.0.1:8000 --secret SECRET --orders 1,2,3

Prints one JSON object: how many were sent, acknowledged and refused, the ids of the genuine ones, the times. What the
app made of them is to be looked up in the app: one stored message per id, and no trace of a forgery.
"""

import argparse
import json
import queue
import random
import sys
import threading
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests

from integrations.sandbox.shopify.signing import body_signature

FORGERIES = ("unsigned", "wrong_secret", "changed_body", "no_base64")


@dataclass(frozen=True)
class Planned:
    """One request: a genuine webhook, its repetition, or a forgery (`forged` says of which kind)."""

    id: str
    body: bytes
    headers: dict[str, str]
    forged: str = ""


@dataclass
class Outcome:
    statuses: Counter[tuple[bool, int]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    acknowledged: set[str] = field(default_factory=set)
    errors: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Mixture:
    """How many requests, and which shares of them are duplicates and forgeries."""

    count: int
    duplicates: float
    forgeries: float


def plan(mixture: Mixture, *, shop: str, secret: str, orders: list[int], seed: int) -> list[Planned]:
    """Return the requests in random order."""
    chance = random.Random(seed)  # noqa: S311 - a reproducible storm, no secret
    forged = int(mixture.count * mixture.forgeries)
    repeated = int(mixture.count * mixture.duplicates)
    single = mixture.count - forged - repeated
    genuine = [_webhook(shop=shop, secret=secret, order=chance.choice(orders)) for _ in range(single)]
    copies = [chance.choice(genuine) for _ in range(repeated)]
    false = [_forged(chance.choice(genuine), FORGERIES[n % len(FORGERIES)]) for n in range(forged)]
    everything = [*genuine, *copies, *false]
    chance.shuffle(everything)
    return everything


def _webhook(*, shop: str, secret: str, order: int) -> Planned:
    number = str(uuid.uuid4())
    body = json.dumps({"id": order, "admin_graphql_api_id": f"gid://shopify/Order/{order}", "storm": number}).encode()
    headers = {
        "Content-Type": "application/json",
        "X-Shopify-Topic": "orders/updated",
        "X-Shopify-Shop-Domain": shop,
        "X-Shopify-API-Version": "2026-07",
        "X-Shopify-Webhook-Id": number,
        "X-Shopify-Event-Id": str(uuid.uuid4()),
        "X-Shopify-Triggered-At": datetime.now(UTC).isoformat(),
        "X-Shopify-Hmac-Sha256": body_signature(secret=secret, body=body),
    }
    return Planned(number, body, headers)


def _forged(like: Planned, kind: str) -> Planned:
    number = str(uuid.uuid4())
    headers, body = {**like.headers, "X-Shopify-Webhook-Id": number}, like.body
    if kind == "unsigned":
        del headers["X-Shopify-Hmac-Sha256"]
    elif kind == "wrong_secret":
        headers["X-Shopify-Hmac-Sha256"] = body_signature(secret="guessed", body=body)  # noqa: S106 - a wrong one
    elif kind == "changed_body":
        body = body.replace(b'"id"', b'"ID"', 1)
    else:
        headers["X-Shopify-Hmac-Sha256"] = "not base64 at all"
    return Planned(number, body, headers, forged=kind)


def send(url: str, requests_: list[Planned], *, threads: int) -> Outcome:
    """Send everything, `threads` at a time; a broken line is tried again, as the store does."""
    waiting: queue.SimpleQueue[Planned] = queue.SimpleQueue()
    for one in requests_:
        waiting.put(one)
    outcome, lock = Outcome(), threading.Lock()

    def work() -> None:
        with requests.Session() as session:
            while True:
                try:
                    one = waiting.get_nowait()
                except queue.Empty:
                    return
                _deliver(session, url, one, outcome, lock)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return outcome


def _deliver(session: requests.Session, url: str, one: Planned, outcome: Outcome, lock: threading.Lock) -> None:
    for _ in range(9):
        started = time.monotonic()
        try:
            status = session.post(url, data=one.body, headers=one.headers, timeout=(1, 5)).status_code
        except requests.RequestException as error:
            with lock:
                outcome.errors[type(error).__name__] += 1
            continue
        with lock:
            outcome.seconds.append(time.monotonic() - started)
            outcome.statuses[bool(one.forged), status] += 1
            if 200 <= status < 300:
                outcome.acknowledged.add(one.id)
        if status < 500:
            return


def report(planned: list[Planned], outcome: Outcome, took_s: float) -> dict[str, Any]:
    genuine = {one.id for one in planned if not one.forged}
    forged = {one.id for one in planned if one.forged}
    times = sorted(outcome.seconds)
    return {
        "sent": len(planned),
        "genuine": len(genuine),
        "forged": len(forged),
        "not_acknowledged": sorted(genuine - outcome.acknowledged),
        "forgeries_taken": sorted(forged & outcome.acknowledged),
        "statuses": {f"{'forged' if f else 'genuine'} {s}": n for (f, s), n in sorted(outcome.statuses.items())},
        "errors": dict(outcome.errors),
        "seconds": round(took_s, 2),
        "per_second": round(len(outcome.seconds) / took_s, 1),
        "p50_ms": round(times[len(times) // 2] * 1000, 1),
        "p99_ms": round(times[int(len(times) * 0.99)] * 1000, 1),
        "ids": sorted(genuine),
    }


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Send a storm of webhooks to a running app.")
    parser.add_argument("--url", required=True, help="where the app listens")
    parser.add_argument("--secret", required=True)
    parser.add_argument("--shop", default="nordic-lights.myshopify.com")
    parser.add_argument("--orders", required=True, help="numbers of orders that the practice shop knows, with commas")
    parser.add_argument("--count", type=int, default=5000)
    parser.add_argument("--duplicates", type=float, default=0.3)
    parser.add_argument("--forgeries", type=float, default=0.1)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--seed", type=int, default=1)
    said = parser.parse_args(arguments)
    orders = [int(number) for number in said.orders.split(",")]
    mixture = Mixture(said.count, said.duplicates, said.forgeries)
    planned = plan(mixture, shop=said.shop, secret=said.secret, orders=orders, seed=said.seed)
    started = time.monotonic()
    outcome = send(f"{said.url}/shopify/webhooks", planned, threads=said.threads)
    json.dump(report(planned, outcome, time.monotonic() - started), sys.stdout)


if __name__ == "__main__":
    main()
