"""What happened: the only shapes that leave services for sockets and signals."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypedDict


class Page(TypedDict):
    """A page a visitor looked at, and since when, in milliseconds."""

    url: str
    title: str
    at: int


@dataclass(frozen=True, slots=True)
class Thread:
    """Which conversation an event belongs to, in every name it has."""

    id: int
    public_id: str
    site_id: int
    visitor_id: int
    visitor_public_id: str
    shard: int


@dataclass(frozen=True, slots=True)
class Sender:
    """Who wrote a row: kind visitor, agent, bot or system; id and name as people see them."""

    kind: str
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageStored:
    """A row is committed."""

    thread: Thread
    seq: int
    id: int
    cid: str
    sender: Sender
    kind: str
    body: str
    ts: datetime
    internal: bool = False
    reply_to: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ConversationChanged:
    """The inbox row of a conversation; agents of the site see it."""

    thread: Thread
    owner: str
    version: int
    last_seq: int
    unread: int
    visitor_name: str
    verified: bool
    agent: Sender | None
    team: str | None
    preview: dict[str, str]
    last_at: datetime | None
    queued_at: datetime | None
    opened_at: datetime
    episode: int
    language: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """One side has received rows up to `got` and seen them up to `read`."""

    thread: Thread
    who: str
    got: int
    read: int


@dataclass(frozen=True, slots=True)
class Typing:
    """Somebody is typing, or stopped; never stored."""

    thread: Thread
    who: str
    on: bool
    name: str = ""
    preview: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class VisitorPresence:
    """A visitor came, left, or moved to another page."""

    site_id: int
    visitor_public_id: str
    conversation: str | None
    online: bool
    page: Page | None = None


@dataclass(frozen=True, slots=True)
class AgentPresence:
    """An agent's state as other people see it."""

    agent_id: int
    state: str


@dataclass(frozen=True, slots=True)
class VisitorState:
    """What the visitor's header shows: who is there, and the place in the queue."""

    agents_online: int
    status: str | None
    queue_pos: int | None = None
    agent_name: str | None = None


@dataclass(frozen=True, slots=True)
class RowsWaiting:
    """A hint that rows up to `last_seq` exist; the socket reads what it lacks."""

    thread: Thread
    last_seq: int


@dataclass(frozen=True, slots=True)
class SessionEnded:
    """These sessions are over; their sockets close."""

    session_keys: frozenset[str]


@dataclass(frozen=True, slots=True)
class VisitorBanned:
    """A visitor was shut out; open sockets close."""

    visitor_public_id: str
