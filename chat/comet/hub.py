"""One hub per process: it hands events to the local sockets that listen for them.

Keys are strings such as `conversation:7`. Events may be published from any thread; they reach
the sockets on the event loop, in the order of publishing.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterable
from threading import Lock
from typing import Any, Protocol

from django.db import transaction


class Listener(Protocol):
    """A socket as the hub sees it."""

    def hear(self, event: Any) -> None:
        """Take one event; called on the event loop, must not block."""


class Hub:
    """Maps keys to local listeners and delivers what is published to them."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._queue: deque[tuple[Any, tuple[str, ...]]] = deque()
        self._lock = Lock()

    def subscribe(self, key: str, listener: Listener) -> None:
        """Let a socket hear what is published to the key; call it on the event loop."""
        self._loop = asyncio.get_running_loop()
        self._listeners.setdefault(key, set()).add(listener)

    def unsubscribe(self, key: str, listener: Listener) -> None:
        """Stop hearing the key; unknown pairs are fine."""
        listeners = self._listeners.get(key)
        if listeners is None:
            return
        listeners.discard(listener)
        if not listeners:
            del self._listeners[key]

    def publish(self, event: Any, *, to: Iterable[str]) -> None:
        """Deliver an event that is already true to all listeners of the keys, from any thread."""
        keys = tuple(key for key in to if key in self._listeners)
        loop = self._loop
        if not keys or loop is None or loop.is_closed():
            return
        with self._lock:
            self._queue.append((event, keys))
            if len(self._queue) > 1:
                return  # the waiting delivery takes this one along
        loop.call_soon_threadsafe(self._deliver)

    def publish_on_commit(self, event: Any, *, to: Iterable[str]) -> None:
        """Deliver the event once the running transaction has committed."""
        keys = tuple(to)
        transaction.on_commit(lambda: self.publish(event, to=keys))

    def _deliver(self) -> None:
        with self._lock:
            batch, self._queue = self._queue, deque()
        for event, keys in batch:
            for listener in self._reached(keys):
                listener.hear(event)

    def _reached(self, keys: tuple[str, ...]) -> set[Listener]:
        if len(keys) == 1:
            return set(self._listeners.get(keys[0], ()))
        return set().union(*(self._listeners.get(key, ()) for key in keys))


hub = Hub()


def conversation_key(conversation_id: int) -> str:
    """Agents who have the conversation open."""
    return f"conversation:{conversation_id}"


def visitor_key(visitor_public_id: str) -> str:
    """All sockets of one visitor."""
    return f"visitor:{visitor_public_id}"


def site_key(site_id: int) -> str:
    """Agents who watch the site's inbox."""
    return f"site:{site_id}"


def agent_key(agent_id: int) -> str:
    """All sockets of one agent."""
    return f"agent:{agent_id}"
