"""The frames that only agents receive."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chat.protocol.answers import Answer, frame


def opened(
    *,
    conv: str,
    version: int,
    status: str,
    epoch: str,
    last: int,
    agent: Mapping[str, str] | None,
    visitor: Mapping[str, Any],
    receipts: Mapping[str, Mapping[str, int]],
    rid: str | None = None,
) -> Answer:
    """A conversation as it stands; its rows follow."""
    return frame(
        "opened",
        rid=rid,
        conv=conv,
        version=version,
        status=status,
        epoch=epoch,
        last=last,
        visitor=dict(visitor),
        receipts=dict(receipts),
    ) | {"agent": agent and dict(agent)}


def inbox(
    *,
    rev: int,
    rows: Sequence[Mapping[str, Any]],
    counts: Mapping[str, int],
    more: bool,
    rid: str | None = None,
) -> Answer:
    """A part of the list of conversations; `more` says that another part follows."""
    return frame("inbox", rid=rid, rev=rev, rows=list(rows), counts=dict(counts), more=more)


def inbox_delta(rev: int, row: Mapping[str, Any]) -> Answer:
    """One changed row of the list; `rev` grows by one a frame, a gap means `watch` again."""
    return {"t": "inbox_delta", "rev": rev, **row}


def visitor_presence(
    *, visitor: str, conv: str | None, online: bool, page: Mapping[str, Any] | None = None
) -> Answer:
    """A visitor came, left, or moved to another page."""
    shown = {"t": "presence", "visitor": visitor, "conv": conv, "online": online}
    return shown | ({"page": dict(page)} if page else {})


def agent_presence(*, agent: str, state: str) -> Answer:
    """An agent's state, as others see it."""
    return frame("presence", agent=agent, state=state)
