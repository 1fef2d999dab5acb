"""What the writer takes and gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from chat.events import Sender


class Verb(StrEnum):
    """A change of a conversation's owner."""

    CLAIM = "claim"
    ASSIGN = "assign"
    TRANSFER = "transfer"
    RELEASE = "release"
    RESOLVE = "resolve"
    REOPEN = "reopen"
    CLOSE = "close"


@dataclass(frozen=True, slots=True)
class Target:
    """Who gets the conversation: an agent, or a team's queue."""

    agent_id: int | None = None
    team_id: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A change of owner, valid only at `if_version` (None: whatever the version is)."""

    verb: Verb
    target: Target = Target()
    if_version: int | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A row to store. `sender_key` is the stored sender: v:<id>, a:<id>, b:<id> or s:."""

    conversation_id: int
    sender_key: str
    sender: Sender
    cid: str
    kind: str
    body: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    internal: bool = False
    reply_to: int | None = None
    client_ts: int | None = None
    move: Move | None = None

    @property
    def cost(self) -> int:
        """Bytes this draft adds to a batch, about."""
        return len(self.body) * 4 + 200


@dataclass(frozen=True, slots=True)
class Receipt:
    """A stored row; `dup` when it had been stored before."""

    conversation_id: int
    public_id: str
    seq: int
    id: int
    ts: datetime
    version: int
    dup: bool = False
