"""Once a day what nobody needs is removed; what is evidence stays."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from shipsmart.inbox import upkeep
from shipsmart.inbox.models import Heartbeat, InboundEvent, State
from shipsmart.orders.operations import take_in
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer
from shipsmart.quotes.upkeep import KEEP, unused_quotes

pytestmark = pytest.mark.django_db


def test_upkeep_runs_once_a_day_whoever_asks() -> None:
    now = timezone.now()
    assert upkeep.run_if_due(now) is False  # the first look only sets the clock
    assert upkeep.run_if_due(now + timedelta(hours=23)) is False
    assert upkeep.run_if_due(now + timedelta(hours=25)) is True
    assert upkeep.run_if_due(now + timedelta(hours=25)) is False
    assert Heartbeat.objects.filter(name="upkeep").count() == 1


def test_only_finished_messages_grow_old() -> None:
    long_ago = timezone.now() - upkeep.KEEP_MESSAGES - timedelta(days=1)
    for key, state in (("done", State.DONE), ("dead", State.DEAD), ("new", State.NEW)):
        finished = None if state == State.NEW else long_ago
        InboundEvent.objects.create(
            source="s", topic="t", dedup_key=key, account="a", body="{}", state=state, finished_at=finished
        )
    assert upkeep.old_messages() == 1
    assert set(InboundEvent.objects.values_list("dedup_key", flat=True)) == {"dead", "new"}


def test_a_quote_behind_an_order_stays(connection: Any, cart: Any, store_order: Any) -> None:
    kept, lost = fallback_answer(connection, cart), fallback_answer(connection, cart)
    kept.keep()
    option = kept.options[0]
    take_in(connection=connection, order=store_order(shipping_code=option.service_code, shipping_paid=option.price))
    lost.keep()
    Quote.objects.update(created_at=timezone.now() - KEEP - timedelta(days=1))
    assert unused_quotes() == 1
    assert Quote.objects.get().quote_id == option.quote_id
