import threading
import time

import pytest

from integrations.kit.oauth import Token, forget, token, token_key


def test_a_token_is_kept_until_shortly_before_its_end():
    calls = []
    for _ in range(3):
        assert token("keep", lambda: calls.append(1) or Token("abc", 3600)) == "abc"
    assert len(calls) == 1


def test_a_token_that_ends_within_a_minute_is_not_kept():
    calls = []
    for _ in range(2):
        token("short", lambda: calls.append(1) or Token("abc", 59))
    assert len(calls) == 2


def test_of_many_callers_one_fetches():
    calls, got = [], []

    def fetch():
        calls.append(1)
        time.sleep(0.1)
        return Token("abc", 3600)

    threads = [threading.Thread(target=lambda: got.append(token("many", fetch))) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(calls), got) == (1, ["abc"] * 10)


def test_a_refused_token_is_fetched_anew_unless_it_already_was():
    token("again", lambda: Token("old", 3600))
    forget("again", "old")
    assert token("again", lambda: Token("new", 3600)) == "new"
    forget("again", "old")
    assert token("again", lambda: Token("newer", 3600)) == "new"


def test_a_failed_fetch_is_not_kept():
    with pytest.raises(ValueError, match="down"):
        token("fails", lambda: (_ for _ in ()).throw(ValueError("down")))
    assert token("fails", lambda: Token("abc", 3600)) == "abc"


def test_the_key_changes_with_the_secret_and_hides_it():
    assert token_key("ups", "id", "secret") != token_key("ups", "id", "other")
    assert "secret" not in token_key("ups", "id", "secret")
    assert "abc" not in repr(Token("abc", 1))
