"""The values inside client frames: enums, kinds of fields, and nested records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from chat.errors import BadVersion, _
from chat.protocol import fields, limits
from chat.vocabulary import Kind, Presence


class SocketRole(StrEnum):
    """Which of the two sockets is being opened."""

    VISITOR = "visitor"
    AGENT = "agent"


class EmbedMode(StrEnum):
    """How the visitor's page is shown."""

    WIDGET = "widget"
    PAGE = "page"


class Inbox(StrEnum):
    """The conversations that an agent watches."""

    MINE = "mine"
    QUEUE = "queue"
    ALL = "all"


def version(value: object) -> int:
    """A version of the protocol that this server speaks."""
    number: int = fields.integer()(value)
    if number not in limits.VERSIONS:
        raise BadVersion(supported=list(limits.VERSIONS))
    return number


SENT_KINDS = (Kind.TEXT, Kind.FILE, Kind.IMAGE, Kind.FORM, Kind.QUICK_REPLY)
FILE_KINDS = (Kind.FILE, Kind.IMAGE)

RID = r"[A-Za-z0-9_-]{1,36}"
CID = r"[A-Za-z0-9-]{16,36}"
CONV = r"[A-Za-z0-9_-]{8,40}"
RATING_TOO_LONG = _("A comment on a rating holds at most 1,000 characters; shorten it.")

Version = Annotated[int, version]
Rid = Annotated[str, fields.matching(RID)]
Cid = Annotated[str, fields.matching(CID)]
Conv = Annotated[str, fields.matching(CONV)]
SiteKey = Annotated[str, fields.exact(40)]
TabId = Annotated[str, fields.matching(r"[A-Za-z0-9_-]{1,64}")]
EpochName = Annotated[str, fields.matching(r"[A-Za-z0-9]{1,16}")]
FileId = Annotated[str, fields.matching(r"[A-Za-z0-9_-]{8,40}")]
Recipient = Annotated[str, fields.matching(r"(?:ag|tm)_[0-9]{1,18}")]
Seq = Annotated[int, fields.integer()]
Flag = Annotated[bool, fields.flag]
Secret = Annotated[str, fields.exact(limits.SECRET_CHARACTERS)]
UserId = Annotated[str, fields.exact(limits.USER_ID_CHARACTERS)]
Origin = Annotated[str, fields.exact(limits.ORIGIN_CHARACTERS)]
Name = Annotated[str, fields.cut(limits.NAME_CHARACTERS)]
Title = Annotated[str, fields.cut(limits.TITLE_CHARACTERS)]
Preview = Annotated[str, fields.cut(limits.PREVIEW_CHARACTERS)]
Reason = Annotated[str, fields.cut(limits.REASON_CHARACTERS)]
Email = Annotated[str, fields.fitting(rf"(?=.{{1,{limits.EMAIL_CHARACTERS}}}\Z)[^\s@]+@[^\s@]+")]
Url = Annotated[str, fields.fitting(rf"(?=.{{1,{limits.URL_CHARACTERS}}}\Z)https?://[^\s]+")]
Language = Annotated[str, fields.fitting(r"[A-Za-z0-9-]{1,35}")]
TimeZone = Annotated[str, fields.fitting(r"[A-Za-z0-9_+/-]{1,64}")]
Role = Annotated[SocketRole, fields.one_of(SocketRole)]
SentKind = Annotated[Kind, fields.one_of(Kind, *SENT_KINDS)]
State = Annotated[Presence, fields.one_of(Presence)]
Filter = Annotated[Inbox, fields.one_of(Inbox)]
Score = Annotated[int, fields.integer(1, 5)]
SyncRows = Annotated[int, fields.integer(1, limits.SYNC_ROWS)]
HistoryRows = Annotated[int, fields.integer(1, limits.HISTORY_ROWS)]
Body = Annotated[str, fields.body]
Words = Annotated[str, fields.words]
RatingText = Annotated[str, fields.text(limits.RATING_CHARACTERS, RATING_TOO_LONG)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a client has of one conversation."""

    last: Seq
    epoch: EpochName


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the embedding site says the visitor is, with its signature."""

    user_id: UserId = ""
    hmac: Secret = ""
    jwt: Secret = ""
    name: Name = ""
    email: Email = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Embed:
    """The page around the frame, as the visitor's browser names it."""

    mode: Annotated[EmbedMode, fields.one_of(EmbedMode)]
    origin: Origin = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The page a visitor looks at; addresses other than http and https are dropped."""

    url: Url = ""
    title: Title = ""
    referrer: Url = ""


HaveMap = Annotated[
    Mapping[str, Head], fields.map_of(fields.matching(CONV), Head, limits.HAVE_CONVERSATIONS)
]
