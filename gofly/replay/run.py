"""One replay: everybody comes, questions are asked on time, and all of it is checked at the end."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from math import ceil

from chat.consumers.database import in_database
from chat.protocol.limits import AGENT
from gofly.replay.cast import Cast, Seat
from gofly.replay.line import Line
from gofly.replay.outbox import Message
from gofly.replay.roles import Agent, Visitor
from gofly.replay.tally import Tally

OPENING_AT_ONCE = 20
PATIENCE_SECONDS = 20.0  # without any progress at the end
PROGRESS_SECONDS = 2.0
# What an agent may be asked to answer, of the 300 messages a minute that the protocol allows.
ANSWERS_PER_MINUTE = 240


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be played: these questions, this many visitors, this many messages a second."""

    questions: Sequence[str]
    visitors: int
    rate: float
    language: str = "en"

    @property
    def agents(self) -> int:
        """As many as the limits of one agent ask for."""
        by_conversations = self.visitors / AGENT.open_conversations
        by_messages = self.rate * 60 / ANSWERS_PER_MINUTE
        return ceil(max(by_conversations, by_messages))


async def play(plan: Plan, cast: Cast, url: str) -> tuple[Tally, float]:
    """Play the plan; what happened, and the seconds from the first question to the last frame."""
    tally = Tally()
    agents = [_agent(seat, url, tally) for seat in cast.seats]
    visitors = [Visitor(url, cast.site.key, plan.language, tally) for _ in range(plan.visitors)]
    progress = asyncio.create_task(_show_progress(tally, len(plan.questions)))
    try:
        await _open([*agents, *visitors])
        given = await _share_out(agents)
        began = time.monotonic()
        await _ask_on_time(plan, visitors)
        await _await_quiet(tally)
        seconds = time.monotonic() - began
        await _check(tally, given)
    finally:
        progress.cancel()
        await asyncio.gather(*(line.close() for line in (*visitors, *agents)))
    return tally, seconds


def _agent(seat: Seat, url: str, tally: Tally) -> Agent:
    return Agent(url, seat.cookie, lambda: in_database(seat.ticket), tally)


async def _open(lines: Sequence[Line]) -> None:
    gate = asyncio.Semaphore(OPENING_AT_ONCE)

    async def enter(line: Line) -> None:
        async with gate:
            await line.open()

    async with asyncio.TaskGroup() as group:
        for line in lines:
            group.create_task(enter(line))


async def _share_out(agents: Sequence[Agent]) -> dict[str, Agent]:
    """One agent watches the list and gives each new conversation to the next colleague."""
    given: dict[str, Agent] = {}
    turn = cycle(agents)

    def found(conv: str) -> None:
        if conv not in given:
            given[conv] = agent = next(turn)
            agent.later(agent.take(conv))

    await agents[0].watch(found)
    return given


async def _ask_on_time(plan: Plan, visitors: Sequence[Visitor]) -> None:
    """Open loop: a question is due at its time, whatever became of the ones before."""
    began = time.monotonic()
    for number, text in enumerate(plan.questions):
        due = began + number / plan.rate
        if (wait := due - time.monotonic()) > 0:
            await asyncio.sleep(wait)
        visitors[number % len(visitors)].ask_question(Message(text, due))


async def _await_quiet(tally: Tally) -> None:
    """Wait until everything has arrived, or nothing has for a while."""
    settled, moved_at = -1, time.monotonic()
    while time.monotonic() - moved_at < PATIENCE_SECONDS:
        if tally.settled != settled:
            settled, moved_at = tally.settled, time.monotonic()
        if settled == 2 * len(tally.questions):
            return
        await asyncio.sleep(0.05)


async def _check(tally: Tally, given: Mapping[str, Agent]) -> None:
    for conv, agent in given.items():
        with suppress(TimeoutError):  # rows that cannot be read back count as lost
            tally.compare(conv, await agent.stored(conv))


async def _show_progress(tally: Tally, total: int) -> None:
    while True:
        await asyncio.sleep(PROGRESS_SECONDS)
        asked = len(tally.questions)
        sys.stderr.write(f"  {asked} of {total} asked, {tally.settled} of {2 * asked} arrived\n")
