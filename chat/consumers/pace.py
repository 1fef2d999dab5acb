"""How fast one connection may talk, and when it has talked too badly."""

from __future__ import annotations

import time

from chat.errors import ChatError, RateLimited
from chat.limits import Breaches, TokenBucket
from chat.protocol.limits import (
    BAD_FRAMES_PER_MINUTE,
    RATE_BREACHES_PER_MINUTE,
    UNKNOWN_TYPES_PER_HOUR,
    SocketLimits,
)
from chat.vocabulary import Close

MINUTE, HOUR = 60.0, 3600.0


class Pace:
    """The budget of frames, and the counts of what broke the grammar."""

    def __init__(self, limits: SocketLimits) -> None:
        self._frames = TokenBucket(rate=limits.frames_per_second, burst=limits.frames_burst)
        self._wait_ms = 0
        self._floods = Breaches(RATE_BREACHES_PER_MINUTE, MINUTE)
        self._flooded_at = 0.0
        self._bad = {
            "bad_frame": Breaches(BAD_FRAMES_PER_MINUTE, MINUTE),
            "unknown_type": Breaches(UNKNOWN_TYPES_PER_HOUR + 1, HOUR),
        }

    def frame(self) -> bool:
        """Spend one frame; False when there is none left."""
        self._wait_ms = self._frames.take()
        return self._wait_ms == 0

    def too_fast(self, cid: str, conv: str | None) -> RateLimited:
        """The refusal of a message that came over the budget of frames."""
        return RateLimited(after_ms=self._wait_ms, cid=cid, conv=conv)

    def flooded(self) -> bool:
        """Count a breach, at most one a second; True when it is one too many."""
        now = time.monotonic()
        if now - self._flooded_at < 1:
            return False
        self._flooded_at = now
        return self._floods.add()

    def refused(self, refusal: ChatError) -> Close | None:
        """Count a broken frame; the close code when it is one too many."""
        counted = self._bad.get(refusal.code)
        return Close.MALFORMED if counted and counted.add() else None
