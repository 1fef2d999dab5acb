"""Receipts on their way to the database: those of a moment are stored in one transaction."""

from __future__ import annotations

import asyncio

import structlog
from django.db import InterfaceError, OperationalError
from psycopg_pool import PoolTimeout

from chat.consumers.database import in_database
from chat.events import Thread
from chat.services import receipts

# Measured with 200 visitors who read everything at once: 400 transactions/s became 10.
MOMENT_SECONDS = 0.1

log = structlog.get_logger(__name__)


class Marks:
    """The furthest mark of each side of each conversation, until it is stored."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[int, str], receipts.Mark] = {}
        self._task: asyncio.Task[None] | None = None

    def note(self, thread: Thread, who: str, *, got: int = 0, read: int = 0) -> None:
        """Store a mark soon, together with others."""
        key = (thread.id, who)
        before = self._waiting.get(key)
        if before is not None:
            got, read = max(got, before.got), max(read, before.read)
        self._waiting[key] = receipts.Mark(thread, who, got, read)
        if self._task is None or self._task.done():
            self._task = asyncio.ensure_future(self._store())

    async def _store(self) -> None:
        while self._waiting:
            await asyncio.sleep(MOMENT_SECONDS)
            marks, self._waiting = list(self._waiting.values()), {}
            try:
                await in_database(receipts.record_receipts, marks)
            except (OperationalError, InterfaceError, PoolTimeout) as error:
                # The next receipt of each side says the same and more.
                log.warning("receipts.lost", count=len(marks), error=str(error).strip())


marks = Marks()
