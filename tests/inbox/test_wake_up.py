"""A wake-up reaches the broker that is set, and losing it loses nothing but time."""

import os
import secrets
import subprocess
import sys

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.db import transaction

from shipsmart.inbox import operations, wake
from shipsmart.inbox.models import OutboundMessage


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not settings.EMBEDDED, reason="only the embedded default wakes a thread")
def test_the_embedded_worker_is_woken_after_the_commit() -> None:
    for event in wake.something_to_do.values():
        event.clear()
    with transaction.atomic():
        operations.send(kind="x", key="k", payload={})
        assert not wake.something_to_do["orders"].is_set()
    assert [lane for lane, event in wake.something_to_do.items() if event.is_set()] == ["orders"]


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(settings.EMBEDDED, reason="needs Redis (REDIS_URL)")
def test_the_wake_up_lands_in_our_redis() -> None:
    client = redis.Redis.from_url(settings.REDIS_URL)
    queue = f"{settings.REDIS_PREFIX}orders"
    before = client.llen(queue)  # other tests of this run leave wake-ups there too; nobody takes them
    with transaction.atomic():
        operations.send(kind="x", key="k", payload={})
    assert client.llen(queue) > before


ANOTHER = """
import django; django.setup()
from django.core.cache import cache
from shipsmart.inbox import wake
cache.set("held", 1); wake.up("orders")
"""


@pytest.mark.skipif(settings.EMBEDDED, reason="needs Redis (REDIS_URL)")
def test_installations_that_share_a_redis_keep_apart() -> None:
    prefix = f"{secrets.token_hex(4)}:"
    env = {**os.environ, "REDIS_PREFIX": prefix, "DJANGO_SETTINGS_MODULE": "shipsmart.settings"}
    subprocess.run([sys.executable, "-c", ANOTHER], env=env, check=True, cwd=settings.BASE_DIR)
    client = redis.Redis.from_url(settings.REDIS_URL)
    theirs = {key.decode().removeprefix(prefix) for key in client.scan_iter(f"{prefix}*")}
    client.delete(*(prefix + key for key in theirs))
    assert theirs >= {":1:held", "orders"}
    assert cache.get("held") is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(settings.EMBEDDED, reason="needs Redis (REDIS_URL)")
def test_a_broker_that_is_away_loses_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    from shipsmart.celery import app

    monkeypatch.setitem(app.conf, "broker_url", "redis://127.0.0.1:1/0")
    monkeypatch.setattr(app, "_pool", None)
    with transaction.atomic():
        operations.send(kind="x", key="k", payload={})
    assert OutboundMessage.objects.filter(key="k", state="new").exists()


def test_a_turn_over_many_rows_wakes_a_lane_at_the_first_and_once_more_at_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    woken: list[str] = []
    monkeypatch.setattr(wake, "_wake", woken.append)
    with wake.together():
        for lane in ("labels", "labels", "orders", "labels"):
            wake.up(lane)
        assert woken == ["labels", "orders"]
    assert woken == ["labels", "orders", "labels"]
    wake.up("labels")
    assert woken[3:] == ["labels"]
