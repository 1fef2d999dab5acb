"""Calls of one moment share one transaction: while one is under way, the next ones gather."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from chat.consumers.database import in_database

T = TypeVar("T")
R = TypeVar("R")


class Gather(Generic[T, R]):
    """Calls a service that takes many, and gives each caller the result of its own."""

    def __init__(self, service: Callable[[Sequence[T]], Sequence[R]]) -> None:
        self._service = service
        self._items: list[T] = []
        self._results: asyncio.Task[Sequence[R]] | None = None
        self._gate = asyncio.Lock()

    async def __call__(self, item: T) -> R:
        """The service's result for this item."""
        if self._results is None or self._results.done():
            self._items = []
            self._results = asyncio.create_task(self._call(self._items))
        results, place = self._results, len(self._items)
        self._items.append(item)
        return (await asyncio.shield(results))[place]

    async def _call(self, items: Sequence[T]) -> Sequence[R]:
        async with self._gate:
            self._results = None  # who comes from now on gathers for the next call
            return await in_database(self._service, items)
