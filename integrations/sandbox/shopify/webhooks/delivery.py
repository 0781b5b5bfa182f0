"""Sending webhooks: 1 s to connect, 5 s in all, eight retries over four hours, and an API-made subscription that fails
them all is removed.

Source: https://shopify.dev/docs/apps/build/webhooks/troubleshooting-webhooks
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import requests

from integrations.sandbox.shopify.config import Config
from integrations.sandbox.shopify.transport import post

RETRY_DELAYS_S = (60, 120, 240, 480, 900, 1800, 3600, 7200)
FORGOTTEN = "forgotten"
_WORKERS = 8


@dataclass(eq=False, kw_only=True)
class Delivery:
    """One webhook on its way to one address. The bytes and the Webhook-Id stay the same through all attempts."""

    shop: str
    topic: str
    uri: str
    body: bytes
    headers: dict[str, str]
    subject: int | None = None
    attempts: list[dict[str, Any]] = field(default_factory=list)
    state: str = "waiting"
    given_up: Callable[[], None] | None = None
    patience_s: float = 5.0

    def show(self) -> dict[str, Any]:
        return {
            "topic": self.topic,
            "uri": self.uri,
            "webhook_id": self.headers["X-Shopify-Webhook-Id"],
            "event_id": self.headers["X-Shopify-Event-Id"],
            "triggered_at": self.headers["X-Shopify-Triggered-At"],
            "state": self.state,
            "attempts": list(self.attempts),
        }


class Deliveries:
    """A time-ordered queue, one thread that watches the clock and a few that post."""

    def __init__(self, config: Config) -> None:
        self._scale = config.time_scale
        self._queue: list[tuple[float, int, Delivery]] = []
        self._counter = itertools.count()
        self._wake = threading.Condition()
        self._pool = ThreadPoolExecutor(_WORKERS, thread_name_prefix="webhook")
        self._stopped = False
        self.log: list[Delivery] = []
        self._clock = threading.Thread(target=self._run, name="webhook-clock", daemon=True)

    def start(self) -> None:
        self._clock.start()

    def stop(self) -> None:
        with self._wake:
            self._stopped = True
            self._wake.notify()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def add(self, delivery: Delivery, *, delay_s: float = 0.0) -> None:
        """Queue a first attempt, `delay_s` real seconds from now."""
        self.note(delivery)
        self._schedule(delivery, delay_s)

    def note(self, delivery: Delivery) -> None:
        """Keep `delivery` in the log without sending it."""
        with self._wake:
            self.log.append(delivery)
            del self.log[:-5000]

    def forget(self) -> int:
        """Take back everything that is still on its way; return how many."""
        with self._wake:
            waiting = [delivery for _, _, delivery in self._queue]
            self._queue.clear()
            for delivery in self.log:
                if delivery.state in ("waiting", "retrying"):
                    delivery.state = FORGOTTEN
        return len(waiting)

    def repeat(self, delivery: Delivery) -> None:
        """Send the same bytes with the same headers once more."""
        self.add(replace(delivery, attempts=[], state="waiting"))

    def of_subject(self, subject: int) -> list[Delivery]:
        with self._wake:
            return [d for d in self.log if d.subject == subject]

    def _schedule(self, delivery: Delivery, delay_s: float) -> None:
        with self._wake:
            heapq.heappush(self._queue, (time.monotonic() + delay_s, next(self._counter), delivery))
            self._wake.notify()

    def _run(self) -> None:
        while True:
            with self._wake:
                while not self._stopped and (not self._queue or self._queue[0][0] > time.monotonic()):
                    pause = self._queue[0][0] - time.monotonic() if self._queue else None
                    self._wake.wait(pause)
                if self._stopped:
                    return
                delivery = heapq.heappop(self._queue)[2]
            self._pool.submit(self._attempt, delivery)

    def _attempt(self, delivery: Delivery) -> None:
        if delivery.state == FORGOTTEN:
            return
        started = time.monotonic()
        outcome: dict[str, Any] = {"at": time.time()}
        try:
            answer = _post(delivery)
            outcome["status"] = answer
        except requests.RequestException as error:
            outcome["error"] = type(error).__name__
        outcome["seconds"] = round(time.monotonic() - started, 3)
        delivery.attempts.append(outcome)
        if 200 <= outcome.get("status", 0) < 300:
            delivery.state = "delivered"
        elif delivery.state == FORGOTTEN:
            return
        elif len(delivery.attempts) > len(RETRY_DELAYS_S):
            delivery.state = "failed"
            if delivery.given_up:
                delivery.given_up()
        else:
            delivery.state = "retrying"
            self._schedule(delivery, RETRY_DELAYS_S[len(delivery.attempts) - 1] / self._scale)


def _post(delivery: Delivery) -> int:
    """Return the status. The whole exchange must end in time (five seconds), however slowly bytes drip."""
    patience_s = delivery.patience_s
    deadline = time.monotonic() + patience_s
    with post(delivery.uri, body=delivery.body, headers=delivery.headers, timeout=(1, patience_s)) as answer:
        for _ in answer.iter_content(4096):
            if time.monotonic() > deadline:
                raise requests.Timeout(f"the answer took longer than {patience_s} seconds")
        return answer.status_code
