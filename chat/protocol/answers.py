"""The frames a server sends, as plain dictionaries, and their text."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from chat.errors import BadVersion, ChatError, Conflict
from chat.protocol import limits

Answer = dict[str, Any]

# Heartbeats are constant, so that an engine sends and recognises them without a parser.
PING = '{"t":"ping"}'
PONG = '{"t":"pong"}'

# Refusals of a frame or a connection; all others refuse one message or operation.
ERROR_CODES = frozenset(
    {
        "bad_frame",
        "unknown_type",
        "version",
        "auth",
        "identity_invalid",
        "origin",
        "busy",
        "internal",
    }
)


def dump(answer: Mapping[str, Any]) -> str:
    """The text of a frame."""
    return json.dumps(answer, ensure_ascii=False, separators=(",", ":"))


def frame(t: str, **values: Any) -> Answer:
    """A frame without the keys that have no value."""
    return {"t": t} | {key: value for key, value in values.items() if value is not None}


def refusal(error: ChatError, text: str | None = None) -> Answer:
    """`error` for a frame or a connection, `nack` for a message or an operation."""
    return failure(error, text) if error.code in ERROR_CODES else nack(error, text)


def failure(error: ChatError, text: str | None = None) -> Answer:
    """An `error`; `text` is the sentence in the reader's language, English without one."""
    made = frame(
        "error", code=error.code, rid=error.rid, text=text or str(error), after_ms=error.after_ms
    )
    if isinstance(error, BadVersion):
        made["supported"] = list(limits.VERSIONS)
    return made


def nack(error: ChatError, text: str | None = None) -> Answer:
    """A `nack`; a conflict also says how the conversation stands now."""
    made = frame(
        "nack",
        cid=error.cid,
        rid=error.rid,
        conv=error.conv,
        code=error.code,
        retry=error.retry,
        after_ms=error.after_ms,
        text=text or str(error),
    )
    if isinstance(error, Conflict):
        made |= {"version": error.version, "status": error.status, "agent": error.agent}
    return made


def ack(
    *,
    cid: str | None = None,
    conv: str | None = None,
    seq: int | None = None,
    id: int | str | None = None,
    ts: int | None = None,
    dup: bool | None = None,
    version: int | None = None,
    rid: str | None = None,
) -> Answer:
    """It is committed; or, with `rid` alone, it is done."""
    return frame(
        "ack",
        cid=cid,
        rid=rid,
        conv=conv,
        seq=seq,
        id=None if id is None else str(id),
        ts=ts,
        dup=dup,
        version=version,
    )


def welcome_visitor(
    *,
    conn: str,
    now: int,
    visitor: str,
    conv: str | None,
    identity: str,
    heads: Mapping[str, Mapping[str, Any]],
    state: Mapping[str, Any],
    token: str | None = None,
    rid: str | None = None,
) -> Answer:
    """The visitor's connection is open; `token` only when it is new or renewed."""
    opening = _welcome(conn, now, limits.VISITOR, heads, rid)
    own = {"visitor": visitor, "conv": conv, "identity": identity, "state": dict(state)}
    return opening | own | ({"token": token} if token else {})


def welcome_agent(
    *,
    conn: str,
    now: int,
    heads: Mapping[str, Mapping[str, Any]],
    me: Mapping[str, Any],
    sites: Sequence[Mapping[str, Any]],
    agents: Sequence[Mapping[str, Any]],
    rid: str | None = None,
) -> Answer:
    """The agent's connection is open."""
    opening = _welcome(conn, now, limits.AGENT, heads, rid)
    return opening | {"me": dict(me), "sites": list(sites), "agents": list(agents)}


def _welcome(
    conn: str,
    now: int,
    allowed: limits.SocketLimits,
    heads: Mapping[str, Mapping[str, Any]],
    rid: str | None,
) -> Answer:
    return frame(
        "welcome",
        rid=rid,
        v=limits.VERSIONS[-1],
        conn=conn,
        now=now,
        heartbeat={
            "every_ms": limits.HEARTBEAT_EVERY_MS,
            "timeout_ms": limits.HEARTBEAT_TIMEOUT_MS,
        },
        limits=allowed.announced(),
        heads=dict(heads),
    )


def msg(
    *,
    conv: str,
    seq: int,
    id: int | str,
    cid: str,
    sender: Mapping[str, Any],
    kind: str,
    body: str,
    ts: int,
    reply_to: int | None = None,
    data: Mapping[str, Any] | None = None,
    file: Mapping[str, Any] | None = None,
    note: bool = False,
) -> Answer:
    """One row; `sender` is {"k", "id", "name", "avatar"} as far as known."""
    return frame(
        "msg",
        conv=conv,
        seq=seq,
        id=str(id),
        cid=cid,
        **{"from": dict(sender)},
        kind=kind,
        body=body,
        ts=ts,
        reply_to=reply_to,
        data=dict(data) if data else None,
        file=dict(file) if file else None,
        note=note or None,
    )


def hole(*, conv: str, first: int, last: int) -> Answer:
    """Rows this reader may not see: the cursor moves on, and nothing about them leaves."""
    return {"t": "hole", "conv": conv, "from": first, "to": last}


def receipt(*, conv: str, who: str, got: int, read: int) -> Answer:
    """How far the other side has received and seen."""
    return frame("receipt", conv=conv, who=who, got=got, read=read)


def typing(
    *, conv: str, on: bool, who: str, name: str | None = None, preview: str | None = None
) -> Answer:
    """Somebody is typing, or stopped."""
    return frame("typing", conv=conv, on=on, who=who, name=name, preview=preview)


def state(
    *,
    agents_online: int,
    status: str | None,
    queue_pos: int | None = None,
    agent: Mapping[str, str] | None = None,
) -> Answer:
    """What the visitor's header shows; also `welcome.state`, without its `t`."""
    shown = {"agents_online": agents_online, "status": status, "agent": agent and dict(agent)}
    return {"t": "state", **shown} | ({} if queue_pos is None else {"queue_pos": queue_pos})


def notice(text: str) -> Answer:
    """A sentence for the person at the screen, kept nowhere."""
    return frame("notice", text=text)


def heads(lasts: Mapping[str, int]) -> Answer:
    """The last seq of the open conversations; who is behind asks by `sync`."""
    return frame("heads", heads=dict(lasts))


def synced(
    *, conv: str, last: int, epoch: str, reset: bool = False, rid: str | None = None
) -> Answer:
    """All rows asked for have been sent; `reset`: the client was ahead of us."""
    return frame("synced", rid=rid, conv=conv, last=last, epoch=epoch, reset=reset or None)


def page(
    *,
    conv: str,
    rows: Sequence[Mapping[str, Any]],
    complete: bool,
    reason: str | None = None,
    rid: str | None = None,
) -> Answer:
    """A page of older rows; `complete` is false when some could not be read."""
    return frame("page", rid=rid, conv=conv, rows=list(rows), complete=complete, reason=reason)


def pong(n: int | None = None, rid: str | None = None) -> Answer:
    """The answer to a client's ping."""
    return frame("pong", n=n, rid=rid)
