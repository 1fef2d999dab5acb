"""Events as frames: the one place that decides what each side may see of a row."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs

from chat import protocol, writer
from chat.events import (
    ConversationChanged,
    MessageStored,
    Receipt,
    Sender,
    Typing,
    VisitorPresence,
    VisitorState,
)
from chat.services.sync import Caught
from chat.vocabulary import SenderKind, status_of

Frame = protocol.Answer


def milliseconds(moment: datetime | None) -> int | None:
    """A time as the protocol writes it: integer milliseconds since the epoch, UTC."""
    return None if moment is None else int(moment.timestamp() * 1000)


def query_value(query: bytes, name: str) -> str:
    """One value of a query string; empty when it is not there once."""
    values = parse_qs(query.decode("latin-1")).get(name, [])
    return values[0] if len(values) == 1 else ""


def head(caught: Caught) -> Frame:
    """Where a conversation stands, as `welcome.heads` says it."""
    return {"last": caught.last, "epoch": caught.epoch, "resume": caught.resume}


def ack(receipt: writer.Receipt, cid: str, rid: str | None) -> Frame:
    """A stored row."""
    return protocol.ack(
        cid=cid,
        conv=receipt.public_id,
        seq=receipt.seq,
        id=receipt.id,
        ts=milliseconds(receipt.ts),
        dup=receipt.dup,
        rid=rid,
    )


def moved(receipt: writer.Receipt, cid: str, rid: str | None) -> Frame:
    """A change of owner is stored."""
    return protocol.ack(
        cid=cid, conv=receipt.public_id, seq=receipt.seq, version=receipt.version, rid=rid
    )


def rows_for_agents(rows: Iterable[MessageStored]) -> list[Frame]:
    """Every row, notes included."""
    return [row_frame(row) for row in rows]


def rows_for_visitors(rows: Iterable[MessageStored]) -> list[Frame]:
    """Public rows; in the place of internal ones the range they cover, and nothing of them."""
    frames: list[Frame] = []
    for row in rows:
        if not row.internal:
            frames.append(row_frame(row, public_data(row)))
        elif frames and frames[-1]["t"] == "hole":
            frames[-1]["to"] = row.seq
        else:
            frames.append(protocol.hole(conv=row.thread.public_id, first=row.seq, last=row.seq))
    return frames


def public_data(row: MessageStored) -> dict[str, Any]:
    """What of a row's data leaves for visitors: why agents did something does not."""
    return {key: value for key, value in row.data.items() if key != "reason"}


def row_frame(row: MessageStored, data: dict[str, Any] | None = None) -> Frame:
    """One row as `msg`."""
    return protocol.msg(
        conv=row.thread.public_id,
        seq=row.seq,
        id=row.id,
        cid=row.cid,
        sender=_sender(row.sender),
        kind=row.kind,
        body=row.body,
        ts=milliseconds(row.ts) or 0,
        reply_to=row.reply_to,
        data=row.data if data is None else data,
        note=row.internal,
    )


def receipt_frame(receipt: Receipt) -> Frame:
    """How far one side has come."""
    return protocol.receipt(
        conv=receipt.thread.public_id, who=receipt.who, got=receipt.got, read=receipt.read
    )


def typing_frame(typing: Typing) -> Frame:
    """Somebody is typing."""
    return protocol.typing(
        conv=typing.thread.public_id,
        on=typing.on,
        who=typing.who,
        name=typing.name or None,
        preview=typing.preview or None,
    )


def state_frame(state: VisitorState) -> Frame:
    """What the visitor's header shows."""
    return protocol.state(
        agents_online=state.agents_online,
        status=state.status,
        queue_pos=state.queue_pos,
        agent={"name": state.agent_name} if state.agent_name else None,
    )


def state_fields(state: VisitorState) -> Frame:
    """The same inside `welcome`, where it is no frame of its own."""
    return {key: value for key, value in state_frame(state).items() if key != "t"}


def visitor_presence_frame(event: VisitorPresence) -> Frame:
    """A visitor came, left, or moved."""
    return protocol.visitor_presence(
        visitor=event.visitor_public_id,
        conv=event.conversation,
        online=event.online,
        page=event.page,
    )


def inbox_row(row: ConversationChanged, site_key: str, online: bool) -> dict[str, Any]:
    """A conversation as the agents' list shows it."""
    return {
        "conv": row.thread.public_id,
        "site": site_key,
        "status": status_of(row.owner),
        "version": row.version,
        "last": row.last_seq,
        "unread": row.unread,
        "visitor": {
            "id": row.thread.visitor_public_id,
            "name": row.visitor_name,
            "online": online,
            "verified": row.verified,
        },
        "agent": row.agent and {"id": row.agent.id, "name": row.agent.name},
        "team": row.team,
        "preview": row.preview,
        "ts": milliseconds(row.last_at),
        "queued_at": milliseconds(row.queued_at),
        "opened_at": milliseconds(row.opened_at),
        "episode": row.episode,
        "lang": row.language,
    }


def _sender(sender: Sender) -> dict[str, str]:
    if sender.kind == SenderKind.SYSTEM:
        return {"k": sender.kind}
    named = {"k": sender.kind, "id": sender.id}
    return named | ({"name": sender.name} if sender.name else {})
