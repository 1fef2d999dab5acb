"""The two kinds of clients: visitors who ask, and agents who answer."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping

from chat.protocol.limits import HISTORY_ROWS, INTEGER_MOST
from gofly.replay.line import Frame, Line
from gofly.replay.outbox import Message
from gofly.replay.tally import Tally

WATCH: Frame = {"t": "watch", "inbox": "all"}
QUOTED_CHARACTERS = 80


class Visitor(Line):
    """Asks questions, as the page of its own does."""

    def __init__(self, url: str, site_key: str, language: str, tally: Tally) -> None:
        super().__init__(url, f"/ws/v1/visitor?site={site_key}", tally)
        self._site_key, self._language = site_key, language
        self._token = ""

    async def hello(self) -> Frame:
        """Who we are, if we have been here before."""
        return {
            "t": "hello",
            "v": 1,
            "role": "visitor",
            "site": self._site_key,
            "token": self._token,
            "client": "replay/1",
            "embed": {"mode": "page"},
            "have": self.have(),
            "page": {"url": f"{self.url}/c/{self._site_key}/", "title": "Replay", "referrer": ""},
            "lang": self._language,
            "tz": "UTC",
        }

    def hear(self, frame: Frame) -> None:
        """Keep the token: it is who we are at the next connection."""
        if frame["t"] == "welcome":
            self._token = frame.get("token") or self._token

    def ask_question(self, question: Message) -> None:
        """Ask, without waiting for the answers to earlier questions."""
        self.tally.questions[question.cid] = question
        self.say(question)

    def shown(self, row: Frame) -> None:
        """An answer came."""
        if row["from"]["k"] == "agent" and row["kind"] == "text":
            self.tally.shown(row["cid"])


class Agent(Line):
    """Opens the conversations it is given and answers every question in them."""

    def __init__(
        self, url: str, cookie: str, ticket: Callable[[], Awaitable[str]], tally: Tally
    ) -> None:
        super().__init__(url, "/ws/v1/agent", tally)
        self._cookie, self._ticket = cookie, ticket
        self._found: Callable[[str], None] | None = None

    def headers(self) -> Mapping[str, str]:
        """The cookie of the session."""
        return {"Cookie": self._cookie}

    async def hello(self) -> Frame:
        """A ticket is good for one connection."""
        ticket = await self._ticket()
        named = {"ticket": ticket, "client": "replay/1", "have": self.have()}
        return {"t": "hello", "v": 1, "role": "agent"} | named

    async def watch(self, found: Callable[[str], None]) -> None:
        """Follow the list of conversations and tell about each one in it."""
        self._found = found
        await self.put(WATCH)

    async def take(self, conv: str) -> None:
        """Open a conversation; its rows follow."""
        await self.put({"t": "open", "conv": conv, "have": 0})

    def hear(self, frame: Frame) -> None:
        """Conversations that appear in the list."""
        if self._found is None:
            return
        if frame["t"] == "welcome":
            self.later(self.put(WATCH))
        elif frame["t"] == "inbox":
            for row in frame["rows"]:
                self._found(row["conv"])
        elif frame["t"] == "inbox_delta":
            self._found(frame["conv"])

    def shown(self, row: Frame) -> None:
        """A question came: answer it, and quote it."""
        if row["from"]["k"] != "visitor" or row["kind"] != "text":
            return
        if self.tally.shown(row["cid"]):
            body = f"{row['seq']}: {row['body'][:QUOTED_CHARACTERS]}"
            answer = Message(body, time.monotonic(), row["conv"], reply_to=row["seq"])
            self.tally.answers[answer.cid] = answer
            self.say(answer)

    async def stored(self, conv: str) -> list[Frame]:
        """All rows of a conversation as the server keeps them."""
        rows: list[Frame] = []
        while not rows or rows[0]["seq"] > 1:
            before = rows[0]["seq"] if rows else INTEGER_MOST
            asked = {"t": "history", "conv": conv, "before": before, "limit": HISTORY_ROWS}
            page = await self.ask(asked)
            if page["t"] != "page" or not page["rows"]:
                break
            rows = page["rows"] + rows
        return rows
