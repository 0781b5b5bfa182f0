"""Quotes are stored behind the answer, many checkouts in one go; one that fails costs no other."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import DatabaseError

from shipsmart.quotes import keeping
from shipsmart.quotes.models import Quote
from shipsmart.quotes.operations import fallback_answer


@pytest.fixture
def behind(settings: Any, transactional_db: None) -> Iterator[None]:
    """Store behind, as a server does; the thread has ended when the test ends."""
    settings.QUOTES_KEPT_BEHIND = True
    keeping._writer = keeping._Writer()
    yield
    keeping._writer.finish()


def _until(count: int) -> int:
    ends_at = time.monotonic() + 5
    while Quote.objects.count() < count and time.monotonic() < ends_at:
        time.sleep(0.02)
    return Quote.objects.count()


def test_quotes_of_many_checkouts_are_stored_as_they_were_shown(behind: None, connection: Any, cart: Any) -> None:
    answers = [fallback_answer(connection, cart) for _ in range(7)]
    for answer in answers:
        answer.keep_behind()
    shown = {option.quote_id: option.price for answer in answers for option in answer.options}
    _until(len(shown))
    assert {quote.quote_id: quote.price for quote in Quote.objects.all()} == shown
    assert Quote.objects.filter(checkout=answers[3].checkout).count() == len(answers[3].options)


def test_rows_are_the_same_behind_as_at_once(behind: None, connection: Any, cart: Any) -> None:
    at_once, later = fallback_answer(connection, cart), fallback_answer(connection, cart)
    at_once.keep()
    later.keep_behind()
    _until(len(at_once.options) * 2)
    assert _values(at_once) == _values(later)


def _values(answer: Any) -> list[dict[str, Any]]:
    own = ("id", "quote_id", "checkout", "elapsed_ms")
    rows = Quote.objects.filter(checkout=answer.checkout).order_by("price", "service_code").values()
    return [{name: value for name, value in row.items() if name not in own} for row in rows]


def test_checkout_that_cannot_be_stored_costs_no_other(behind: None, connection: Any, cart: Any, caplog: Any) -> None:
    good, bad = fallback_answer(connection, cart), fallback_answer(connection, cart)
    rows = [row | {"merchant_id": None} for row in _rows_of(bad)]
    keeping.keep_behind(lambda: rows)
    good.keep_behind()
    _until(len(good.options))
    assert set(Quote.objects.values_list("checkout", flat=True)) == {good.checkout}
    keeping._writer.finish()
    assert f"the quotes of checkout {rows[0]['checkout']} were shown but could not be kept" in caplog.text


def _rows_of(answer: Any) -> list[dict[str, Any]]:
    answer.keep()
    rows = list(Quote.objects.filter(checkout=answer.checkout).values())
    Quote.objects.filter(checkout=answer.checkout).delete()
    return [{name: value for name, value in row.items() if name != "id"} for row in rows]


def test_what_waits_is_stored_when_the_process_ends_in_good_order(behind: None, connection: Any, cart: Any) -> None:
    answers = [fallback_answer(connection, cart) for _ in range(3)]
    for answer in answers:
        answer.keep_behind()
    keeping._writer.finish()
    assert Quote.objects.count() == sum(len(answer.options) for answer in answers)
    fallback_answer(connection, cart).keep_behind()  # nobody takes it behind any more: written at once
    assert Quote.objects.count() == sum(len(answer.options) for answer in answers) + len(answers[0].options)


def test_too_many_waiting_are_written_by_who_answered(
    behind: None, connection: Any, cart: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = threading.Event()
    monkeypatch.setattr(keeping, "MOST_WAITING", 1)
    keeping._writer = keeping._Writer()
    keeping.keep_behind(lambda: [] if blocked.wait(5) else [])
    answer = fallback_answer(connection, cart)
    taken = 0
    while taken < 10 and not Quote.objects.exists():
        answer = fallback_answer(connection, cart)
        answer.keep_behind()
        taken += 1
    assert Quote.objects.filter(checkout=answer.checkout).count() == len(answer.options)
    blocked.set()


def test_storing_at_once_says_what_went_wrong(db: None, connection: Any, cart: Any) -> None:
    rows = [row | {"merchant_id": None} for row in _rows_of(fallback_answer(connection, cart))]
    with pytest.raises(DatabaseError):
        keeping.write([rows])
    assert not Quote.objects.exists()
