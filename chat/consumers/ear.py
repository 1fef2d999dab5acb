"""What a socket hears from the hub: events wait in order, and a task passes them on."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any

from chat.comet.hub import hub


class Ear:
    """Listens to keys. There is a task only while there is something to tell."""

    def __init__(
        self, cares: Callable[[Any], bool], tell: Callable[[Any], Awaitable[None]]
    ) -> None:
        self._cares, self._tell = cares, tell
        self._keys: set[str] = set()
        self._heard: deque[Any] = deque()
        self._task: asyncio.Task[None] | None = None
        self._is_open = False

    def listen(self, key: str) -> None:
        """Hear what is published to a key."""
        self._keys.add(key)
        hub.subscribe(key, self)

    def ignore(self, key: str) -> None:
        """Stop hearing a key."""
        self._keys.discard(key)
        hub.unsubscribe(key, self)

    def open(self) -> None:
        """Begin to pass on: what was heard before `welcome` has waited for it."""
        self._is_open = True
        self._wake()

    def close(self) -> None:
        """Hear nothing any more, and tell nothing."""
        self._is_open = False
        for key in list(self._keys):
            self.ignore(key)
        if self._task is not None:
            self._task.cancel()

    def hear(self, event: Any) -> None:
        """Take an event from the hub."""
        if self._is_open and not self._cares(event):
            return  # a task for each event would cost ten times as much
        self._heard.append(event)
        self._wake()

    def _wake(self) -> None:
        idle = self._task is None or self._task.done()
        if self._heard and self._is_open and idle:
            self._task = asyncio.ensure_future(self._pass_on())

    async def _pass_on(self) -> None:
        while self._heard and self._is_open:
            await self._tell(self._heard.popleft())
