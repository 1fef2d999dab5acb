"""The sockets of this process in the order of their next heartbeat."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Protocol

from sortedcontainers import SortedList

EVERY_SECONDS = 25.0
SILENT_SECONDS = 50.0
SLICE_SECONDS = 0.05


class Socket(Protocol):
    """A socket as the sweeper sees it."""

    def beat(self) -> None:
        """Send a ping; must not block."""

    def expire(self) -> None:
        """Close: nothing came for two intervals; must not block."""


@dataclass(slots=True, eq=False)
class Life:
    """When a socket was last heard, spoken to, and pinged, by the monotonic clock in seconds."""

    socket: Socket
    heard_at: float
    spoken_at: float
    pinged_at: float
    due: tuple[float, int] = field(default=(0.0, 0))

    def next_beat(self) -> float:
        """When one direction will have been silent for an interval."""
        return max(min(self.heard_at, self.spoken_at), self.pinged_at) + EVERY_SECONDS


class Registry:
    """Deadlines in a sorted list: insert, remove and next are O(log n).

    Traffic only writes two timestamps; a deadline is looked at again when it comes due, so a busy
    socket is moved once an interval and not at every message.
    """

    def __init__(self) -> None:
        self._due: SortedList[tuple[float, int]] = SortedList()
        self._lives: dict[int, Life] = {}
        self._serial = itertools.count()

    def __len__(self) -> int:
        return len(self._lives)

    def add(self, socket: Socket) -> Life:
        """Begin to watch a socket."""
        now = time.monotonic()
        life = Life(socket, heard_at=now, spoken_at=now, pinged_at=now)
        self._place(life, (life.next_beat(), next(self._serial)))
        self._lives[life.due[1]] = life
        return life

    def remove(self, life: Life) -> None:
        """Stop watching; a second time is fine."""
        if self._lives.pop(life.due[1], None) is not None:
            self._due.discard(life.due)

    def sweep(self, now: float) -> Iterator[None]:
        """Ping or expire every socket that is due; yields between slices of 50 ms."""
        slice_ends = time.monotonic() + SLICE_SECONDS
        while self._due and self._due[0][0] <= now:
            self._visit(self._lives[self._due.pop(0)[1]], now)
            if time.monotonic() > slice_ends:
                yield
                slice_ends = time.monotonic() + SLICE_SECONDS

    def _visit(self, life: Life, now: float) -> None:
        if now - life.heard_at >= SILENT_SECONDS:
            self._lives.pop(life.due[1])
            life.socket.expire()
            return
        if life.next_beat() <= now:
            life.pinged_at = now
            life.socket.beat()
        self._place(life, (life.next_beat(), life.due[1]))

    def _place(self, life: Life, due: tuple[float, int]) -> None:
        life.due = due
        self._due.add(due)
