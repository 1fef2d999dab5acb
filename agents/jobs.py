"""What repeats while dashboards are open: ended sessions, and colleagues who left."""

from __future__ import annotations

from agents.consumers import AgentConsumer
from agents.services import sessions
from chat.comet.hub import hub, site_key
from chat.comet.pulse import pulse
from chat.consumers.base import live
from chat.consumers.database import in_database
from chat.events import AgentPresence
from chat.presence import people
from chat.vocabulary import Close, Presence

SESSIONS_SECONDS = 4.0  # an ended session's sockets close within 5
LEFT_SECONDS = 1.0


async def end_sessions() -> None:
    """Close the sockets of sessions that ended, whether or not the hint arrived."""
    seated = [each for each in live if isinstance(each, AgentConsumer) and each.desk.session_key]
    if not seated:
        return
    living = await in_database(sessions.living, {each.desk.session_key for each in seated})
    for each in seated:
        if each.desk.session_key not in living:
            await each.close(Close.SESSION_ENDED)


async def show_who_left() -> None:
    """Tell colleagues once an agent's grace is over."""
    for agent_id, site_ids in people.agents_gone().items():
        event = AgentPresence(agent_id, Presence.OFFLINE)
        hub.publish(event, to=[site_key(site_id) for site_id in site_ids])


pulse.every(SESSIONS_SECONDS, end_sessions)
pulse.every(LEFT_SECONDS, show_who_left)
