"""What repeats while sockets are open: lost hints, heads, and places in the queue."""

from __future__ import annotations

from dataclasses import replace

from chat import protocol
from chat.comet.pulse import pulse
from chat.consumers.base import live
from chat.consumers.database import in_database
from chat.consumers.rows import RowsConsumer
from chat.consumers.visitor import VisitorConsumer
from chat.presence import people
from chat.services import sweep

AGENTS_SECONDS = 5.0
SWEEP_SECONDS = 15.0
HEADS_SECONDS = 60.0
QUEUE_SECONDS = 10.0


async def repeat_hints() -> None:
    """Find rows whose hints were lost."""
    await in_database(sweep.repeat_hints)


async def send_heads() -> None:
    """Tell each socket where the conversations it follows stand."""
    sockets = [socket for socket in live if isinstance(socket, RowsConsumer) and socket.cursors]
    followed = {pk for socket in sockets for pk in socket.cursors}
    lasts = await in_database(sweep.last_seqs, followed)
    for socket in sockets:
        heads = {
            cursor.thread.public_id: lasts[pk]
            for pk, cursor in socket.cursors.items()
            if pk in lasts
        }
        await socket.answer(protocol.heads(heads))


async def show_queue() -> None:
    """Tell waiting visitors their place when it has changed."""
    waiting = [each for each in live if isinstance(each, VisitorConsumer) and each.is_waiting]
    for site_id in {each.current.site_id for each in waiting if each.current}:
        states = await in_database(sweep.queue_states, site_id)
        for each in waiting:
            state = states.get(each.current.id) if each.current else None
            if state is not None:
                await each.show(state)


async def show_agents() -> None:
    """Tell visitors with a conversation how many agents are there, when that has changed."""
    for each in [each for each in live if isinstance(each, VisitorConsumer)]:
        if each.current is not None and each.shown is not None:
            online = people.agents_online(each.current.site_id)
            await each.show(replace(each.shown, agents_online=online))


pulse.every(AGENTS_SECONDS, show_agents)
pulse.every(SWEEP_SECONDS, repeat_hints)
pulse.every(HEADS_SECONDS, send_heads)
pulse.every(QUEUE_SECONDS, show_queue)
