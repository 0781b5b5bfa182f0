"""Each kind of work has a lane, so that a long import never stands in front of an order."""

import pytest

from shipsmart.inbox import lanes, operations
from shipsmart.inbox.models import OutboundMessage
from shipsmart.inbox.tasks import drain


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Register an ordinary and a bulk step whose effects write their keys into the list, and return the list."""
    seen: list[str] = []
    for name in ("test.order", "test.bulk"):
        monkeypatch.setitem(operations._handlers, name, lambda row: lambda: seen.append(row.key))
    monkeypatch.setitem(lanes._lane_of, "test.bulk", lanes.BULK)
    return seen


def _owe(*keys: str) -> None:
    for key in keys:
        operations.send(kind=f"test.{key.split('-')[0]}", key=key, payload={})


@pytest.mark.django_db
def test_a_lane_works_off_its_own_steps_only(handled: list[str]) -> None:
    _owe("bulk-1", "order-1", "bulk-2")
    while operations.drain(lane=lanes.ORDERS):
        continue
    assert handled == ["order-1"]
    while operations.drain(lane=lanes.BULK):
        continue
    assert handled == ["order-1", "bulk-1", "bulk-2"]


@pytest.mark.django_db
def test_a_step_nobody_knows_is_seen_to_in_the_lane_of_orders(handled: list[str]) -> None:
    operations.send(kind="test.unknown", key="u", payload={})
    operations.drain(lane=lanes.BULK)
    assert OutboundMessage.objects.get(key="u").last_error == ""
    operations.drain(lane=lanes.ORDERS)
    assert "nobody handles 'test.unknown'" in OutboundMessage.objects.get(key="u").last_error


@pytest.mark.django_db
def test_a_long_backlog_is_left_after_a_turn_and_asked_for_again(
    handled: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[str | None] = []
    monkeypatch.setattr("shipsmart.inbox.tasks.TURN_S", -1.0)
    monkeypatch.setattr("shipsmart.inbox.tasks.wake.up", woken.append)
    _owe(*(f"bulk-{n}" for n in range(12)))
    woken.clear()
    drain(lane=lanes.BULK)
    assert (len(handled), woken) == (5, [lanes.BULK])


def test_a_lane_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="'fast' is no lane; take one of orders, labels, tracking, bulk"):
        lanes.assign("x", "fast")


def test_long_work_stands_in_a_lane_of_its_own() -> None:
    assert {lanes.lane_of(name) for name in ("shopify", "shipsmart.unknown", "shipments.plan")} == {lanes.ORDERS}
    assert {lanes.lane_of(name) for name in ("shopify.import_products", "shipments.batch")} == {lanes.BULK}
    assert lanes.lane_of("shipments.label") == lanes.LABELS
    assert lanes.lane_of("tracking.start") == lanes.TRACKING
