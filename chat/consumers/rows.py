"""Rows on a socket: pushed in contiguous order, read from the database where hints are missing."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable

from chat import protocol
from chat.consumers.base import ChatConsumer
from chat.consumers.cursor import Cursor
from chat.consumers.database import in_database
from chat.events import MessageStored, RowsWaiting, Thread
from chat.protocol.limits import RESUME_ROWS
from chat.services.reading import rows_after, rows_before
from chat.services.sync import Caught, Resume, sync


class RowsConsumer(ChatConsumer):
    """A socket with a cursor for each conversation it follows, by conversation id."""

    def __init__(self) -> None:
        super().__init__()
        self.cursors: dict[int, Cursor] = {}

    @abstractmethod
    def frames(self, rows: Iterable[MessageStored]) -> list[protocol.Answer]:
        """Rows as this side may see them."""

    @abstractmethod
    async def thread(self, conv: str) -> Thread:
        """A conversation this side may see; anything else is NotFound."""

    async def push(self, row: MessageStored) -> None:
        """Give a new row if it is the next one; fill a gap from the database."""
        cursor = self.cursors.setdefault(row.thread.id, Cursor(row.thread, pushed=row.seq - 1))
        if cursor.awaited:
            cursor.heard = max(cursor.heard, row.seq)
        elif cursor.full or row.seq <= cursor.pushed:
            return
        elif cursor.follows(row):
            await self.give(cursor, [row])
        else:
            await self.catch_up(cursor)

    async def hint(self, waiting: RowsWaiting) -> None:
        """Look into the database when rows exist that this socket was not given."""
        cursor = self.cursors.get(waiting.thread.id)
        if cursor is not None and not cursor.awaited and cursor.pushed < waiting.last_seq:
            await self.catch_up(cursor)

    async def catch_up(self, cursor: Cursor) -> None:
        """Give all rows after the cursor, as far as the client keeps up."""
        while not cursor.full:
            rows = await in_database(rows_after, cursor.thread, cursor.pushed, limit=RESUME_ROWS)
            rows = [row for row in rows if row.seq > cursor.pushed]
            if not rows:
                return
            await self.give(cursor, rows)

    async def give(self, cursor: Cursor, rows: list[MessageStored], asked: bool = False) -> None:
        """Send rows and move the cursor."""
        cursor.given(rows, asked)
        for frame in self.frames(rows):
            await self.answer(frame)

    def expect(self, thread: Thread) -> None:
        """Rows of this conversation are being read; those that are stored meanwhile wait."""
        self.cursors.setdefault(thread.id, Cursor(thread, awaited=True))

    async def resumed(self, caught: Caught) -> None:
        """Send what a client lacks after `hello` or `open`, and follow from there."""
        start = caught.rows[0].seq - 1 if caught.rows else caught.last
        cursor = Cursor(caught.thread, pushed=start, got=start, epoch=caught.epoch)
        before = self.cursors.get(caught.thread.id)
        self.cursors[caught.thread.id] = cursor
        await self.give(cursor, caught.rows, asked=True)
        if before is not None and before.heard > cursor.pushed:
            await self.catch_up(cursor)

    async def on_got(self, conv: str, up_to: int) -> Cursor | None:
        """Let a client that has caught up have more."""
        for cursor in self.cursors.values():
            if cursor.thread.public_id == conv:
                was_full = cursor.full
                cursor.got = max(cursor.got, min(up_to, cursor.pushed))
                if was_full:
                    await self.catch_up(cursor)
                return cursor
        return None

    async def on_sync(self, frame: protocol.Sync) -> None:
        """Answer with the rows after `have`."""
        thread = await self.thread(frame.conv)
        caught = await in_database(sync, thread, frame.have, limit=frame.limit)
        cursor = self.cursors.setdefault(thread.id, Cursor(thread, pushed=frame.have))
        await self.give(cursor, caught.rows, asked=True)
        await self.answer(
            protocol.synced(
                conv=frame.conv,
                last=caught.last,
                epoch=caught.epoch,
                reset=caught.resume == Resume.RESET,
                rid=frame.rid,
            )
        )

    async def on_history(self, frame: protocol.History) -> None:
        """Answer with a page of older rows."""
        thread = await self.thread(frame.conv)
        rows = await in_database(rows_before, thread, frame.before, limit=frame.limit)
        page = protocol.page(conv=frame.conv, rows=self.frames(rows), complete=True, rid=frame.rid)
        await self.answer(page)
