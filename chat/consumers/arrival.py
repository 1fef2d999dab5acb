"""How a visitor's socket opens and ends: the doors, `welcome`, and presence."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings

from chat import origins, protocol
from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.consumers import guests, outbound
from chat.consumers.database import in_database
from chat.consumers.sending import SendingConsumer
from chat.errors import ChatError, ForeignOrigin, NotFound, RateLimited
from chat.events import Thread, VisitorPresence, VisitorState
from chat.presence import Page, people
from chat.services import conversations, sites, visitors
from chat.vocabulary import Close, Status

FINAL = {"auth", "identity_invalid"}
USER_AGENT_CHARACTERS = 512


class ArrivingVisitor(SendingConsumer):
    """A visitor's socket up to `welcome`, and what it gives back at the end."""

    kind = "visitor"
    limits = protocol.VISITOR
    role = protocol.SocketRole.VISITOR

    def __init__(self) -> None:
        super().__init__()
        self._site: sites.SiteInfo | None = None
        self._visitor: conversations.NewVisitor | None = None
        self._entered = False
        self.current: Thread | None = None
        self.is_open = False
        self.shown: VisitorState | None = None

    @property
    def site(self) -> sites.SiteInfo:
        """The site in the address of the socket."""
        if self._site is None:
            raise NotFound
        return self._site

    @property
    def visitor(self) -> conversations.NewVisitor:
        """Who has said hello here."""
        if self._visitor is None:
            raise NotFound
        return self._visitor

    @property
    def guest(self) -> str:
        """All sockets of a visitor share one budget."""
        return self.visitor.public_id

    @property
    def guests(self) -> guests.Guests:
        """The budgets of visitors."""
        return guests.visitors

    async def native(self) -> bool:
        """A client that names no origin at all, on a site that allows such clients."""
        if self._header(b"origin") is not None:
            return False
        site = await in_database(sites.site_by_key, self._site_key())
        return site is not None and site.native_clients

    async def admit(self) -> None:
        """The site in the address must be served, and the address have sockets left."""
        self._entered = guests.visitors.enter(self.address)
        if not self._entered:
            await self.answer(protocol.failure(RateLimited(after_ms=60_000)))
            await self.close(Close.FLOOD)
            return
        self._site = await in_database(sites.site_by_key, self._site_key())
        if self._site is None:
            await self.answer(protocol.failure(NotFound()))
            await self.close(Close.UNKNOWN_SITE)
        elif not self._site.is_active:
            await self.close(Close.FORBIDDEN)

    async def greet(self, hello: protocol.Hello) -> None:
        """Check page and token, then send `welcome` and the rows that are missing."""
        self._check_embedding(hello)
        greeting = await in_database(
            visitors.greet,
            self.site,
            token=hello.token,
            claimed=_claimed(hello),
            have={conv: (head.last, head.epoch) for conv, head in hello.have.items()},
            facts=self._facts(hello),
            must_prove=self._header(b"origin") is None,  # a client without a browser
        )
        self._visitor = greeting.visitor
        self.ear.listen(visitor_key(greeting.visitor.public_id))
        guests.visitors.settle(greeting.visitor.public_id, self)
        await self._welcome(hello, greeting)
        for cursor in list(self.cursors.values()):
            await self.catch_up(cursor)  # rows stored between reading and listening
        self._arrive(hello)
        if greeting.stored:
            await self._record_visit(greeting)

    def _check_embedding(self, hello: protocol.Hello) -> None:
        """The fourth door: the page that holds the frame must be on the site's list."""
        if hello.embed is None or hello.embed.mode == protocol.EmbedMode.PAGE:
            return
        allowed, own = self.site.allowed_origins, settings.GOFLY_PUBLIC_URLS
        if not origins.may_embed(hello.embed.origin, allowed, own):
            raise ForeignOrigin

    async def _welcome(self, hello: protocol.Hello, greeting: visitors.Greeting) -> None:
        caught = [each for each in (greeting.current, *greeting.others) if each is not None]
        if greeting.current is not None:
            self.current = greeting.current.thread
            self.is_open = greeting.state.status != Status.CLOSED
        self.shown = greeting.state
        await self.answer(
            protocol.welcome_visitor(
                conn=self.conn,
                now=int(time.time() * 1000),
                token=greeting.token,
                visitor=greeting.visitor.public_id,
                conv=self.current.public_id if self.current else None,
                identity=greeting.identity,
                heads={each.thread.public_id: outbound.head(each) for each in caught},
                state=outbound.state_fields(greeting.state),
                rid=hello.rid,
            )
        )
        for receipt in greeting.receipts:
            await self.answer(outbound.receipt_frame(receipt))
        for each in caught:
            await self.resumed(each)

    def _arrive(self, hello: protocol.Hello) -> None:
        people.visitor_came(self.visitor.public_id, self.site.id)
        page = page_of(hello.page.url, hello.page.title) if hello.page else None
        if page is not None:
            people.visitor_moved(self.visitor.public_id, page)
        self.show_presence(online=True)

    async def _record_visit(self, greeting: visitors.Greeting) -> None:
        here = people.visitor(greeting.visitor.public_id)
        await in_database(
            visitors.record_visit,
            greeting.visitor.public_id,
            facts=greeting.visitor.facts,
            page=here and here.page,
        )

    def show_presence(self, *, online: bool) -> None:
        """Tell the agents, but only about visitors who have a conversation."""
        if self.current is None:
            return
        here = people.visitor(self.visitor.public_id)
        event = VisitorPresence(
            site_id=self.visitor.site_id,
            visitor_public_id=self.visitor.public_id,
            conversation=self.current.public_id,
            online=online,
            page=here.page if here else None,
        )
        hub.publish(event, to=(conversation_key(self.current.id), site_key(self.visitor.site_id)))

    async def refused(self, refusal: ChatError) -> None:
        """Count hellos that prove nothing."""
        if refusal.code in FINAL:
            guests.visitors.failed(self.address)

    async def gone(self) -> None:
        """Give back what the socket held."""
        if self._entered:
            guests.visitors.leave(self.address)
        if self._visitor is None:
            return
        guests.visitors.unsettle(self.visitor.public_id, self)
        if people.visitor_left(self.visitor.public_id):
            self.show_presence(online=False)

    def replace(self) -> None:
        """A newer socket of this visitor took the place."""
        self._later(self.close(Close.REPLACED))

    def _facts(self, hello: protocol.Hello) -> dict[str, Any]:
        agent = self._header(b"user-agent") or ""
        facts = {
            "ip": self.address or None,
            "user_agent": agent[:USER_AGENT_CHARACTERS].replace("\x00", ""),
            "language": hello.lang,
            "timezone": hello.tz,
        }
        referrer = hello.page.referrer if hello.page else ""
        return facts | ({"referrer": referrer} if referrer else {})

    def _site_key(self) -> str:
        return outbound.query_value(self.scope["query_string"], "site")


def page_of(url: str, title: str) -> Page | None:
    """The page a visitor looks at now, if the address can be shown."""
    return Page(url=url, title=title, at=int(time.time() * 1000)) if url else None


def _claimed(hello: protocol.Hello) -> visitors.Claimed | None:
    who = hello.identity
    if who is None:
        return None
    return visitors.Claimed(who.user_id, who.hmac, who.jwt, who.name, who.email)
