"""Heartbeats: silence is noticed, and only silence."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from chat.comet import pulse, registry
from chat.comet.registry import Registry
from chat.consumers.database import in_database
from chat.models import Conversation
from tests import make, sockets
from tests.make import Shop


@dataclass(eq=False)
class Line:
    """A socket that notes what the sweeper does to it."""

    done: list[str] = field(default_factory=list)

    def beat(self) -> None:
        """Note a ping."""
        self.done.append("ping")

    def expire(self) -> None:
        """Note the end."""
        self.done.append("expired")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that the test turns by hand."""
    now = [1000.0]
    monkeypatch.setattr(registry.time, "monotonic", lambda: now[0])
    return now


def sweep(sockets_: Registry, clock: list[float], seconds: float) -> None:
    """Let time pass, then sweep."""
    clock[0] += seconds
    list(sockets_.sweep(clock[0]))


def test_a_silent_socket_is_pinged_once_an_interval_and_then_closed(clock: list[float]) -> None:
    sockets_, line = Registry(), Line()
    sockets_.add(line)
    sweep(sockets_, clock, 24)
    assert line.done == []
    sweep(sockets_, clock, 2)
    sweep(sockets_, clock, 2)
    assert line.done == ["ping"]
    sweep(sockets_, clock, 24)
    assert line.done == ["ping", "expired"]
    assert len(sockets_) == 0


def test_a_socket_that_answers_lives_on(clock: list[float]) -> None:
    sockets_, line = Registry(), Line()
    life = sockets_.add(line)
    for _ in range(10):
        sweep(sockets_, clock, 20)
        life.heard_at = life.spoken_at = clock[0]
    assert line.done == []


def test_a_socket_that_only_listens_is_pinged(clock: list[float]) -> None:
    sockets_, line = Registry(), Line()
    life = sockets_.add(line)
    for _ in range(5):
        clock[0] += 5
        life.spoken_at = clock[0]
    sweep(sockets_, clock, 1)
    assert line.done == ["ping"]


def test_a_socket_that_left_is_not_visited(clock: list[float]) -> None:
    sockets_, line = Registry(), Line()
    life = sockets_.add(line)
    sockets_.remove(life)
    sockets_.remove(life)
    sweep(sockets_, clock, 100)
    assert line.done == []


def test_a_long_sweep_pauses_for_messages(monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = iter(range(1_000_000))
    monkeypatch.setattr(registry.time, "monotonic", lambda: next(ticks) * 0.02)
    sockets_ = Registry()
    for _ in range(100):
        sockets_.add(Line())
    pauses = sum(1 for _ in sockets_.sweep(10_000.0))
    assert pauses > 10
    assert len(sockets_) == 0


async def test_a_socket_is_pinged_and_its_pong_is_life(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "EVERY_SECONDS", 0.2)
    monkeypatch.setattr(pulse.pulse, "_jobs", [(0.05, pulse.pulse._heartbeats)])
    async with sockets.visitor(shop.site) as widget:
        assert await widget.frame("ping") == {"t": "ping"}
        await widget.put("pong")
        assert await widget.frame("ping") == {"t": "ping"}


async def test_a_dead_line_is_closed_4408(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "EVERY_SECONDS", 0.1)
    monkeypatch.setattr(registry, "SILENT_SECONDS", 0.2)
    monkeypatch.setattr(pulse.pulse, "_jobs", [(0.05, pulse.pulse._heartbeats)])
    async with sockets.visitor(shop.site) as widget:
        assert await widget.closed() == 4408


async def test_a_client_that_confirms_nothing_is_given_64_rows_and_the_rest_later(
    shop: Shop,
) -> None:
    async with sockets.visitor(shop.site) as widget:
        await widget.say("1")
        conv = (await widget.frame("ack"))["conv"]
        row = await in_database(Conversation.objects.select_related("visitor").get)
        for number in range(2, 81):
            await in_database(make.say, row, str(number))
        given = [frame["seq"] for frame in await widget.silence() if frame["t"] == "msg"]
        assert given == list(range(1, 65))
        await widget.put("got", conv=conv, up_to=64)
        rest = [frame["seq"] for frame in await widget.silence() if frame["t"] == "msg"]
        assert rest == list(range(65, 81))
