"""The request limit of one caller, counted in windows of a minute."""

from __future__ import annotations

import time
from threading import Lock
from typing import TYPE_CHECKING

from cachetools import TTLCache
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:
    from chat.api.base import Endpoint

PER_MINUTE = 600
WINDOW_SECONDS = 60
CALLERS = 100_000

_counts: TTLCache[tuple[str, int], int] = TTLCache(maxsize=CALLERS, ttl=WINDOW_SECONDS)
_lock = Lock()


class CallerThrottle(BaseThrottle):
    """600 requests a minute for each token or person, in each process."""

    def allow_request(self, request: Request, view: Endpoint) -> bool:  # type: ignore[override]
        """Count the request; False when it is one too many."""
        used = count(view.caller.principal)
        view.remaining = max(0, PER_MINUTE - used)
        return used <= PER_MINUTE

    def wait(self) -> float:
        """Seconds until the next window begins."""
        return seconds_left()


def count(principal: str) -> int:
    """One more request of this caller in this minute; returns how many there are."""
    with _lock:
        window = (principal, int(time.time() // WINDOW_SECONDS))
        _counts[window] = used = _counts.get(window, 0) + 1
        return used


def seconds_left() -> int:
    """Whole seconds until this minute's window ends."""
    return WINDOW_SECONDS - int(time.time() % WINDOW_SECONDS)


def forget_all() -> None:
    """Begin all windows anew."""
    with _lock:
        _counts.clear()


def announce(answer: Response, remaining: int) -> None:
    """Tell the caller what is left, in the RateLimit header fields."""
    answer["RateLimit-Limit"] = str(PER_MINUTE)
    answer["RateLimit-Remaining"] = str(remaining)
    answer["RateLimit-Reset"] = str(seconds_left())
