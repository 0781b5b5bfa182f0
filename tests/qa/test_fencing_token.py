"""Whoever lost the lease of a row changes nothing: neither by finishing it nor by starting on it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from shipsmart.inbox import leases
from shipsmart.inbox import operations as inbox
from shipsmart.inbox.models import OutboundMessage, State

pytestmark = pytest.mark.django_db(transaction=True)


def _claimed_twice() -> tuple[OutboundMessage, OutboundMessage]:
    """Return the same row as a slow worker and as the one who took it over hold it."""
    inbox.send(kind="qa.fence", key="qa.fence:1", payload={})
    slow = OutboundMessage.objects.claim(1)[0]
    OutboundMessage.objects.update(due=timezone.now() - timedelta(seconds=1))
    return slow, OutboundMessage.objects.claim(1)[0]


def test_a_late_finish_changes_nothing() -> None:
    slow, owner = _claimed_twice()
    assert not slow.finish()
    assert OutboundMessage.objects.get().state == State.NEW
    assert owner.finish()
    assert OutboundMessage.objects.get().state == State.DONE


def test_a_late_worker_has_no_effects() -> None:
    slow, _ = _claimed_twice()
    done: list[str] = []
    kind = inbox.Kind(OutboundMessage, lambda row: lambda: done.append(row.key))
    inbox.work(kind, slow)
    assert done == []


def test_rows_whose_lease_ran_out_in_the_batch_are_left_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[str] = []

    def handle(row: OutboundMessage) -> None:
        calls.append(row.key)
        # While the first row is handled, the second one's lease runs out and somebody else claims it.
        OutboundMessage.objects.exclude(pk=row.pk).update(lease="somebody else")

    for number in (1, 2):
        inbox.send(kind="qa.fence", key=f"qa.fence:{number}", payload={})
    monkeypatch.setattr(inbox, "_kinds", [inbox.Kind(OutboundMessage, handle)])
    monkeypatch.setattr(leases, "LEASE_AS_NEW", 1.0)  # the first row took so long that no lease is new any more
    inbox.drain()
    assert calls == ["qa.fence:1"]
