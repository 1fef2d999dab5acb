"""Sockets for tests: they speak the protocol to the real application, without a network."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from channels.testing import WebsocketCommunicator

from chat.consumers.database import in_database
from chat.models import Site, User
from gofly.asgi import application
from tests import make

OWN = b"http://127.0.0.1:8000"
SUBPROTOCOL = "gofly.v1"
SECONDS = 5

Frame = dict[str, Any]


class Socket:
    """One end of a socket; frames of other types wait until somebody asks for them."""

    def __init__(self, path: str, headers: Mapping[bytes, bytes | None] | None = None) -> None:
        given: dict[bytes, bytes | None] = {b"origin": OWN, **(headers or {})}
        self._wire = WebsocketCommunicator(
            application,
            path,
            headers=[(name, value) for name, value in given.items() if value is not None],
            subprotocols=[SUBPROTOCOL],
        )
        self.kept: list[Frame] = []
        self.heard: list[str] = []  # every frame as it came
        self.welcome: Frame = {}
        self.code: int | None = None

    async def connect(self) -> bool:
        """Upgrade; False when the handshake is refused."""
        connected, _ = await self._wire.connect(timeout=SECONDS)
        return connected

    async def raw(self, text: str) -> None:
        """Send a text as it is."""
        await self._wire.send_input({"type": "websocket.receive", "text": text})

    async def bytes(self, data: bytes) -> None:
        """Send a binary frame."""
        await self._wire.send_input({"type": "websocket.receive", "bytes": data})

    async def put(self, t: str, **fields: Any) -> None:
        """Send a frame."""
        await self.raw(json.dumps({"t": t, **fields}))

    async def say(self, body: str, **fields: Any) -> str:
        """Send a message; returns its cid."""
        cid = fields.pop("cid", None) or make.cid()
        await self.put("send", cid=cid, body=body, **fields)
        return cid

    async def frame(self, *types: str) -> Frame:
        """The next frame of one of these types."""
        for frame in self.kept:
            if frame["t"] in types:
                self.kept.remove(frame)
                return frame
        while True:
            frame = await self._next()
            if frame["t"] in types:
                return frame
            self.kept.append(frame)

    async def frames(self, t: str, count: int) -> list[Frame]:
        """The next frames of a type."""
        return [await self.frame(t) for _ in range(count)]

    async def silence(self, seconds: float = 0.1) -> list[Frame]:
        """What else arrives within a moment, with what was kept."""
        while not await self._wire.receive_nothing(timeout=seconds):
            self.kept.append(await self._next())
        kept, self.kept = self.kept, []
        return kept

    async def closed(self) -> int:
        """The close code; frames before it are kept."""
        while self.code is None:
            try:
                self.kept.append(await self._next())
            except ConnectionResetError:
                break
        assert self.code is not None
        return self.code

    async def leave(self) -> None:
        """Go without a word, as a lost line does."""
        await self._wire.disconnect(timeout=SECONDS)

    async def _next(self) -> Frame:
        output = await self._wire.receive_output(timeout=SECONDS)
        if output["type"] == "websocket.close":
            self.code = output.get("code", 1000)
            raise ConnectionResetError(self.code)
        self.heard.append(output["text"])
        found: Frame = json.loads(output["text"])
        return found


async def bare(site: Site, **headers: bytes) -> Socket:
    """A visitor's socket before `hello`."""
    socket = Socket(f"/ws/v1/visitor?site={site.key}", {k.encode(): v for k, v in headers.items()})
    assert await socket.connect()
    return socket


def hello(site: Site, **fields: Any) -> Frame:
    """A visitor's `hello` from a page of the shop."""
    return {
        "t": "hello",
        "v": 1,
        "role": "visitor",
        "site": site.key,
        "token": "",
        "client": "widget/1.0.0",
        "embed": {"mode": "widget", "origin": make.EMBEDDING},
        "have": {},
        "page": {"url": "https://shop.example/cart", "title": "Cart", "referrer": ""},
        "lang": "en",
        "tz": "Europe/Paris",
    } | fields


@asynccontextmanager
async def visitor(site: Site, token: str = "", **fields: Any) -> AsyncIterator[Socket]:
    """A visitor who has been welcomed."""
    socket = await bare(site)
    await socket.raw(json.dumps(hello(site, token=token, **fields)))
    socket.welcome = await socket.frame("welcome")
    yield socket
    await socket.leave()


@asynccontextmanager
async def agent(user: User, *, watch: bool = False, **fields: Any) -> AsyncIterator[Socket]:
    """An agent who has been welcomed, and follows the list if asked to."""
    session = await in_database(make.session, user)
    socket = await seated(session)
    ticket = await in_database(make.ticket, user, session)
    await socket.put("hello", v=1, role="agent", ticket=ticket, client="dashboard/1.0.0", **fields)
    socket.welcome = await socket.frame("welcome")
    if watch:
        await socket.put("watch", inbox="all")
        await socket.frame("inbox")
    yield socket
    await socket.leave()


async def seated(session: str) -> Socket:
    """An agent's socket before `hello`, with the cookie of a session."""
    socket = Socket("/ws/v1/agent", {b"cookie": f"sessionid={session}".encode()})
    assert await socket.connect()
    return socket


async def settle() -> None:
    """Let what was published reach the sockets."""
    await asyncio.sleep(0.05)
