"""One client at its socket: it sends in order, comes back after a cut, and keeps its place."""

from __future__ import annotations

import asyncio
import contextlib
import json
import random
import time
import uuid
from abc import ABC, abstractmethod
from collections.abc import Coroutine, Mapping
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.typing import Origin, Subprotocol

from gofly.replay.outbox import Message, Outbox
from gofly.replay.tally import Tally

OPENING_SECONDS = 30.0
ANSWER_SECONDS = 20.0
READ_SECONDS = 0.3  # the widget says `read` this long after a row came
CUT = 1006  # no close frame came
FINAL = range(4400, 4500)  # coming back at once would not help
LEAST_PAUSE, MOST_PAUSE = 0.5, 30.0

Frame = dict[str, Any]


class Refused(Exception):
    """The server does not let a client in; the text says what it said."""


class Line(ABC):
    """A socket that speaks protocol version 1 as our own pages do."""

    def __init__(self, url: str, path: str, tally: Tally) -> None:
        self.url, self._address = url, f"ws{url.removeprefix('http')}{path}"
        self.tally = tally
        self.outbox = Outbox()
        self.last: dict[str, int] = {}
        self._epochs: dict[str, str] = {}
        self._read: dict[str, int] = {}
        self._asked: dict[str, asyncio.Future[Frame]] = {}
        self._wire: ClientConnection | None = None
        self._welcomed = asyncio.Event()
        self._work = asyncio.Event()
        self._reading = False
        self._life: asyncio.Task[None] | None = None
        self._beside: set[asyncio.Task[None]] = set()

    @abstractmethod
    async def hello(self) -> Frame:
        """The first frame of a connection."""

    @abstractmethod
    def shown(self, row: Frame) -> None:
        """A row of the other side or our own arrived, in its place."""

    @abstractmethod
    def hear(self, frame: Frame) -> None:
        """Any other frame arrived."""

    def headers(self) -> Mapping[str, str]:
        """What the handshake carries besides the origin."""
        return {}

    # Its life.

    async def open(self) -> None:
        """Connect, and return when the server has welcomed us."""
        self._life = asyncio.create_task(self._live())
        welcome = asyncio.create_task(self._welcomed.wait())
        await asyncio.wait(
            {self._life, welcome},
            timeout=OPENING_SECONDS,
            return_when=asyncio.FIRST_COMPLETED,
        )
        if not welcome.done():
            welcome.cancel()
            if self._life.done():
                self._life.result()
            raise Refused(f"No welcome within {OPENING_SECONDS:.0f} s.")

    async def close(self) -> None:
        """Go for good."""
        if self._life is not None:
            self._life.cancel()
            await asyncio.gather(self._life, return_exceptions=True)

    async def _live(self) -> None:
        """Connect, and after every cut connect again, as our pages do."""
        failures = 0
        while True:
            began = time.monotonic()
            try:
                await self._connection()
            except ConnectionClosed as end:
                code = end.rcvd.code if end.rcvd else CUT
                self.tally.closes[code] += 1
                if code in FINAL:
                    raise Refused(f"The server closed a socket with {code}.") from end
            except (InvalidHandshake, OSError) as error:
                if not self._welcomed.is_set():
                    raise Refused(f"No socket at {self.url}: {error}") from error
            failures = 0 if time.monotonic() - began > MOST_PAUSE else failures + 1
            pause = min(MOST_PAUSE, LEAST_PAUSE * 2**failures)
            await asyncio.sleep(random.uniform(0, pause))  # noqa: S311  (spreads, hides nothing)

    async def _connection(self) -> None:
        async with connect(
            self._address,
            origin=Origin(self.url),
            subprotocols=[Subprotocol("gofly.v1")],
            additional_headers=self.headers(),
            compression=None,
            ping_interval=None,
            open_timeout=OPENING_SECONDS,
            max_size=None,
        ) as wire:
            self._wire = wire
            await self.put(await self.hello())
            sender = asyncio.create_task(self._send())
            try:
                while True:
                    await self._receive(await wire.recv())
            finally:
                sender.cancel()
                self._wire = None
                self.outbox.cut()

    # What it says.

    def say(self, message: Message) -> None:
        """Put a text into the outbox."""
        self.outbox.add(message)
        self._work.set()

    async def put(self, frame: Frame) -> None:
        """Send a frame; without a line it is lost, as all frames but messages may be."""
        if self._wire is not None:
            with contextlib.suppress(ConnectionClosed):  # `_live` sees it as well
                await self._wire.send(json.dumps(frame, ensure_ascii=False))

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside receiving."""
        task = asyncio.create_task(work)
        self._beside.add(task)  # the loop itself holds tasks only weakly
        task.add_done_callback(self._beside.discard)

    async def ask(self, frame: Frame) -> Frame:
        """Send a frame and wait for its direct answer."""
        rid = uuid.uuid4().hex
        self._asked[rid] = asyncio.get_running_loop().create_future()
        try:
            await self.put({**frame, "rid": rid})
            return await asyncio.wait_for(self._asked[rid], ANSWER_SECONDS)
        finally:
            del self._asked[rid]

    async def _send(self) -> None:
        """Empty the outbox as far as window and rates allow."""
        await self._welcomed.wait()
        while True:
            self._work.clear()
            pause = self.outbox.pause()
            while not self.outbox.pause() and (message := self.outbox.next()) is not None:
                message.sent_at = message.sent_at or time.monotonic()
                await self.put(message.frame())
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._work.wait(), pause or None)

    async def _read_rows(self) -> None:
        """Tell how far we have read, once for all rows of the last moment."""
        await asyncio.sleep(READ_SECONDS)
        self._reading = False
        for conv, last in self.last.items():
            if last > self._read.get(conv, 0):
                self._read[conv] = last
                await self.put({"t": "read", "conv": conv, "up_to": last})

    # What it hears.

    async def _receive(self, text: str | bytes) -> None:
        frame = json.loads(text)
        match frame["t"]:
            case "msg":
                self._row(frame)
            case "hole":
                self._advance(frame["conv"], frame["from"], frame["to"])
            case "ack" if "cid" in frame:
                self._acked(frame)
            case "nack":
                self._refused(frame)
            case "ping":
                await self.put({"t": "pong"})
            case "welcome":
                self._epochs |= {conv: head["epoch"] for conv, head in frame["heads"].items()}
                self.hear(frame)
                self._welcomed.set()
                self._work.set()
            case "error":
                self.tally.errors[frame["code"]] += 1
            case _:
                self.hear(frame)
        asked = self._asked.get(frame.get("rid", ""))
        if asked is not None and not asked.done():
            asked.set_result(frame)

    def _row(self, row: Frame) -> None:
        if self._advance(row["conv"], row["seq"], row["seq"]):
            self.shown(row)
        if not self._reading:
            self._reading = True
            self.later(self._read_rows())

    def _advance(self, conv: str, first: int, last: int) -> bool:
        """Move the cursor; False for rows we have, which our pages ignore as well."""
        have = self.last.get(conv, 0)
        if last <= have:
            self.tally.repeats += 1
            return False
        if first > have + 1:
            self.tally.gaps += 1
        self.last[conv] = last
        return True

    def _acked(self, ack: Frame) -> None:
        message = self.outbox.settle(ack["cid"])
        if message is None:
            return
        message.acked_at = time.monotonic()
        message.seq, message.conv = ack["seq"], ack["conv"]
        self._work.set()

    def _refused(self, nack: Frame) -> None:
        if nack.get("retry") and "cid" in nack:
            self.tally.waits[nack["code"]] += 1
            self.outbox.hold(nack["cid"], nack["after_ms"])
        elif (message := self.outbox.settle(nack.get("cid", ""))) is not None:
            message.refused = nack["code"]
            self.tally.errors[nack["code"]] += 1
        self._work.set()

    def have(self) -> dict[str, Frame]:
        """The cursors of this client, as `hello` names them."""
        return {
            conv: {"last": last, "epoch": self._epochs.get(conv, "e1")}
            for conv, last in self.last.items()
        }
