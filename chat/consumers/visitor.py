"""The socket of one widget or H5 page. It keeps ids and cursors, and no database rows."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable
from typing import Any

from django.conf import settings

from chat import origins, protocol
from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.consumers import guests, outbound
from chat.consumers.database import in_database
from chat.consumers.order import SendOrder
from chat.consumers.rows import RowsConsumer
from chat.errors import Banned, ChatError, FileRejected, ForeignOrigin, NotFound, RateLimited
from chat.events import (
    ConversationChanged,
    MessageStored,
    Page,
    Receipt,
    RowsWaiting,
    Thread,
    Typing,
    VisitorBanned,
    VisitorPresence,
    VisitorState,
)
from chat.metrics import ACK_SECONDS
from chat.presence import people
from chat.protocol.frames import FILE_KINDS
from chat.services import conversations, messages, receipts, sites, state, visitors
from chat.vocabulary import Close, Kind, SenderKind, Status, status_of
from chat.writer import Draft

TYPING_SECONDS = 2.0
FINAL = {"auth", "identity_invalid"}


class VisitorConsumer(RowsConsumer):
    """A visitor's socket: one conversation at a time, and the ones before it."""

    kind = "visitor"
    limits = protocol.VISITOR
    role = protocol.SocketRole.VISITOR

    def __init__(self) -> None:
        super().__init__()
        self.site: sites.SiteInfo | None = None
        self.visitor: conversations.NewVisitor | None = None
        self.current: Thread | None = None
        self.settled = False
        self._is_open = False
        self._shown: VisitorState | None = None
        self._order = SendOrder()
        self._typed_at = 0.0
        self._entered = False

    # Opening.

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
        self.site = await in_database(sites.site_by_key, self._site_key())
        if self.site is None:
            await self.answer(protocol.failure(NotFound()))
            await self.close(Close.UNKNOWN_SITE)
        elif not self.site.is_active:
            await self.close(Close.FORBIDDEN)

    async def greet(self, hello: protocol.Hello) -> None:
        """Check page and token, then send `welcome` and the rows that are missing."""
        site = self._known_site()
        self._check_embedding(hello, site)
        greeting = await in_database(
            visitors.greet,
            site,
            token=hello.token,
            claimed=_claimed(hello),
            have={conv: (head.last, head.epoch) for conv, head in hello.have.items()},
            facts=self._facts(hello),
        )
        self.visitor = greeting.visitor
        # Listening before reading the rows again closes the gap between the two.
        self.listen(visitor_key(greeting.visitor.public_id))
        guests.visitors.settle(greeting.visitor.public_id, self)
        await self._welcome(hello, greeting)
        self._arrive(hello)
        if greeting.stored:
            page = people.visitor(greeting.visitor.public_id)
            await in_database(
                visitors.record_visit,
                greeting.visitor.public_id,
                facts=greeting.visitor.facts,
                page=page and page.page,
            )

    async def _welcome(self, hello: protocol.Hello, greeting: visitors.Greeting) -> None:
        caught = [each for each in (greeting.current, *greeting.others) if each is not None]
        self._shown = greeting.state
        shown = outbound.state_frame(greeting.state)
        del shown["t"]
        if greeting.current is not None:
            self.current = greeting.current.thread
            self._is_open = greeting.state.status != "closed"
        await self.answer(
            protocol.welcome_visitor(
                conn=self.conn,
                now=int(time.time() * 1000),
                token=greeting.token,
                visitor=greeting.visitor.public_id,
                conv=self.current.public_id if self.current else None,
                identity=greeting.identity,
                heads={each.thread.public_id: outbound.head(each) for each in caught},
                state=shown,
                rid=hello.rid,
            )
        )
        for each in caught:
            await self.resumed(each)

    def _check_embedding(self, hello: protocol.Hello, site: sites.SiteInfo) -> None:
        """The fourth door: the page that holds the frame must be on the site's list."""
        if hello.embed is None or hello.embed.mode == protocol.EmbedMode.PAGE:
            return
        origin = hello.embed.origin
        if not origins.may_embed(origin, site.allowed_origins, settings.GOFLY_PUBLIC_URLS):
            raise ForeignOrigin

    def _facts(self, hello: protocol.Hello) -> dict[str, Any]:
        agent = self._header(b"user-agent") or ""
        facts = {
            "ip": self.address or None,
            "user_agent": agent[:512].replace("\x00", ""),
            "language": hello.lang,
            "timezone": hello.tz,
        }
        referrer = hello.page.referrer if hello.page else ""
        return facts | ({"referrer": referrer} if referrer else {})

    # Frames.

    async def handle(self, frame: protocol.Frame) -> None:
        """Answer one frame of a known visitor."""
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
            case protocol.Skip():
                self._order.settle(frame.conv, frame.cid)
                self._order.settle(None, frame.cid)
                await self.answer(protocol.ack(cid=frame.cid, conv=frame.conv))
            case protocol.PageView():
                await self._look_at(frame)
            case _:
                await self._operate(frame)

    async def _operate(self, frame: protocol.Frame) -> None:
        """Frames that add a row other than a message."""
        thread = await self.thread(getattr(frame, "conv", ""))
        author = messages.visitor_author(thread)
        self._spend_message()
        match frame:
            case protocol.Edit():
                change = {"seq": frame.seq, "cid": frame.cid, "kind": Kind.EDIT, "body": frame.body}
                future = await in_database(messages.change_message, thread, author, **change)
            case protocol.Delete():
                change = {"seq": frame.seq, "cid": frame.cid, "kind": Kind.DELETE}
                future = await in_database(messages.change_message, thread, author, **change)
            case protocol.Rate():
                future = messages.rate(thread, cid=frame.cid, score=frame.score, text=frame.text)
            case protocol.CloseConv():
                future = messages.close_by_visitor(thread, cid=frame.cid)
            case _:
                return
        receipt = await asyncio.wrap_future(future)
        await self.answer(outbound.ack(receipt, getattr(frame, "cid", ""), frame.rid))

    async def _send(self, frame: protocol.Send) -> None:
        """Store a message, then ack it."""
        began = time.perf_counter()
        self._order.check(frame.conv, frame.cid)
        try:
            self._spend_message()
            if frame.kind in FILE_KINDS:
                raise FileRejected
            thread = await self._thread_to_write_in(frame.conv)
            receipt = await asyncio.wrap_future(messages.post_message(_draft(thread, frame)))
        except ChatError as refusal:
            self._order.settle(frame.conv, frame.cid, refusal)
            raise
        self._order.settle(frame.conv, frame.cid)
        ACK_SECONDS.observe(time.perf_counter() - began)
        await self.answer(outbound.ack(receipt, frame.cid, frame.rid))

    async def _thread_to_write_in(self, conv: str | None) -> Thread:
        current = self.current
        if current is not None and self._is_open and conv in (None, current.public_id):
            return current
        if current is None and (wait := guests.visitors.open_wait_ms(self.address)):
            raise RateLimited(after_ms=wait)
        visitor = self._known_visitor()
        here = people.visitor(visitor.public_id)
        if here is not None:
            visitor.facts["trail"] = list(here.trail)
        self.current = await in_database(conversations.thread_to_write_in, visitor, conv)
        self._is_open = True
        return self.current

    def _spend_message(self) -> None:
        wait = guests.visitors.message_wait_ms(self._known_visitor().public_id, self.limits)
        if wait:
            raise RateLimited(after_ms=wait)

    async def _receipt(self, conv: str, *, got: int = 0, read: int = 0) -> None:
        thread = await self.thread(conv)
        await in_database(
            receipts.record_receipt, thread, who=SenderKind.VISITOR, got=got, read=read
        )

    async def _type(self, frame: protocol.Typing) -> None:
        now = time.monotonic()
        if frame.on and now - self._typed_at < TYPING_SECONDS:
            return
        self._typed_at = now
        thread = await self.thread(frame.conv)
        preview = frame.preview if self._known_site().typing_preview else ""
        event = Typing(thread, SenderKind.VISITOR, frame.on, preview=preview)
        hub.publish(event, to=(conversation_key(thread.id), site_key(thread.site_id)))

    async def _look_at(self, frame: protocol.PageView) -> None:
        page = _page(frame.url, frame.title)
        if page is None:
            return
        people.visitor_moved(self._known_visitor().public_id, page)
        self._show_presence(online=True)
        if self.current is not None:
            await in_database(
                visitors.record_visit, self._known_visitor().public_id, facts={}, page=page
            )

    # Rows and events.

    def frames(self, rows: Iterable[MessageStored]) -> list[protocol.Answer]:
        """Rows without what only agents may see."""
        return outbound.rows_for_visitors(rows)

    async def thread(self, conv: str) -> Thread:
        """One of this visitor's own conversations."""
        for cursor in self.cursors.values():
            if cursor.thread.public_id == conv:
                return cursor.thread
        public_id = self._known_visitor().public_id
        return await in_database(conversations.visitor_thread, public_id, conv)

    async def tell(self, event: Any) -> None:
        """Pass on what happened in the visitor's conversations."""
        match event:
            case MessageStored():
                self.current = self.current or event.thread
                await self.push(event)
            case RowsWaiting():
                await self.hint(event)
            case Receipt():
                await self.answer(outbound.receipt_frame(event))
            case Typing() if event.who != SenderKind.VISITOR:
                await self.answer(outbound.typing_frame(event))
            case ConversationChanged():
                await self._change(event)
            case VisitorBanned():
                raise Banned
            case VisitorState():
                await self.show(event)

    async def _change(self, row: ConversationChanged) -> None:
        """Show a new owner; other changes of the inbox row are not the visitor's business."""
        if self.current is not None and row.thread.id != self.current.id:
            self.current = row.thread
        self._is_open = row.owner != "none"
        agent = row.agent.name if row.agent else None
        if self._shown is None or (self._shown.status, self._shown.agent_name) != (
            status_of(row.owner),
            agent,
        ):
            await self.show(await in_database(state.state_by_id, row.thread.id, row.thread.site_id))

    @property
    def is_waiting(self) -> bool:
        """Whether the visitor waits for an agent, as this socket was told."""
        return self._shown is not None and self._shown.status == Status.WAITING

    async def show(self, event: VisitorState) -> None:
        """Send the header's state if it changed."""
        if event != self._shown:
            self._shown = event
            await self.answer(outbound.state_frame(event))

    # Leaving.

    async def refused(self, refusal: ChatError) -> None:
        """Count hellos that prove nothing."""
        if refusal.code in FINAL:
            guests.visitors.failed(self.address)

    async def gone(self) -> None:
        """Give back what the socket held."""
        if self._entered:
            guests.visitors.leave(self.address)
        if self.visitor is not None:
            guests.visitors.unsettle(self.visitor.public_id, self)
            if people.visitor_left(self.visitor.public_id):
                self._show_presence(online=False)

    def replace(self) -> None:
        """A newer socket of this visitor took the place."""
        self._later(self.close(Close.REPLACED))

    def _arrive(self, hello: protocol.Hello) -> None:
        public_id, site = self._known_visitor().public_id, self._known_site()
        first = people.visitor_came(public_id, site.id)
        page = _page(hello.page.url, hello.page.title) if hello.page else None
        if page is not None:
            people.visitor_moved(public_id, page)
        if first or page is not None:
            self._show_presence(online=True)

    def _show_presence(self, *, online: bool) -> None:
        """Tell the agents, but only about visitors who have a conversation."""
        if self.current is None:
            return
        visitor, here = self._known_visitor(), people.visitor(self._known_visitor().public_id)
        event = VisitorPresence(
            site_id=visitor.site_id,
            visitor_public_id=visitor.public_id,
            conversation=self.current.public_id,
            online=online,
            page=here.page if here else None,
        )
        hub.publish(event, to=(conversation_key(self.current.id), site_key(visitor.site_id)))

    def _site_key(self) -> str:
        return outbound.query_value(self.scope["query_string"], "site")

    def _known_site(self) -> sites.SiteInfo:
        if self.site is None:
            raise NotFound
        return self.site

    def _known_visitor(self) -> conversations.NewVisitor:
        if self.visitor is None:
            raise NotFound
        return self.visitor


def _claimed(hello: protocol.Hello) -> visitors.Claimed | None:
    who = hello.identity
    if who is None:
        return None
    return visitors.Claimed(who.user_id, who.hmac, who.jwt, who.name, who.email)


def _draft(thread: Thread, frame: protocol.Send) -> Draft:
    key, sender = messages.visitor_author(thread)
    return Draft(
        thread.id,
        key,
        sender,
        frame.cid,
        frame.kind,
        frame.body,
        reply_to=frame.reply_to,
        client_ts=frame.client_ts,
    )


def _page(url: str, title: str) -> Page | None:
    if not url:
        return None
    return Page(url=url, title=title, at=int(time.time() * 1000))
