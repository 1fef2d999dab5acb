"""The fixed words of the domain, spelled as they are stored and sent."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum, StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a member may do on a site, highest first."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"


class Owner(StrEnum):
    """Who has to answer a conversation; exactly one at a time."""

    BOT = "bot"
    QUEUE = "queue"
    AGENT = "agent"
    NONE = "none"


class Status(StrEnum):
    """How a conversation stands, as people on both sides read it."""

    BOT = "bot"
    WAITING = "waiting"
    ASSIGNED = "assigned"
    CLOSED = "closed"


_STATUSES = {
    Owner.BOT: Status.BOT,
    Owner.QUEUE: Status.WAITING,
    Owner.AGENT: Status.ASSIGNED,
    Owner.NONE: Status.CLOSED,
}


def status_of(owner: str) -> Status:
    """The status that follows from the owner.

    >>> status_of("queue").value
    'waiting'
    """
    return _STATUSES[Owner(owner)]


class SenderKind(StrEnum):
    """Who wrote a row."""

    VISITOR = "visitor"
    AGENT = "agent"
    BOT = "bot"
    SYSTEM = "system"


class Kind(StrEnum):
    """What a row of a conversation is."""

    TEXT = "text"
    IMAGE = "image"
    FILE = "file"
    FORM = "form"
    QUICK_REPLY = "quick_reply"
    EVENT = "event"
    RATING = "rating"
    EDIT = "edit"
    DELETE = "delete"


class EventName(StrEnum):
    """What an event row says happened to the conversation."""

    ASSIGNED = "assigned"
    TRANSFERRED = "transferred"
    RELEASED = "released"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    CLOSED_BY_VISITOR = "closed_by_visitor"


class Presence(StrEnum):
    """An agent's state; invisible works, and shows as offline."""

    ONLINE = "online"
    BUSY = "busy"
    AWAY = "away"
    INVISIBLE = "invisible"
    OFFLINE = "offline"


class IdentityPolicy(StrEnum):
    """What a site does with signed identities of its visitors."""

    OFF = "off"
    OPTIONAL = "optional"
    REQUIRED = "required"


class Scope(StrEnum):
    """What an API token may do."""

    READ = "read"
    SEND = "send"
    ADMIN = "admin"


class Close(IntEnum):
    """Why the server closes a socket; clients act by the number."""

    NORMAL = 1000
    LEAVING = 1001
    TOO_BIG = 1009
    INTERNAL = 1011
    DRAIN = 1012
    TRY_LATER = 1013
    MALFORMED = 4400
    AUTH = 4401
    FORBIDDEN = 4403
    UNKNOWN_SITE = 4404
    VERSION = 4406
    TIMEOUT = 4408
    REPLACED = 4409
    FLOOD = 4429
    SESSION_ENDED = 4440


# Refusals after which the connection has no use: error code -> close code.
CLOSE_AFTER: Mapping[str, Close] = MappingProxyType(
    {
        "auth": Close.AUTH,
        "identity_invalid": Close.AUTH,
        "origin": Close.FORBIDDEN,
        "banned": Close.FORBIDDEN,
        "version": Close.VERSION,
        "busy": Close.TRY_LATER,
    }
)
