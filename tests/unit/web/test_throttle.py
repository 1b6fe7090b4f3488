from __future__ import annotations

import itertools

import pytest

from taskdeck.web import throttle
from taskdeck.web.throttle import Throttle


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


_guesses = (f"guess {number}" for number in itertools.count())


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_few_wrong_tokens_are_free(clock: Clock) -> None:
    slow = Throttle(clock)
    for _ in range(throttle.FREE_ATTEMPTS - 1):
        slow.failed("a", next(_guesses))
        assert slow.seconds_to_wait("a") == 0


def test_then_each_wrong_token_doubles_the_wait_up_to_a_minute(clock: Clock) -> None:
    slow = Throttle(clock)
    for _ in range(throttle.FREE_ATTEMPTS - 1):
        slow.failed("a", next(_guesses))
    waits = []
    for _ in range(8):
        slow.failed("a", next(_guesses))
        waits.append(slow.seconds_to_wait("a"))
        clock.now += waits[-1]
        assert slow.seconds_to_wait("a") == 0
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_other_addresses_do_not_wait(clock: Clock) -> None:
    slow = Throttle(clock)
    for _ in range(20):
        slow.failed("a", next(_guesses))
    assert slow.seconds_to_wait("b") == 0


def test_right_token_and_time_make_forget(clock: Clock) -> None:
    slow = Throttle(clock)
    for address in ("a", "b"):
        for _ in range(20):
            slow.failed(address, next(_guesses))
    slow.succeeded("a")
    assert slow.seconds_to_wait("a") == 0
    clock.now += throttle.FORGOTTEN_AFTER_SECONDS + 1
    slow.failed("b", next(_guesses))
    assert slow.seconds_to_wait("b") == 0


def test_the_same_wrong_token_counts_once(clock: Clock) -> None:
    slow = Throttle(clock)
    for _ in range(20):
        slow.failed("a", "old")
        slow.failed("a", "older")
    assert slow.seconds_to_wait("a") == 0
    for _ in range(throttle.FREE_ATTEMPTS - 2):
        slow.failed("a", next(_guesses))
    assert slow.seconds_to_wait("a") == 1


def test_only_so_many_addresses_are_remembered(clock: Clock) -> None:
    slow = Throttle(clock)
    for _ in range(20):
        slow.failed("first", next(_guesses))
    for number in range(throttle.MAX_ADDRESSES):
        slow.failed(f"address {number}", next(_guesses))
    assert slow.seconds_to_wait("first") == 0
