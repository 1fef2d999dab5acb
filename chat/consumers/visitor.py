"""The socket of one widget or H5 page. It keeps ids and cursors, and no database rows."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from chat import protocol
from chat.comet.hub import conversation_key, hub, site_key
from chat.consumers import guests, outbound
from chat.consumers.arrival import ArrivingVisitor, page_of
from chat.consumers.cursor import Cursor
from chat.consumers.database import in_database
from chat.consumers.gather import Gather
from chat.consumers.sending import Author
from chat.errors import Banned, RateLimited
from chat.events import (
    ConversationChanged,
    MessageStored,
    Receipt,
    RowsWaiting,
    Thread,
    Typing,
    VisitorBanned,
    VisitorState,
)
from chat.presence import people
from chat.services import conversations, messages, state, visitors
from chat.vocabulary import Owner, SenderKind, Status, status_of

first_thread = Gather(conversations.first_threads)


class VisitorConsumer(ArrivingVisitor):
    """A visitor's socket: one conversation at a time, and the ones before it."""

    side = SenderKind.VISITOR

    async def handle(self, frame: protocol.Frame) -> None:
        """Answer one frame of a known visitor."""
        match frame:
            case protocol.Rate():
                await self._rate(frame)
            case protocol.CloseConv():
                await self._close_conversation(frame)
            case protocol.PageView():
                await self._look_at(frame)
            case _:
                await super().handle(frame)

    async def _rate(self, frame: protocol.Rate) -> None:
        thread = await self.thread(frame.conv)
        self.spend_message()
        future = messages.rate(thread, cid=frame.cid, score=frame.score, text=frame.text)
        await self.answer(outbound.ack(await asyncio.wrap_future(future), frame.cid, frame.rid))

    async def _close_conversation(self, frame: protocol.CloseConv) -> None:
        thread = await self.thread(frame.conv)
        self.spend_message()
        future = messages.close_by_visitor(thread, cid=frame.cid)
        await self.answer(outbound.ack(await asyncio.wrap_future(future), frame.cid, frame.rid))

    async def _look_at(self, frame: protocol.PageView) -> None:
        page = page_of(frame.url, frame.title)
        if page is None:
            return
        people.visitor_moved(self.visitor.public_id, page)
        self.show_presence(online=True)
        if self.current is not None:
            await in_database(visitors.record_visit, self.visitor.public_id, facts={}, page=page)

    # Sending.

    def line(self, frame: protocol.Send | protocol.Skip) -> str | None:
        """A visitor has one conversation, whether or not the frame names it."""
        return None

    def author(self, thread: Thread) -> Author:
        """The visitor, whatever the frame says."""
        return messages.visitor_author(thread)

    async def thread_for(self, frame: protocol.Send) -> Thread:
        """The open conversation, one that was closed lately, or a new one."""
        current, conv = self.current, frame.conv
        if current is not None and self.is_open and conv in (None, current.public_id):
            return current
        if current is None and (wait := guests.visitors.open_wait_ms(self.address)):
            raise RateLimited(after_ms=wait)
        here = people.visitor(self.visitor.public_id)
        if here is not None:
            self.visitor.facts["trail"] = list(here.trail)
        thread = None if current or conv else await first_thread(self.visitor)
        if thread is None:
            thread = await in_database(conversations.thread_to_write_in, self.visitor, conv)
        self.current, self.is_open = thread, True
        return thread

    async def on_typing(self, frame: protocol.Typing) -> None:
        """Tell the agents; what is being typed only where the site asks for it."""
        thread = await self.thread(frame.conv)
        preview = frame.preview if self.site.typing_preview else ""
        event = Typing(thread, SenderKind.VISITOR, frame.on, preview=preview)
        hub.publish(event, to=(conversation_key(thread.id), site_key(thread.site_id)))

    # Rows and events.

    def frames(self, rows: Iterable[MessageStored]) -> list[protocol.Answer]:
        """Rows without what only agents may see."""
        return outbound.rows_for_visitors(rows)

    async def thread(self, conv: str) -> Thread:
        """One of this visitor's own conversations."""
        for cursor in self.cursors.values():
            if cursor.thread.public_id == conv:
                return cursor.thread
        return await in_database(conversations.visitor_thread, self.visitor.public_id, conv)

    async def tell(self, event: Any) -> None:
        """Pass on what happened in the visitor's conversations."""
        match event:
            case MessageStored():
                self.current = self.current or event.thread
                await self.push(event)
            case RowsWaiting():
                self._follow(event.thread)
                await self.hint(event)
            case Receipt():
                await self.answer(outbound.receipt_frame(event))
            case Typing() if event.who != SenderKind.VISITOR:
                await self.answer(outbound.typing_frame(event))
            case ConversationChanged():
                await self._change_state(event)
            case VisitorBanned():
                raise Banned
            case VisitorState():
                await self.show(event)

    def _follow(self, thread: Thread) -> None:
        """A conversation that another tab began, and whose first hint was lost."""
        if self.current is None:
            self.current = thread
            self.cursors.setdefault(thread.id, Cursor(thread))

    async def _change_state(self, row: ConversationChanged) -> None:
        """Show a new owner; other changes of the inbox row are not the visitor's business."""
        self.current = row.thread
        self.is_open = row.owner != Owner.NONE
        now = (status_of(row.owner), row.agent.name if row.agent else None)
        if self.shown is None or (self.shown.status, self.shown.agent_name) != now:
            if row.owner == Owner.QUEUE:
                await self.show(await in_database(state.state_after, row))
            else:
                await self.show(state.state_after(row))

    @property
    def is_waiting(self) -> bool:
        """Whether the visitor waits for an agent, as this socket was told."""
        return self.shown is not None and self.shown.status == Status.WAITING

    async def show(self, event: VisitorState) -> None:
        """Send the header's state if it changed."""
        if event != self.shown:
            self.shown = event
            await self.answer(outbound.state_frame(event))
