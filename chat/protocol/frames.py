"""The frames a client may send: this file is the grammar.

A field without a default is required; `| None` also takes null; unknown keys are ignored.
Fields are read in their order, so a refusal of a body already knows the message's `cid`.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.errors import BadFrame, Empty, _
from chat.protocol import limits
from chat.protocol.grammar import Frame, frame
from chat.protocol.kinds import (
    FILE_KINDS,
    Body,
    Cid,
    Conv,
    Embed,
    FileId,
    Filter,
    Flag,
    HaveMap,
    HistoryRows,
    Identity,
    Inbox,
    Language,
    Page,
    Preview,
    RatingText,
    Reason,
    Recipient,
    Role,
    Score,
    Secret,
    SentKind,
    Seq,
    SiteKey,
    State,
    SyncRows,
    TabId,
    TimeZone,
    Title,
    Url,
    Version,
    Words,
)
from chat.protocol.text import is_blank
from chat.vocabulary import Kind


@frame("hello")
class Hello(Frame):
    """The first frame: who is here, and what they have."""

    v: Version
    role: Role
    site: SiteKey = ""
    token: Secret = ""
    ticket: Secret = ""
    identity: Identity | None = None
    client: Title = ""
    tab: TabId | None = None
    embed: Embed | None = None
    have: HaveMap = field(default_factory=dict)
    page: Page | None = None
    lang: Language = ""
    tz: TimeZone = ""


@frame("send")
class Send(Frame):
    """A message. A visitor may leave `conv` out; `note` counts for agents only."""

    cid: Cid
    conv: Conv | None = None
    kind: SentKind = Kind.TEXT
    body: Body = ""
    file: FileId | None = None
    reply_to: Seq | None = None
    note: Flag = False
    client_ts: Seq | None = None

    def __post_init__(self) -> None:
        if self.kind not in FILE_KINDS:
            if is_blank(self.body):
                raise Empty
        elif self.file is None:
            raise BadFrame(_("A message of the kind file or image names its file."))


@frame("got")
class Got(Frame):
    """Rows up to here have arrived."""

    conv: Conv
    up_to: Seq


@frame("read")
class Read(Frame):
    """Rows up to here have been seen."""

    conv: Conv
    up_to: Seq


@frame("typing")
class Typing(Frame):
    """Somebody is typing, or stopped."""

    conv: Conv
    on: Flag
    preview: Preview = ""


@frame("sync")
class Sync(Frame):
    """Give me the rows after these."""

    conv: Conv
    have: Seq
    limit: SyncRows = limits.SYNC_ROWS


@frame("history")
class History(Frame):
    """Give me a page of rows before this one."""

    conv: Conv
    before: Seq
    limit: HistoryRows = limits.FIRST_ROWS


@frame("edit")
class Edit(Frame):
    """New words for an older row."""

    cid: Cid
    conv: Conv
    seq: Seq
    body: Words


@frame("delete")
class Delete(Frame):
    """Take an older row back."""

    cid: Cid
    conv: Conv
    seq: Seq


@frame("rate")
class Rate(Frame):
    """What the visitor thought of the service."""

    cid: Cid
    conv: Conv
    score: Score
    text: RatingText = ""


@frame("close_conv")
class CloseConv(Frame):
    """The visitor is done."""

    cid: Cid
    conv: Conv


@frame("skip")
class Skip(Frame):
    """Give up a refused message, so that later ones may pass."""

    cid: Cid
    conv: Conv


@frame("ping")
class Ping(Frame):
    """Are you there?"""

    n: Seq | None = None


@frame("pong")
class Pong(Frame):
    """I am here."""

    n: Seq | None = None


@frame("bye")
class Bye(Frame):
    """The page goes away."""

    reason: Reason = ""


@frame("page")
class PageView(Frame):
    """The visitor moved to another page without loading it anew."""

    url: Url = ""
    title: Title = ""
    referrer: Url = ""


@frame("open")
class Open(Frame):
    """An agent looks into a conversation, and has rows up to `have`."""

    conv: Conv
    have: Seq | None = None


@frame("leave")
class Leave(Frame):
    """An agent looks away."""

    conv: Conv


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerChange(Frame):
    """A change of owner, valid at `if_version` only; without one, at any version."""

    cid: Cid
    conv: Conv
    if_version: Seq | None = None
    reason: Reason = ""


@frame("claim")
class Claim(OwnerChange):
    """I take this conversation."""


@frame("assign")
class Assign(OwnerChange):
    """Give it to an agent or a team."""

    to: Recipient


@frame("transfer")
class Transfer(OwnerChange):
    """Hand mine over to an agent or a team."""

    to: Recipient


@frame("release")
class Release(OwnerChange):
    """Put it back into the queue."""


@frame("resolve")
class Resolve(OwnerChange):
    """It is done."""


@frame("reopen")
class Reopen(OwnerChange):
    """It is not done after all."""


@frame("presence")
class SetPresence(Frame):
    """The agent's own state."""

    state: State


@frame("watch")
class Watch(Frame):
    """Follow the list of conversations."""

    inbox: Filter = Inbox.ALL
    have_rev: Seq | None = None


AGENT_ONLY: frozenset[type[Frame]] = frozenset(
    {
        Open,
        Leave,
        Claim,
        Assign,
        Transfer,
        Release,
        Resolve,
        Reopen,
        SetPresence,
        Watch,
    }
)
