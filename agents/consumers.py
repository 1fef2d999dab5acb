"""The socket of one dashboard: a list that is always right, and up to 50 open conversations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

from django.conf import settings

from agents.inbox import Inbox
from agents.services import desk as desks
from agents.services import moves
from chat import protocol
from chat.comet.hub import agent_key, conversation_key, hub, site_key, visitor_key
from chat.consumers import guests, outbound
from chat.consumers.database import in_database
from chat.consumers.order import SendOrder
from chat.consumers.rows import RowsConsumer
from chat.errors import ChatError, FileRejected, LimitReached, RateLimited, Unauthenticated
from chat.events import (
    AgentPresence,
    ConversationChanged,
    MessageStored,
    Receipt,
    RowsWaiting,
    SessionEnded,
    Thread,
    Typing,
    VisitorPresence,
)
from chat.metrics import ACK_SECONDS
from chat.presence import people
from chat.protocol.frames import FILE_KINDS
from chat.services import messages, receipts
from chat.shapes import agent_wire_id
from chat.vocabulary import Close, Kind, Presence, SenderKind
from chat.writer import Draft, Verb

TYPING_SECONDS = 2.0
VERBS = {
    protocol.Claim: Verb.CLAIM,
    protocol.Assign: Verb.ASSIGN,
    protocol.Transfer: Verb.TRANSFER,
    protocol.Release: Verb.RELEASE,
    protocol.Resolve: Verb.RESOLVE,
    protocol.Reopen: Verb.REOPEN,
}


class AgentConsumer(RowsConsumer):
    """An agent's socket; it sees the conversations of the agent's sites and no others."""

    kind = "agent"
    limits = protocol.AGENT
    role = protocol.SocketRole.AGENT

    def __init__(self) -> None:
        super().__init__()
        self.desk = desks.Desk(0, "", "", ())
        self._inbox: Inbox | None = None
        self._order = SendOrder()
        self._typed_at = 0.0
        self._entered = False

    # Opening.

    async def admit(self) -> None:
        """The address must have sockets left."""
        self._entered = guests.agents.enter(self.address)
        if not self._entered:
            await self.answer(protocol.failure(RateLimited(after_ms=60_000)))
            await self.close(Close.FLOOD)

    async def greet(self, hello: protocol.Hello) -> None:
        """Use the ticket up, then send `welcome` and the rows that are missing."""
        session = self._session_key()
        if not session or not hello.ticket:
            raise Unauthenticated
        self.desk = await in_database(desks.sit_down, hello.ticket, session_key=session)
        guests.agents.settle(str(self.desk.agent_id), self)
        self.listen(agent_key(self.desk.agent_id))
        for site in self.desk.sites:
            self.listen(site_key(site.id))
        have = {conv: (head.last, head.epoch) for conv, head in hello.have.items()}
        caught = await in_database(desks.resume_threads, self.desk, have)
        self._arrive()
        await self._welcome(hello, caught)
        for each in caught[: self.limits.open_conversations]:
            self.listen(conversation_key(each.thread.id))
            await self.resumed(each)

    async def _welcome(self, hello: protocol.Hello, caught: list[desks.Caught]) -> None:
        me = self.desk
        await self.answer(
            protocol.welcome_agent(
                conn=self.conn,
                now=int(time.time() * 1000),
                heads={each.thread.public_id: outbound.head(each) for each in caught},
                me={
                    "id": agent_wire_id(me.agent_id),
                    "name": me.name,
                    "state": people.chosen_state(me.agent_id),
                },
                sites=[{"key": s.key, "name": s.name, "role": s.role} for s in me.sites],
                agents=await in_database(desks.colleagues, me),
                rid=hello.rid,
            )
        )

    def _session_key(self) -> str:
        try:
            cookies = SimpleCookie(self._header(b"cookie") or "")
        except CookieError:
            return ""
        found = cookies.get(settings.SESSION_COOKIE_NAME)
        return found.value if found else ""

    # Frames.

    async def handle(self, frame: protocol.Frame) -> None:
        """Answer one frame of a known agent."""
        match frame:
            case protocol.Send():
                await self._send(frame)
            case protocol.Got():
                await self.on_got(frame.conv, frame.up_to)
                await self._receipt(frame.conv, got=frame.up_to)
            case protocol.Read():
                await self.on_got(frame.conv, frame.up_to)
                await self._receipt(frame.conv, read=frame.up_to)
            case protocol.Typing():
                await self._type(frame)
            case protocol.Sync():
                await self.on_sync(frame)
            case protocol.History():
                await self.on_history(frame)
            case protocol.Open():
                await self._open_thread(frame)
            case protocol.Leave():
                await self._leave(frame)
            case protocol.Watch():
                await self._watch(frame)
            case protocol.SetPresence():
                await self._set_presence(frame)
            case protocol.OwnerChange():
                await self._move(frame)
            case protocol.Skip():
                self._order.settle(frame.conv, frame.cid)
                await self.answer(protocol.ack(cid=frame.cid, conv=frame.conv))
            case protocol.Edit() | protocol.Delete():
                await self._change(frame)

    async def _send(self, frame: protocol.Send) -> None:
        """Store a message or a note, then ack it."""
        began = time.perf_counter()
        self._order.check(frame.conv, frame.cid)
        try:
            self._spend_message()
            if frame.kind in FILE_KINDS:
                raise FileRejected
            thread = await self.thread(frame.conv or "")
            receipt = await asyncio.wrap_future(messages.post_message(self._draft(thread, frame)))
        except ChatError as refusal:
            self._order.settle(frame.conv, frame.cid, refusal)
            raise
        self._order.settle(frame.conv, frame.cid)
        ACK_SECONDS.observe(time.perf_counter() - began)
        await self.answer(outbound.ack(receipt, frame.cid, frame.rid))

    async def _change(self, frame: protocol.Edit | protocol.Delete) -> None:
        thread = await self.thread(frame.conv)
        self._spend_message()
        future = await in_database(
            messages.change_message,
            thread,
            self._author(),
            seq=frame.seq,
            cid=frame.cid,
            kind=Kind.EDIT if isinstance(frame, protocol.Edit) else Kind.DELETE,
            body=getattr(frame, "body", ""),
        )
        await self.answer(outbound.ack(await asyncio.wrap_future(future), frame.cid, frame.rid))

    async def _move(self, frame: protocol.OwnerChange) -> None:
        """Claim, assign, transfer, release, resolve or reopen: exactly one of many wins."""
        thread = await self.thread(frame.conv)
        future = await in_database(
            moves.move_conversation,
            thread,
            verb=VERBS[type(frame)],
            by=(self.desk.agent_id, self.desk.name),
            cid=frame.cid,
            if_version=frame.if_version,
            to=getattr(frame, "to", ""),
            reason=frame.reason,
        )
        await self.answer(outbound.moved(await asyncio.wrap_future(future), frame.cid, frame.rid))

    async def _open_thread(self, frame: protocol.Open) -> None:
        """Show a conversation and follow it."""
        epoch = await in_database(desks.epoch_of, self.desk, frame.conv)
        have = None if frame.have is None else (frame.have, epoch)
        thread = await self.thread(frame.conv)
        if thread.id not in self.cursors and len(self.cursors) >= self.limits.open_conversations:
            raise LimitReached
        self.listen(conversation_key(thread.id))
        opened = await in_database(desks.open_thread, self.desk, frame.conv, have)
        await self.answer(
            protocol.opened(
                conv=frame.conv,
                version=opened.version,
                status=opened.status,
                epoch=opened.caught.epoch,
                last=opened.caught.last,
                agent=opened.agent,
                visitor=opened.visitor,
                receipts=opened.receipts,
                rid=frame.rid,
            )
        )
        await self.resumed(opened.caught)
        last, epoch = opened.caught.last, opened.caught.epoch
        await self.answer(protocol.synced(conv=frame.conv, last=last, epoch=epoch))

    async def _leave(self, frame: protocol.Leave) -> None:
        thread = await self.thread(frame.conv)
        self.cursors.pop(thread.id, None)
        self.ignore(conversation_key(thread.id))

    async def _watch(self, frame: protocol.Watch) -> None:
        """Send the list, then follow it."""
        keys = {site.id: site.key for site in self.desk.sites}
        self._inbox = inbox = Inbox(keys, agent_wire_id(self.desk.agent_id), frame.inbox)
        rows, counts = await in_database(desks.listed, self.desk, frame.inbox)
        for page in inbox.pages(rows, counts, frame.rid):
            await self.answer(page)

    async def _set_presence(self, frame: protocol.SetPresence) -> None:
        people.set_agent_state(self.desk.agent_id, Presence(frame.state))
        self._tell_colleagues()
        await self.answer(protocol.ack(rid=frame.rid))

    async def _receipt(self, conv: str, *, got: int = 0, read: int = 0) -> None:
        thread = await self.thread(conv)
        await in_database(receipts.record_receipt, thread, who=SenderKind.AGENT, got=got, read=read)

    async def _type(self, frame: protocol.Typing) -> None:
        now = time.monotonic()
        if frame.on and now - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = now
        thread = await self.thread(frame.conv)
        event = Typing(thread, SenderKind.AGENT, frame.on, self.desk.name, source=self.conn)
        keys = (conversation_key(thread.id), visitor_key(thread.visitor_public_id))
        hub.publish(event, to=keys)

    # Rows and events.

    def frames(self, rows: Iterable[MessageStored]) -> list[protocol.Answer]:
        """Every row, notes included."""
        return outbound.rows_for_agents(rows)

    async def thread(self, conv: str) -> Thread:
        """A conversation of this agent's sites."""
        for cursor in self.cursors.values():
            if cursor.thread.public_id == conv:
                return cursor.thread
        return await in_database(desks.find_thread, self.desk, conv)

    async def tell(self, event: Any) -> None:
        """Pass on what happened on the agent's sites."""
        match event:
            case MessageStored() if event.thread.id in self.cursors:
                await self.push(event)
            case RowsWaiting():
                await self.hint(event)
            case ConversationChanged():
                await self._list(event)
            case Receipt():
                await self.answer(outbound.receipt_frame(event))
            case Typing() if event.source != self.conn:
                await self.answer(outbound.typing_frame(event))
            case VisitorPresence():
                await self.answer(outbound.visitor_presence_frame(event))
            case AgentPresence():
                await self.answer(
                    protocol.agent_presence(agent=agent_wire_id(event.agent_id), state=event.state)
                )
            case SessionEnded() if self.desk.session_key in event.session_keys:
                await self.close(Close.SESSION_ENDED)

    async def _list(self, row: ConversationChanged) -> None:
        delta = self._inbox.delta(row) if self._inbox else None
        if delta is not None:
            await self.answer(delta)

    # Leaving.

    async def refused(self, refusal: ChatError) -> None:
        """Count hellos that prove nothing."""
        if not self.greeted:
            guests.agents.failed(self.address)

    async def gone(self) -> None:
        """Give back what the socket held."""
        if self._entered:
            guests.agents.leave(self.address)
        if self.desk.agent_id:
            guests.agents.unsettle(str(self.desk.agent_id), self)
            people.agent_left(self.desk.agent_id)

    def replace(self) -> None:
        """A newer socket of this agent took the place."""
        self._later(self.close(Close.REPLACED))

    def _arrive(self) -> None:
        if people.agent_came(self.desk.agent_id, self.desk.site_ids):
            self._tell_colleagues()

    def _tell_colleagues(self) -> None:
        event = AgentPresence(self.desk.agent_id, people.agent_state(self.desk.agent_id))
        hub.publish(event, to=[site_key(site.id) for site in self.desk.sites])

    def _author(self) -> tuple[str, Any]:
        return messages.agent_author(self.desk.agent_id, self.desk.name)

    def _draft(self, thread: Thread, frame: protocol.Send) -> Draft:
        key, sender = self._author()
        return Draft(
            thread.id,
            key,
            sender,
            frame.cid,
            frame.kind,
            frame.body,
            internal=frame.note,
            reply_to=frame.reply_to,
            client_ts=frame.client_ts,
        )

    def _spend_message(self) -> None:
        wait = guests.agents.message_wait_ms(str(self.desk.agent_id), self.limits)
        if wait:
            raise RateLimited(after_ms=wait)
