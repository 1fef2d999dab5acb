"""What both sides send: messages in order, receipts, typing, and changes of own messages."""

from __future__ import annotations

import asyncio
import time
from abc import abstractmethod
from typing import ClassVar

from chat import protocol
from chat.consumers import guests, outbound
from chat.consumers.database import in_database
from chat.consumers.marks import marks
from chat.consumers.order import SendOrder
from chat.consumers.rows import RowsConsumer
from chat.errors import ChatError, FileRejected, RateLimited
from chat.events import Sender, Thread
from chat.metrics import ACK_SECONDS
from chat.protocol.frames import FILE_KINDS
from chat.services import messages
from chat.vocabulary import Kind, SenderKind
from chat.writer import Draft

TYPING_SECONDS = 2.0

Author = tuple[str, Sender]


class SendingConsumer(RowsConsumer):
    """A socket whose messages never overtake each other."""

    side: ClassVar[SenderKind]

    def __init__(self) -> None:
        super().__init__()
        self._order = SendOrder()
        self._typed_at = 0.0

    @property
    @abstractmethod
    def guest(self) -> str:
        """Who shares one budget of messages, whatever the number of sockets."""

    @property
    @abstractmethod
    def guests(self) -> guests.Guests:
        """The budgets of this side."""

    @abstractmethod
    def author(self, thread: Thread) -> Author:
        """The stored and the shown sender of what is sent here."""

    @abstractmethod
    async def thread_for(self, frame: protocol.Send) -> Thread:
        """The conversation that a message goes to."""

    @abstractmethod
    async def on_typing(self, frame: protocol.Typing) -> None:
        """Tell the other side who is typing."""

    def line(self, frame: protocol.Send | protocol.Skip) -> str | None:
        """The messages that must not overtake this one."""
        return frame.conv

    async def handle(self, frame: protocol.Frame) -> None:
        """Answer the frames that both sides may send."""
        match frame:
            case protocol.Send():
                await self._send(frame)
            case protocol.Got():
                await self.on_got(frame.conv, frame.up_to)
                marks.note(await self.thread(frame.conv), self.side, got=frame.up_to)
            case protocol.Read():
                await self.on_got(frame.conv, frame.up_to)
                marks.note(await self.thread(frame.conv), self.side, read=frame.up_to)
            case protocol.Typing() if self._may_type(frame):
                await self.on_typing(frame)
            case protocol.Sync():
                await self.on_sync(frame)
            case protocol.History():
                await self.on_history(frame)
            case protocol.Edit() | protocol.Delete():
                await self._change(frame)
            case protocol.Skip():
                self._order.settle(self.line(frame), frame.cid)
                await self.answer(protocol.ack(cid=frame.cid, conv=frame.conv, rid=frame.rid))

    def held_back(self, frame: protocol.Frame, refusal: ChatError) -> None:
        """A message over the budget of frames holds the later ones back as well."""
        if isinstance(frame, protocol.Send):
            self._order.check(self.line(frame), frame.cid)
            self._order.settle(self.line(frame), frame.cid, refusal)

    def spend_message(self) -> None:
        """Spend one message of this guest's budget."""
        wait = self.guests.message_wait_ms(self.guest, self.limits)
        if wait:
            raise RateLimited(after_ms=wait)

    async def _send(self, frame: protocol.Send) -> None:
        """Store a message, then ack it."""
        began = time.perf_counter()
        line = self.line(frame)
        self._order.check(line, frame.cid)
        try:
            self.spend_message()
            if frame.kind in FILE_KINDS:
                raise FileRejected
            draft = self._draft(await self.thread_for(frame), frame)
            receipt = await asyncio.wrap_future(messages.post_message(draft))
        except ChatError as refusal:
            self._order.settle(line, frame.cid, refusal)
            raise
        self._order.settle(line, frame.cid)
        ACK_SECONDS.observe(time.perf_counter() - began)
        await self.answer(outbound.ack(receipt, frame.cid, frame.rid))

    def _draft(self, thread: Thread, frame: protocol.Send) -> Draft:
        key, sender = self.author(thread)
        return Draft(
            thread.id,
            key,
            sender,
            frame.cid,
            frame.kind,
            frame.body,
            internal=frame.note and self.side == SenderKind.AGENT,
            reply_to=frame.reply_to,
            client_ts=frame.client_ts,
        )

    async def _change(self, frame: protocol.Edit | protocol.Delete) -> None:
        """Add an edit or delete row for one of the sender's own messages."""
        thread = await self.thread(frame.conv)
        self.spend_message()
        future = await in_database(
            messages.change_message,
            thread,
            self.author(thread),
            seq=frame.seq,
            cid=frame.cid,
            kind=Kind.EDIT if isinstance(frame, protocol.Edit) else Kind.DELETE,
            body=frame.body if isinstance(frame, protocol.Edit) else "",
        )
        await self.answer(outbound.ack(await asyncio.wrap_future(future), frame.cid, frame.rid))

    def _may_type(self, frame: protocol.Typing) -> bool:
        """At most one notice in two seconds; that somebody stopped always passes."""
        now = time.monotonic()
        if frame.on and now - self._typed_at < TYPING_SECONDS:
            return False
        self._typed_at = now
        return True
