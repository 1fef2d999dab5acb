"""The socket of one dashboard: a list that is always right, and up to 50 open conversations."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any

from agents import cards
from agents.inbox import Inbox
from agents.seat import SeatedAgent
from agents.services import desk as desks
from agents.services import moves
from chat import protocol
from chat.comet.hub import conversation_key, hub, visitor_key
from chat.consumers import outbound
from chat.consumers.database import in_database
from chat.consumers.sending import Author
from chat.errors import LimitReached
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
from chat.presence import people
from chat.services import messages
from chat.shapes import agent_wire_id
from chat.vocabulary import Close, Presence, SenderKind
from chat.writer import Verb

VERBS = {
    protocol.Claim: Verb.CLAIM,
    protocol.Assign: Verb.ASSIGN,
    protocol.Transfer: Verb.TRANSFER,
    protocol.Release: Verb.RELEASE,
    protocol.Resolve: Verb.RESOLVE,
    protocol.Reopen: Verb.REOPEN,
}


class AgentConsumer(SeatedAgent):
    """An agent's socket; it sees the conversations of the agent's sites and no others."""

    side = SenderKind.AGENT

    def __init__(self) -> None:
        super().__init__()
        self._inbox: Inbox | None = None

    async def handle(self, frame: protocol.Frame) -> None:
        """Answer one frame of a known agent."""
        match frame:
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
            case _:
                await super().handle(frame)

    async def _move(self, frame: protocol.OwnerChange) -> None:
        """Claim, assign, transfer, release, resolve or reopen: exactly one of many wins."""
        thread = await self.thread(frame.conv)
        self.spend_message()
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
        thread = await self.thread(frame.conv)
        if thread.id not in self.cursors and len(self.cursors) >= self.limits.open_conversations:
            raise LimitReached
        self.ear.listen(conversation_key(thread.id))
        self.expect(thread)
        opened = await in_database(desks.open_thread, self.desk, frame.conv, have=frame.have)
        await self.answer(cards.opened(opened, frame.rid))
        await self.resumed(opened.caught)
        last, epoch = opened.caught.last, opened.caught.epoch
        await self.answer(protocol.synced(conv=frame.conv, last=last, epoch=epoch))

    async def _leave(self, frame: protocol.Leave) -> None:
        thread = await self.thread(frame.conv)
        self.cursors.pop(thread.id, None)
        self.ear.ignore(conversation_key(thread.id))

    async def _watch(self, frame: protocol.Watch) -> None:
        """Send the list, then follow it."""
        keys = {site.id: site.key for site in self.desk.sites}
        self._inbox = inbox = Inbox(keys, agent_wire_id(self.desk.agent_id), frame.inbox)
        rows, counts = await in_database(desks.listed, self.desk, frame.inbox)
        for page in inbox.pages(rows, counts, frame.rid):
            await self.answer(page)

    async def _set_presence(self, frame: protocol.SetPresence) -> None:
        people.set_agent_state(self.desk.agent_id, Presence(frame.state))
        self.show_presence()
        await self.answer(protocol.ack(rid=frame.rid))

    # Sending.

    def author(self, thread: Thread) -> Author:
        """The agent, whatever the frame says."""
        return messages.agent_author(self.desk.agent_id, self.desk.name)

    async def thread_for(self, frame: protocol.Send) -> Thread:
        """Agents name the conversation they write in."""
        return await self.thread(frame.conv or "")

    async def on_typing(self, frame: protocol.Typing) -> None:
        """Tell the visitor, and the colleagues who look at the same conversation."""
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

    def cares(self, event: Any) -> bool:
        """Rows of open conversations, and the list where it is watched."""
        match event:
            case MessageStored():
                return event.thread.id in self.cursors
            case ConversationChanged():
                return self._inbox is not None
        return True

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
                agent = agent_wire_id(event.agent_id)
                await self.answer(protocol.agent_presence(agent=agent, state=event.state))
            case SessionEnded() if self.desk.session_key in event.session_keys:
                await self.close(Close.SESSION_ENDED)

    async def _list(self, row: ConversationChanged) -> None:
        delta = self._inbox.delta(row) if self._inbox else None
        if delta is not None:
            await self.answer(delta)
