"""Nobody is there: from the visitor's socket to a letter, and what a dead broker changes."""

from __future__ import annotations

import asyncio
import re
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from gofly.replay import stage
from gofly.replay.outbox import Message
from gofly.replay.roles import Visitor
from gofly.replay.tally import Tally
from tests.ports import free_port

TEXT = "Is anybody there? 有人吗？"


@dataclass(frozen=True, slots=True)
class Running:
    """A server of the test's own, its folder, and the key of its demo site."""

    url: str
    folder: Path

    @property
    def site_key(self) -> str:
        """The key in the line that the demo shop carries."""
        with urllib.request.urlopen(f"{self.url}/demo/shop", timeout=5) as page:
            key = re.search(r'data-site="(st_[\w-]+)"', page.read().decode())
        assert key
        return key[1]

    def letters(self) -> list[EmailMessage]:
        """Everything that was sent."""
        texts = [path.read_bytes() for path in sorted((self.folder / "mail").glob("*.log"))]
        parts = [part for text in texts for part in text.split(b"-" * 79 + b"\n") if part.strip()]
        return [message_from_bytes(part, policy=policy.default) for part in parts]


@pytest.fixture
def running(request: pytest.FixtureRequest) -> Iterator[Running]:
    """`manage.py up` with an empty database; a parameter is the address of its broker."""
    changes = {"REDIS_URL": getattr(request, "param", "")}
    with stage.private_server(sockets=10, **changes) as (url, environment):
        yield Running(url, Path(environment["GOFLY_DATA"]))


def ask(running: Running, *texts: str) -> list[Message]:
    """A visitor writes, and waits for the ack each time."""

    async def write() -> list[Message]:
        tally = Tally()
        visitor = Visitor(running.url, running.site_key, "en", tally)
        await visitor.open()
        for text in texts:
            message = Message(text, time.monotonic())
            visitor.ask_question(message)
            while message.acked_at is None:  # noqa: ASYNC110  (a message has no event to await)
                await asyncio.sleep(0.005)
        await visitor.close()
        return list(tally.questions.values())

    return asyncio.run(asyncio.wait_for(write(), 30))


def test_a_visitor_who_finds_nobody_is_a_letter_to_each_member(running: Running) -> None:
    ask(running, TEXT, "Hello?")
    deadline = time.monotonic() + 10
    while len(running.letters()) < 3:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    letters = running.letters()
    assert {letter["To"] for letter in letters} == {
        f"{name}@northlight.example" for name in ("owner", "ana", "ben")
    }
    body = letters[0].get_content()
    assert f"{running.url}/app/#cv_" in body
    time.sleep(0.5)  # the second message is in the same episode
    assert len(running.letters()) == 3
    assert TEXT not in (running.folder / "printed").read_text()


@pytest.mark.parametrize(
    "running", [f"redis://127.0.0.1:{free_port()}/0"], indirect=True, ids=["refused"]
)
def test_without_a_broker_the_ack_still_comes(running: Running) -> None:
    messages = ask(running, *[f"Message {number}" for number in range(10)])
    waits = [message.acked_at - message.due for message in messages if message.acked_at]
    assert len(waits) == 10
    assert max(waits) < 2
    assert "Message 1" not in (running.folder / "printed").read_text()
