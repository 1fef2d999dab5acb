"""A conversation under attack, with everybody who must not notice it."""

from __future__ import annotations

import json
import logging
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.utils import CursorWrapper

from chat.consumers.database import in_database
from chat.models import Conversation, Message
from tests import make, sockets
from tests.make import Shop
from tests.security.catalogue import Places
from tests.sockets import Frame, Socket

ANSWER_SECONDS = 2.0
SETTLED_SECONDS = 0.2
INTERNALS = re.compile(
    r'Traceback|File "|\.py\b|psycopg|django|\bSELECT \w|\bINSERT INTO\b|'
    + re.escape(str(settings.BASE_DIR))
)

Row = dict[str, Any]


@dataclass(slots=True)
class Stage:
    """A visitor with two tabs, Ana who has the conversation open, and what is stored of it."""

    widget: Socket
    tab: Socket
    desk: Socket
    conversation: Conversation
    places: Places
    before: list[Row]

    def attacker(self, surface: str) -> Socket:
        """The socket that sends the hostile frames."""
        return self.desk if surface == "ws_agent" else self.widget

    async def stored(self) -> list[Row]:
        """The rows that came after the stage was set; the older ones must be unchanged."""
        rows = await in_database(rows_of, self.conversation)
        assert rows[: len(self.before)] == self.before
        return rows[len(self.before) :]

    async def goes_on(self, sender: Socket) -> None:
        """The next valid frame is acked, reaches everybody, and is all that they hear."""
        body = f"and on it goes {make.cid()}"
        cid = await sender.say(body, conv=self.places["conv"])
        ack = await sender.frame("ack")
        while ack["cid"] != cid:
            ack = await sender.frame("ack")
        for other in (self.tab, self.desk):
            while (await other.frame("msg"))["body"] != body:
                pass
            assert other.code is None

    def words(self) -> str:
        """Everything that was said to anybody so far, as one text."""
        return "\n".join(self.widget.heard + self.tab.heard + self.desk.heard)


def rows_of(conversation: Conversation) -> list[Row]:
    """The stored rows of a conversation, column by column."""
    return [
        {name: value for name, value in vars(row).items() if name != "_state"}
        for row in Message.objects.of(conversation)
    ]


@asynccontextmanager
async def stage(shop: Shop) -> AsyncIterator[Stage]:
    """Set the stage; one message has been acked and read by everybody."""
    other = await in_database(make.conversation, shop.site, "mine alone")
    foreign = await in_database(make.conversation, shop.neighbour, "of another tenant")
    async with sockets.visitor(shop.site) as widget:
        await widget.say("Is the lamp in stock?")
        conv = (await widget.frame("ack"))["conv"]
        row = await in_database(Conversation.objects.select_related("visitor").get, public_id=conv)
        async with (
            sockets.visitor(shop.site, widget.welcome["token"]) as tab,
            sockets.agent(shop.ana) as desk,
        ):
            await desk.put("open", conv=conv)
            for socket in (widget, tab, desk):
                await socket.frame("msg")
            await desk.frame("opened")
            await desk.frame("synced")
            await desk.put("claim", conv=conv, cid=make.cid())
            assert (await desk.frame("ack", "nack"))["t"] == "ack"
            for socket in (widget, tab, desk):
                assert (await socket.frame("msg"))["kind"] == "event"
            places = {
                "conv": conv,
                "other_conv": other.public_id,
                "other_site_conv": foreign.public_id,
            }
            yield Stage(widget, tab, desk, row, places, await in_database(rows_of, row))


def says_nothing_of_us(words: str) -> None:
    """No trace, path, SQL or secret is in what clients were told."""
    assert not INTERNALS.search(words)
    assert settings.SECRET_KEY not in words


def nothing_failed(caplog: pytest.LogCaptureFixture) -> None:
    """Nobody logged an exception or an error."""
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


def logged(caplog: pytest.LogCaptureFixture, event: str) -> list[Row]:
    """The lines that were logged under this name."""
    lines = (record.msg for record in caplog.records)
    return [line for line in lines if isinstance(line, dict) and line["event"] == event]


@contextmanager
def queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The SQL of every thread while this is open."""
    asked: list[str] = []
    execute = CursorWrapper.execute

    def note(cursor: CursorWrapper, sql: Any, params: Any = None) -> Any:
        asked.append(str(sql))
        return execute(cursor, sql, params)

    with monkeypatch.context() as patch:
        patch.setattr(CursorWrapper, "execute", note)
        yield asked


async def answer(socket: Socket, *types: str) -> Frame:
    """The next frame of these types, which must come soon."""
    began = time.monotonic()
    frame = await socket.frame(*types)
    assert time.monotonic() - began < ANSWER_SECONDS
    return frame


async def hello(shop: Shop, **fields: Any) -> Socket:
    """A visitor's socket that has sent this `hello`."""
    socket = await sockets.bare(shop.site)
    await socket.raw(json.dumps(sockets.hello(shop.site, **fields)))
    return socket
