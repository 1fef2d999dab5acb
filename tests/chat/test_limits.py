"""Rates, with a clock of the test's own."""

from __future__ import annotations

import pytest

from chat.limits import Breaches, SlidingCounter, TokenBucket


class Clock:
    """Time that passes only when told."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_a_burst_passes_and_the_next_one_learns_how_long_to_wait(clock: Clock) -> None:
    bucket = TokenBucket(rate=1.0, burst=20, clock=clock)
    assert [bucket.take() for _ in range(20)] == [0] * 20
    assert bucket.take() == 1_000
    clock.now += 0.25
    assert bucket.take() == 750


def test_who_waits_as_told_passes(clock: Clock) -> None:
    bucket = TokenBucket(rate=3.0, burst=1, clock=clock)
    bucket.take()
    clock.now += bucket.take() / 1_000
    assert bucket.take() == 0


def test_asking_too_early_costs_nothing(clock: Clock) -> None:
    bucket = TokenBucket(rate=1.0, burst=1, clock=clock)
    bucket.take()
    assert {bucket.take() for _ in range(100)} == {1_000}


def test_a_long_rest_saves_no_more_than_the_burst(clock: Clock) -> None:
    bucket = TokenBucket(rate=5.0, burst=2, clock=clock)
    clock.now += 3_600
    assert [bucket.take() for _ in range(3)] == [0, 0, 200]


def test_the_third_breach_within_a_minute_is_one_too_many(clock: Clock) -> None:
    breaches = Breaches(3, window=60, clock=clock)
    assert [breaches.add() for _ in range(3)] == [False, False, True]


def test_breaches_far_apart_are_forgiven(clock: Clock) -> None:
    breaches = Breaches(3, window=60, clock=clock)
    for _ in range(10):
        assert not breaches.add()
        clock.now += 31


def test_an_address_opens_so_many_conversations_an_hour(clock: Clock) -> None:
    counter = SlidingCounter(200, window=3_600, clock=clock)
    assert not any(counter.take("192.0.2.1") for _ in range(200))
    assert counter.take("192.0.2.1") == 3_600_000
    assert counter.take("192.0.2.2") == 0


def test_a_new_window_still_remembers_a_part_of_the_old_one(clock: Clock) -> None:
    counter = SlidingCounter(10, window=60, clock=clock)
    for _ in range(10):
        counter.take("192.0.2.1")
    clock.now += 90
    assert [bool(counter.take("192.0.2.1")) for _ in range(6)] == [False] * 5 + [True]


def test_two_windows_later_everything_is_forgotten(clock: Clock) -> None:
    counter = SlidingCounter(10, window=60, clock=clock)
    for _ in range(11):
        counter.take("192.0.2.1")
    clock.now += 121
    assert not any(counter.take("192.0.2.1") for _ in range(10))


def test_ten_failures_hold_an_address_for_a_quarter_of_an_hour(clock: Clock) -> None:
    failures = SlidingCounter(10, window=60, hold=900, clock=clock)
    assert [failures.take("192.0.2.1") for _ in range(11)] == [0] * 10 + [900_000]
    clock.now += 600
    assert failures.wait("192.0.2.1") == 300_000
    clock.now += 301
    assert failures.wait("192.0.2.1") == 0


def test_asking_does_not_count(clock: Clock) -> None:
    failures = SlidingCounter(1, window=60, clock=clock)
    assert [failures.wait("192.0.2.1") for _ in range(5)] == [0] * 5
    assert len(failures) == 0


def test_a_flood_of_addresses_fills_no_memory(clock: Clock) -> None:
    counter = SlidingCounter(5, window=60, keys=100, clock=clock)
    for number in range(10_000):
        counter.take(f"address {number}")
    assert len(counter) == 100
