"""Work is a row: received once, claimed by one, finished with its effects or not at all."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from shipsmart.inbox import operations
from shipsmart.inbox.leases import MAX_ATTEMPTS, State
from shipsmart.inbox.models import InboundEvent, OutboundMessage
from shipsmart.ports import IntegrationError


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Register a handler of kind "test.note" whose effect writes into the list, and return the list."""
    seen: list[str] = []
    monkeypatch.setitem(operations._handlers, "test.note", lambda row: lambda: seen.append(row.key))
    return seen


def _receive(key: str = "a") -> bool:
    return operations.receive(source="test", topic="t", dedup_key=key, account="shop", headers={}, body="{}")


def _due_now() -> None:
    OutboundMessage.objects.update(due=timezone.now() - timedelta(seconds=1))


@pytest.mark.django_db
def test_the_same_delivery_three_times_is_one_row() -> None:
    assert [_receive(), _receive(), _receive()] == [True, False, False]
    assert InboundEvent.objects.count() == 1


@pytest.mark.django_db
def test_a_message_is_owed_once_per_key(handled: list[str]) -> None:
    for _ in range(3):
        operations.send(kind="test.note", key="k", payload={})
    operations.drain()
    operations.send(kind="test.note", key="k", payload={})
    operations.drain()
    assert handled == ["k"]


@pytest.mark.django_db
def test_a_finished_message_can_be_owed_once_more(handled: list[str]) -> None:
    operations.send(kind="test.note", key="k", payload={})
    operations.drain()
    operations.send(kind="test.note", key="k", payload={}, again=True)
    operations.drain()
    assert handled == ["k", "k"]


@pytest.mark.django_db
def test_a_delayed_message_waits(handled: list[str]) -> None:
    operations.send(kind="test.note", key="k", payload={}, delay_s=60)
    operations.drain()
    assert handled == []


@pytest.mark.django_db
def test_who_lost_the_lease_changes_nothing(handled: list[str]) -> None:
    operations.send(kind="test.note", key="k", payload={})
    slow = OutboundMessage.objects.claim()[0]
    _due_now()  # the lease runs out while the first worker is stopped
    fast = OutboundMessage.objects.claim()[0]
    kind = next(kind for kind in operations._kinds if kind.model is OutboundMessage)
    operations.work(kind, fast)
    operations.work(kind, slow)
    assert handled == ["k"]
    assert OutboundMessage.objects.get().state == State.DONE


@pytest.mark.django_db
@pytest.mark.handler_breaks
def test_effects_and_the_end_of_the_work_are_one_transaction(monkeypatch: pytest.MonkeyPatch) -> None:
    def handler(row: Any) -> Any:
        def effects() -> None:
            _receive("from-effects")
            raise RuntimeError("the process dies here")

        return effects

    monkeypatch.setitem(operations._handlers, "test.crash", handler)
    operations.send(kind="test.crash", key="k", payload={})
    operations.drain()
    row = OutboundMessage.objects.get()
    assert (row.state, InboundEvent.objects.count()) == (State.NEW, 0)
    assert "the process dies here" in row.last_error


@pytest.mark.django_db
def test_a_permanent_error_gives_up_at_once_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []

    def refuse(_: Any) -> None:
        raise IntegrationError("postcode unknown", permanent=True, code="refused")

    monkeypatch.setitem(operations._handlers, "test.refused", refuse)
    monkeypatch.setitem(operations._dead, "test.refused", lambda _row, text: told.append(text))
    operations.send(kind="test.refused", key="k", payload={})
    operations.drain()
    assert OutboundMessage.objects.get().state == State.DEAD
    assert told == ["refused: postcode unknown"]


@pytest.mark.django_db
def test_a_passing_error_is_tried_again_later_and_given_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []

    def away(_: Any) -> None:
        calls.append(1)
        raise IntegrationError("away", permanent=False)

    monkeypatch.setitem(operations._handlers, "test.away", away)
    operations.send(kind="test.away", key="k", payload={})
    operations.drain()
    assert OutboundMessage.objects.get().due > timezone.now()
    for _ in range(MAX_ATTEMPTS + 5):
        _due_now()
        operations.drain()
    assert (len(calls), OutboundMessage.objects.get().state) == (MAX_ATTEMPTS, State.DEAD)


@pytest.mark.django_db
def test_a_partner_that_names_a_time_is_asked_then(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(_: Any) -> None:
        raise IntegrationError("slow down", permanent=False, retry_after_s=500)

    monkeypatch.setitem(operations._handlers, "test.busy", busy)
    operations.send(kind="test.busy", key="k", payload={})
    operations.drain()
    wait = (OutboundMessage.objects.get().due - timezone.now()).total_seconds()
    assert 490 < wait <= 500


@pytest.mark.django_db
def test_given_up_work_can_be_woken() -> None:
    row = OutboundMessage.objects.create(kind="x", key="k", state=State.DEAD, attempts=12)
    assert OutboundMessage.wake_dead([row.pk]) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.NEW, 0)


@pytest.mark.django_db(transaction=True)
def test_two_workers_never_claim_the_same_row() -> None:
    with transaction.atomic():
        for n in range(40):
            operations.send(kind="test.note", key=str(n), payload={})
    claimed: list[int] = []
    lock = threading.Lock()

    def worker() -> None:
        rows = OutboundMessage.objects.claim(5)
        while rows:
            with lock:
                claimed.extend(row.pk for row in rows)
            rows = OutboundMessage.objects.claim(5)
        connection.close()

    threads = [threading.Thread(target=worker) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(claimed) == sorted(OutboundMessage.objects.values_list("pk", flat=True))


def test_every_named_handler_exists() -> None:
    assert {"shipments.plan", "shipments.label", "shipments.papers", "shipments.fulfil"} <= set(operations._handlers)
    assert all(callable(operations._resolve(handler)) for handler in operations._handlers.values())


@pytest.mark.django_db
def test_many_are_owed_again_in_as_many_statements_as_one(handled: list[str], django_assert_num_queries: Any) -> None:
    wanted = {str(number): {} for number in range(20)}
    operations.send_all("test.note", dict.fromkeys(list(wanted)[:10], {}))
    while operations.drain():
        continue
    with transaction.atomic(), django_assert_num_queries(2):
        operations.send_again("test.note", wanted)
    while operations.drain():
        continue
    assert sorted(handled, key=int) == sorted([*list(wanted)[:10], *wanted], key=int)


@pytest.mark.django_db
def test_what_is_under_way_is_not_owed_a_second_time(handled: list[str]) -> None:
    operations.send(kind="test.note", key="k", payload={"n": 1})
    (row,) = OutboundMessage.objects.claim()
    operations.send(kind="test.note", key="k", payload={"n": 2}, again=True)
    row.refresh_from_db()
    assert (row.payload, row.due > timezone.now() + timedelta(seconds=1)) == ({"n": 1}, True)
