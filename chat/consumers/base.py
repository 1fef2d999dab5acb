"""What visitor and agent sockets share: opening, frames in, frames out, and how they end."""

from __future__ import annotations

import asyncio
import secrets
import time
from abc import ABC, abstractmethod
from typing import Any, ClassVar
from weakref import WeakSet

import structlog
from channels.consumer import AsyncConsumer
from channels.exceptions import StopConsumer
from django.conf import settings
from django.db import InterfaceError, InternalError, OperationalError
from psycopg_pool import PoolTimeout

from chat import addresses, metrics, protocol
from chat.comet.pulse import pulse
from chat.comet.registry import Life
from chat.consumers.ear import Ear
from chat.consumers.pace import Pace
from chat.errors import BadFrame, Busy, ChatError, Forbidden, Internal, Unauthenticated, Unavailable
from chat.origins import is_own_origin
from chat.protocol.limits import HELLO_SECONDS
from chat.services import wording
from chat.vocabulary import CLOSE_AFTER, Close

SUBPROTOCOL = "gofly.v1"
# A standby that takes no writes is an InternalError.
AWAY = (OperationalError, InterfaceError, InternalError, PoolTimeout, Unavailable)

log = structlog.get_logger(__name__)

# Every open socket of this process, for the jobs that visit them.
live: WeakSet[ChatConsumer] = WeakSet()


class ChatConsumer(AsyncConsumer, ABC):
    """A socket that speaks protocol version 1."""

    # Our own traffic uses the hub; an unknown alias means no channel layer for this consumer.
    channel_layer_alias = ""
    kind: ClassVar[str]
    limits: ClassVar[protocol.SocketLimits]
    role: ClassVar[protocol.SocketRole]

    def __init__(self) -> None:
        self.conn = f"c_{secrets.token_urlsafe(9)}"
        self.address = ""
        self.language = ""
        self.greeted = False
        self.closed = False
        self._life: Life | None = None
        self._hello_timer: asyncio.TimerHandle | None = None
        self.ear = Ear(self.cares, self._pass_on)
        self._tasks: set[asyncio.Task[None]] = set()
        self._pace = Pace(self.limits)

    # What each kind of socket does.

    async def admit(self) -> None:
        """Check what the address of the socket says; refuse with a ChatError."""

    @abstractmethod
    async def greet(self, hello: protocol.Hello) -> None:
        """Find out who it is and send `welcome`; refuse with a ChatError."""

    @abstractmethod
    async def handle(self, frame: protocol.Frame) -> None:
        """Answer one frame after `hello`."""

    @abstractmethod
    async def tell(self, event: Any) -> None:
        """Pass on one event from the hub."""

    async def gone(self) -> None:
        """The socket is over."""

    # The life of a socket.

    async def dispatch(self, message: dict[str, Any]) -> None:
        """Handle one ASGI event (the stock dispatch visits a thread for each)."""
        match message["type"]:
            case "websocket.connect":
                await self._connect()
            case "websocket.receive":
                await self._receive(message)
            case "websocket.disconnect":
                await self._disconnect()
                raise StopConsumer

    async def _connect(self) -> None:
        own = is_own_origin(self._header(b"origin"), settings.GOFLY_PUBLIC_URLS)
        if SUBPROTOCOL not in self.scope["subprotocols"] or not (own or await self.native()):
            await self.send({"type": "websocket.close"})
            return
        self.address = addresses.client_ip(
            self.scope["headers"], self.scope.get("client"), settings.GOFLY_TRUSTED_PROXIES
        )
        await self.send({"type": "websocket.accept", "subprotocol": SUBPROTOCOL})
        self._life = pulse.join(self)
        live.add(self)
        metrics.SOCKETS.labels(self.kind).inc()
        timer = asyncio.get_running_loop().call_later(HELLO_SECONDS, self._no_hello)
        self._hello_timer = timer
        await self._guarded(self.admit())

    async def native(self) -> bool:
        """Whether a client without a browser may come in here."""
        return False

    async def _receive(self, message: dict[str, Any]) -> None:
        if self.closed:
            return
        if self._life is not None:
            self._life.heard_at = time.monotonic()
        text = message.get("text")
        metrics.FRAMES.labels("in").inc()
        if text is None:
            await self.close(Close.MALFORMED)
        elif len(text) > self.limits.frame_bytes or len(text.encode()) > self.limits.frame_bytes:
            await self.close(Close.TOO_BIG)
        elif text == protocol.PONG:
            self._pace.frame()
        else:
            await self._guarded(self._read(text))

    async def _read(self, text: str) -> None:
        frame = protocol.parse(text)
        if not self._pace.frame():
            await self._too_fast(frame)
        elif not self.greeted:
            await self._open(frame)
        else:
            await self._take(frame)

    async def _open(self, frame: protocol.Frame) -> None:
        if not isinstance(frame, protocol.Hello) or frame.role != self.role:
            raise Unauthenticated(rid=frame.rid)
        self.language = wording.nearest(frame.lang)
        await self.greet(frame)
        self.greeted = True
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        self.ear.open()

    async def _take(self, frame: protocol.Frame) -> None:
        match frame:
            case protocol.Hello():
                raise BadFrame(rid=frame.rid)
            case protocol.Ping():
                await self.answer(protocol.pong(frame.n, frame.rid))
            case protocol.Pong():
                pass
            case protocol.Bye():
                await self.close(Close.NORMAL)
            case _ if type(frame) in protocol.AGENT_ONLY and self.role != protocol.SocketRole.AGENT:
                raise Forbidden(rid=frame.rid, cid=getattr(frame, "cid", None))
            case _:
                await self._served(frame)

    async def _served(self, frame: protocol.Frame) -> None:
        """Handle a frame; its refusals name it."""
        try:
            await self.handle(frame)
        except ChatError as refusal:
            refusal.rid = refusal.rid or frame.rid
            refusal.cid = refusal.cid or getattr(frame, "cid", None)
            refusal.conv = refusal.conv or getattr(frame, "conv", None)
            raise

    async def _disconnect(self) -> None:
        self.closed = True
        if self._hello_timer is not None:
            self._hello_timer.cancel()
        self.ear.close()
        if self._life is not None:
            live.discard(self)
            pulse.leave(self._life)
            self._life = None
            metrics.SOCKETS.labels(self.kind).dec()
            await self.gone()

    # Frames out.

    async def answer(self, frame: protocol.Answer) -> None:
        """Send one frame; after the close nothing is sent."""
        await self._write(protocol.dump(frame))

    async def _write(self, text: str) -> None:
        if self.closed:
            return
        if self._life is not None:
            self._life.spoken_at = time.monotonic()
        metrics.FRAMES.labels("out").inc()
        await self.send({"type": "websocket.send", "text": text})

    async def close(self, code: int) -> None:
        """End the socket with a close code, once."""
        if not self.closed:
            self.closed = True
            metrics.CLOSES.labels(int(code)).inc()
            await self.send({"type": "websocket.close", "code": int(code)})

    def _later(self, coroutine: Any) -> None:
        """Send from a callback that must not block."""
        task = asyncio.ensure_future(self._guarded(coroutine))
        self._tasks.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._tasks.discard)

    # Refusals.

    async def _guarded(self, work: Any) -> None:
        """Await work; turn every failure into a frame and, where the protocol says so, a close."""
        try:
            await work
        except AWAY as error:
            log.warning("socket.storing_failed", conn=self.conn, error=str(error).strip())
            await self.answer(self.failure(Busy()))
            await self.close(Close.TRY_LATER)
        except ChatError as refusal:
            await self._refuse(refusal)
        except Exception:
            incident = secrets.token_hex(6)
            log.exception("socket.failed", conn=self.conn, incident=incident)
            await self.answer(self.failure(Internal(incident)))
            await self.close(Close.INTERNAL)

    async def _refuse(self, refusal: ChatError) -> None:
        await self.answer(protocol.refusal(refusal, self.sentence(refusal)))
        code = CLOSE_AFTER.get(refusal.code) or self._pace.refused(refusal)
        if code is not None:
            await self.refused(refusal)
            await self.close(code)

    def failure(self, error: ChatError) -> protocol.Answer:
        """The refusal of a connection, also where it could be the one of a message."""
        return protocol.failure(error, self.sentence(error))

    def sentence(self, refusal: ChatError) -> str:
        """A refusal in the language of who is at the socket, once `hello` has told it."""
        return wording.sentence(refusal, self.language)

    async def refused(self, refusal: ChatError) -> None:
        """A refusal ends this socket; count it if counting is due."""

    async def _too_fast(self, frame: protocol.Frame) -> None:
        """Refuse a message over the budget of frames; other frames are dropped."""
        cid = getattr(frame, "cid", None)
        if cid is not None:
            refusal = self._pace.too_fast(cid, getattr(frame, "conv", None))
            self.held_back(frame, refusal)
            await self.answer(protocol.nack(refusal, self.sentence(refusal)))
        if self._pace.flooded():
            await self.close(Close.FLOOD)

    def held_back(self, frame: protocol.Frame, refusal: ChatError) -> None:
        """A message was refused before it was looked at."""

    # Called by the pulse and the hub.

    def beat(self) -> None:
        """Send a ping."""
        self._later(self._write(protocol.PING))

    def expire(self) -> None:
        """Nothing came for two intervals."""
        self._later(self.close(Close.TIMEOUT))

    def _no_hello(self) -> None:
        if not self.greeted:
            self._later(self.close(Close.TIMEOUT))

    def cares(self, event: Any) -> bool:
        """Whether `tell` would do anything with an event now."""
        return True

    async def _pass_on(self, event: Any) -> None:
        if not self.closed:
            await self._guarded(self.tell(event))

    def _header(self, name: bytes) -> str | None:
        for key, value in self.scope["headers"]:
            if key == name:
                return str(value, "latin-1")
        return None
