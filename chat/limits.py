"""Rates: buckets, breaches and counters per key. Clocks are monotonic and passed in."""

from __future__ import annotations

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass

Clock = Callable[[], float]


class TokenBucket:
    """Lets `burst` through at once and `rate` a second after that."""

    __slots__ = ("_at", "_clock", "_tokens", "burst", "rate")

    def __init__(self, rate: float, burst: int, clock: Clock = time.monotonic) -> None:
        self.rate, self.burst = rate, burst
        self._clock, self._tokens, self._at = clock, float(burst), clock()

    def take(self) -> int:
        """0 when it may pass; else the milliseconds until the next one may."""
        now = self._clock()
        self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate)
        self._at = now
        if self._tokens >= 1:
            self._tokens -= 1
            return 0
        return math.ceil((1 - self._tokens) / self.rate * 1_000)


class Breaches:
    """Counts what should not happen; tells when it happened too often."""

    __slots__ = ("_clock", "_times", "window")

    def __init__(self, most: int, window: float, clock: Clock = time.monotonic) -> None:
        self.window, self._clock = window, clock
        self._times: deque[float] = deque(maxlen=most)

    def add(self) -> bool:
        """Count one; true when it is the `most`-th within `window` seconds."""
        now = self._clock()
        self._times.append(now)
        return len(self._times) == self._times.maxlen and now - self._times[0] <= self.window


@dataclass(slots=True)
class _Count:
    """What one key did in this window and in the one before."""

    began: float
    now: int = 0
    before: int = 0
    held_until: float = 0.0


class SlidingCounter:
    """Lets each key do `most` things in `window` seconds; after a refusal it may be held longer.

    Two numbers a key, the older one weighed by what is left of its window: a list of all times
    would let a flood fill the memory. Beyond `keys` the key that was quiet longest is forgotten.
    """

    def __init__(
        self,
        most: int,
        window: float,
        *,
        hold: float = 0.0,
        keys: int = 10_000,
        clock: Clock = time.monotonic,
    ) -> None:
        self.most, self.window, self.hold, self.keys = most, window, hold, keys
        self._clock = clock
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def __len__(self) -> int:
        return len(self._counts)

    def take(self, key: str) -> int:
        """Count one: 0 when it may pass, else the milliseconds to wait."""
        now = self._clock()
        count = self._turned(key, now)
        if wait := self._wait(count, now):
            count.held_until = max(count.held_until, now + self.hold)
            return max(wait, math.ceil(self.hold * 1_000))
        count.now += 1
        return 0

    def wait(self, key: str) -> int:
        """The milliseconds this key has to wait, without counting; 0 when it may come."""
        if key not in self._counts:
            return 0
        now = self._clock()
        return self._wait(self._turned(key, now), now)

    def _turned(self, key: str, now: float) -> _Count:
        """The key's count, moved on to the present window."""
        count = self._counts.setdefault(key, _Count(began=now))
        self._counts.move_to_end(key)
        if len(self._counts) > self.keys:
            self._counts.popitem(last=False)
        windows = int((now - count.began) // self.window)
        if windows > 0:
            count.before = count.now if windows == 1 else 0
            count.now = 0
            count.began += windows * self.window
        return count

    def _wait(self, count: _Count, now: float) -> int:
        left = count.began + self.window - now
        held = max(0.0, count.held_until - now)
        full = count.now + count.before * left / self.window > self.most - 1
        return math.ceil(max(held, left if full else 0.0) * 1_000)
