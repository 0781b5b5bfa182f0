import pytest

from shipsmart.rating.breaker import Breaker


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


def broken(clock):
    breaker = Breaker(failures=3, open_s=10, clock=clock)
    for _ in range(3):
        breaker.failed("a")
    return breaker


def test_it_opens_after_failures_in_a_row_for_that_account_only(clock):
    breaker = broken(clock)
    assert not breaker.allows("a")
    assert breaker.allows("b")


def test_a_success_in_between_starts_the_count_anew(clock):
    breaker = Breaker(failures=2, open_s=10, clock=clock)
    breaker.failed("a")
    breaker.succeeded("a")
    breaker.failed("a")
    assert breaker.allows("a")


def test_after_the_pause_one_caller_tries_and_its_luck_decides(clock):
    breaker = broken(clock)
    clock.now += 10
    assert [breaker.allows("a"), breaker.allows("a")] == [True, False]
    breaker.failed("a")
    assert not breaker.allows("a")
    clock.now += 10
    assert breaker.allows("a")
    breaker.succeeded("a")
    assert breaker.allows("a")
    assert breaker.allows("a")


def test_a_trial_that_never_took_place_is_given_to_the_next(clock):
    breaker = broken(clock)
    clock.now += 10
    assert breaker.allows("a")
    breaker.abandoned("a")
    assert breaker.allows("a")


def test_another_process_hears_of_it_through_the_cache(clock):
    broken(clock)
    other = Breaker(failures=3, open_s=10, clock=clock)
    assert other.allows("a")
    assert other.hear("a")
    assert not other.allows("a")
    assert not other.hear("b")


def test_news_of_another_process_does_not_end_a_trial_that_is_running(clock):
    breaker = broken(clock)
    clock.now += 10
    assert breaker.allows("a")
    assert not breaker.hear("a")
    breaker.succeeded("a")
    assert breaker.allows("a")
