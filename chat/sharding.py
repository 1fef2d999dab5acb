"""Where a visitor's messages live, and the ids of everything that leaves the server."""

from __future__ import annotations

import itertools
import secrets

SHARDS = 32
EPOCH_MS = 1_735_689_600_000  # 2025-01-01T00:00:00Z
TIME_BITS, SHARD_BITS, COUNTER_BITS = 41, 5, 17  # together the 63 bits of a bigint
PUBLIC_ID_BYTES = 16

_FNV_OFFSET, _FNV_PRIME = 0x811C9DC5, 0x01000193


def fnv1a_32(data: bytes) -> int:
    """The 32-bit FNV-1a hash of some bytes."""
    value = _FNV_OFFSET
    for byte in data:
        value = (value ^ byte) * _FNV_PRIME & 0xFFFFFFFF
    return value


def shard_of(public_id: str) -> int:
    """The shard of a visitor, by public id.

    >>> [shard_of(name) for name in ("", "a", "foobar", "visitor-1", "访客一")]
    [5, 12, 8, 15, 9]
    """
    return fnv1a_32(public_id.encode()) % SHARDS


def shard_of_id(message_id: int) -> int:
    """The shard that is written inside a message id."""
    return message_id >> COUNTER_BITS & SHARDS - 1


class MessageIds:
    """Makes message ids of 63 bits: time first, then shard, then a counter."""

    def __init__(self, start: int | None = None) -> None:
        # A random start keeps processes apart that store in the same millisecond.
        first = secrets.randbits(COUNTER_BITS) if start is None else start
        self._counter = itertools.count(first)

    def next(self, shard: int, now_ms: int) -> int:
        """A fresh id for a row of this shard."""
        elapsed = max(0, now_ms - EPOCH_MS) & (1 << TIME_BITS) - 1
        counter = next(self._counter) & (1 << COUNTER_BITS) - 1
        return elapsed << SHARD_BITS + COUNTER_BITS | shard << COUNTER_BITS | counter


def new_public_id(prefix: str) -> str:
    """A public id that nobody can guess: `vs_` visitors, `cv_` conversations, `st_` sites."""
    return prefix + secrets.token_urlsafe(PUBLIC_ID_BYTES)
