"""Who answers a cart first, among processes that share Redis: stood in for by a second cache of Django's."""

from typing import Any

import pytest
from django.core.cache import caches
from redis.exceptions import ConnectionError as RedisAway

from integrations.storefronts.vtex import given


@pytest.fixture
def several(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.EMBEDDED = False
    monkeypatch.setattr(given, "_away_until", 0.0)


def test_the_first_process_decides_and_the_others_repeat_it(several: None) -> None:
    first = b"first"
    assert given.first("cart", first) is first
    caches["process"].clear()  # another process, which has computed something else meanwhile
    assert given.here("cart") is None
    assert given.first("cart", b"second") == b"first"
    assert given.here("cart") == b"first"


def test_without_redis_the_stored_quotes_are_asked_for_a_while(several: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class Away:
        def add(self, *_: Any) -> bool:
            raise RedisAway("gone")

    monkeypatch.setattr(given, "cache", Away())
    assert given.shared()
    ours = b"ours"
    assert given.first("cart", ours) is ours
    assert not given.shared()


def test_one_process_alone_shares_nothing(settings: Any) -> None:
    settings.EMBEDDED = True
    assert not given.shared()
    given.first("cart", b"ours")
    assert caches["default"].get("vtex.tax:cart") is None
