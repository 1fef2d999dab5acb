"""How an agent's socket opens and ends: the ticket, `welcome`, and presence."""

from __future__ import annotations

import time
from http.cookies import CookieError, SimpleCookie

from django.conf import settings

from agents.services import desk as desks
from chat import protocol
from chat.comet.hub import agent_key, conversation_key, hub, site_key
from chat.consumers import guests, outbound
from chat.consumers.database import in_database
from chat.consumers.sending import SendingConsumer
from chat.errors import ChatError, RateLimited, Unauthenticated
from chat.events import AgentPresence
from chat.presence import people
from chat.services.sync import Caught
from chat.shapes import agent_wire_id
from chat.vocabulary import Close

NOBODY = desks.Desk(0, "", "", ())


class SeatedAgent(SendingConsumer):
    """An agent's socket up to `welcome`, and what it gives back at the end."""

    kind = "agent"
    limits = protocol.AGENT
    role = protocol.SocketRole.AGENT

    def __init__(self) -> None:
        super().__init__()
        self.desk = NOBODY
        self._entered = False

    @property
    def guest(self) -> str:
        """All sockets of an agent share one budget."""
        return str(self.desk.agent_id)

    @property
    def guests(self) -> guests.Guests:
        """The budgets of agents."""
        return guests.agents

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
        self.language = self.desk.language or self.language
        guests.agents.settle(self.guest, self)
        self.ear.listen(agent_key(self.desk.agent_id))
        for site in self.desk.sites:
            self.ear.listen(site_key(site.id))
        have = {conv: (head.last, head.epoch) for conv, head in hello.have.items()}
        caught = await in_database(desks.resume_threads, self.desk, have)
        if people.agent_came(self.desk.agent_id, self.desk.site_ids):
            self.show_presence()
        await self._welcome(hello, caught)
        for each in caught[: self.limits.open_conversations]:
            self.ear.listen(conversation_key(each.thread.id))
            await self.resumed(each)
            await self.catch_up(self.cursors[each.thread.id])  # between reading and listening

    async def _welcome(self, hello: protocol.Hello, caught: list[Caught]) -> None:
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

    def show_presence(self) -> None:
        """Tell the colleagues the state they may see."""
        event = AgentPresence(self.desk.agent_id, people.agent_state(self.desk.agent_id))
        hub.publish(event, to=[site_key(site.id) for site in self.desk.sites])

    async def refused(self, refusal: ChatError) -> None:
        """Count hellos that prove nothing."""
        if not self.greeted:
            guests.agents.failed(self.address)

    async def gone(self) -> None:
        """Give back what the socket held."""
        if self._entered:
            guests.agents.leave(self.address)
        if self.desk.agent_id:
            guests.agents.unsettle(self.guest, self)
            people.agent_left(self.desk.agent_id)

    def replace(self) -> None:
        """A newer socket of this agent took the place."""
        self._later(self.close(Close.REPLACED))

    def _session_key(self) -> str:
        try:
            cookies = SimpleCookie(self._header(b"cookie") or "")
        except CookieError:
            return ""
        found = cookies.get(settings.SESSION_COOKIE_NAME)
        return found.value if found else ""
