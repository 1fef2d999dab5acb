"""Who is here, as this process knows: visitors by page, agents by state. Nothing is stored."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field

from chat.events import Page
from chat.vocabulary import Presence

AGENT_GRACE_SECONDS = 15  # an agent counts as here this long after the last socket closed
TRAIL_PAGES = 50
SEEN_BY_OTHERS = {Presence.INVISIBLE: Presence.OFFLINE}


@dataclass(slots=True)
class VisitorHere:
    """A visitor with at least one socket."""

    site_id: int
    sockets: int = 0
    trail: deque[Page] = field(default_factory=lambda: deque(maxlen=TRAIL_PAGES))

    @property
    def page(self) -> Page | None:
        """The page the visitor looks at."""
        return self.trail[-1] if self.trail else None


@dataclass(slots=True)
class AgentHere:
    """An agent with sockets, or one whose last socket closed moments ago."""

    site_ids: frozenset[int]
    state: Presence = Presence.ONLINE
    sockets: int = 0
    left_at: float = 0.0

    def shown(self, now: float) -> Presence:
        """The state other people see."""
        if not self.sockets and now - self.left_at > AGENT_GRACE_SECONDS:
            return Presence.OFFLINE
        return SEEN_BY_OTHERS.get(self.state, self.state)


class People:
    """Everybody whose sockets this process holds."""

    def __init__(self) -> None:
        self._visitors: dict[str, VisitorHere] = {}
        self._agents: dict[int, AgentHere] = {}

    def visitor_came(self, public_id: str, site_id: int) -> bool:
        """Count a visitor's socket in; True when it is the first one."""
        here = self._visitors.setdefault(public_id, VisitorHere(site_id))
        here.sockets += 1
        return here.sockets == 1

    def visitor_left(self, public_id: str) -> bool:
        """Count a visitor's socket out; True when it was the last one."""
        here = self._visitors.get(public_id)
        if here is None:
            return False
        here.sockets -= 1
        if here.sockets > 0:
            return False
        del self._visitors[public_id]
        return True

    def visitor_moved(self, public_id: str, page: Page) -> None:
        """Note the page a visitor looks at; the same page twice is one view."""
        here = self._visitors.get(public_id)
        if here is not None and (here.page is None or here.page["url"] != page["url"]):
            here.trail.append(page)

    def visitor(self, public_id: str) -> VisitorHere | None:
        """The visitor, if here."""
        return self._visitors.get(public_id)

    def visitors_here(self) -> list[str]:
        """Every visitor who is here, by public id."""
        return list(self._visitors)

    def agent_came(self, agent_id: int, site_ids: frozenset[int]) -> bool:
        """Count an agent's socket in; True when others now see another state."""
        here = self._agents.setdefault(agent_id, AgentHere(site_ids))
        before = here.shown(time.monotonic()) if here.sockets or here.left_at else Presence.OFFLINE
        here.site_ids = site_ids
        here.sockets += 1
        return here.shown(time.monotonic()) != before

    def agent_left(self, agent_id: int) -> None:
        """Count an agent's socket out; others see it after the grace."""
        here = self._agents.get(agent_id)
        if here is not None:
            here.sockets -= 1
            here.left_at = time.monotonic()

    def set_agent_state(self, agent_id: int, state: Presence) -> None:
        """Take the state an agent chose."""
        here = self._agents.get(agent_id)
        if here is not None:
            here.state = state

    def agent_state(self, agent_id: int) -> Presence:
        """The state other people see of an agent."""
        here = self._agents.get(agent_id)
        return Presence.OFFLINE if here is None else here.shown(time.monotonic())

    def chosen_state(self, agent_id: int) -> Presence:
        """The state the agent chose, invisible included."""
        here = self._agents.get(agent_id)
        return Presence.ONLINE if here is None else here.state

    def agents_gone(self) -> dict[int, frozenset[int]]:
        """Forget the agents whose grace is over; returns them with their sites."""
        now = time.monotonic()
        gone = {
            agent_id: here.site_ids
            for agent_id, here in self._agents.items()
            if not here.sockets and now - here.left_at > AGENT_GRACE_SECONDS
        }
        for agent_id in gone:
            del self._agents[agent_id]
        return gone

    def agents_online(self, site_id: int) -> int:
        """How many agents of a site take chats now."""
        now = time.monotonic()
        return sum(
            site_id in here.site_ids and here.shown(now) == Presence.ONLINE
            for here in list(self._agents.values())
        )


people = People()
