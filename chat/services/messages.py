"""Posting: everything that becomes a row of a conversation."""

from __future__ import annotations

from concurrent.futures import Future

from chat.errors import Empty, NotFound, TooLong
from chat.events import Sender, Thread
from chat.models import Message
from chat.protocol.limits import BODY_CHARACTERS
from chat.shapes import agent_wire_id
from chat.vocabulary import EventName, Kind, SenderKind
from chat.writer import Draft, Move, Receipt, Verb, writer

SYSTEM = Sender(kind=SenderKind.SYSTEM)


def visitor_author(thread: Thread) -> tuple[str, Sender]:
    """The stored and the shown name of a conversation's visitor."""
    return f"v:{thread.visitor_id}", Sender(SenderKind.VISITOR, thread.visitor_public_id)


def agent_author(agent_id: int, name: str) -> tuple[str, Sender]:
    """The stored and the shown name of an agent."""
    return f"a:{agent_id}", Sender(SenderKind.AGENT, agent_wire_id(agent_id), name)


def post_message(draft: Draft) -> Future[Receipt]:
    """Check what needs no database, hand the draft to the writer, return its receipt to come."""
    if draft.kind == Kind.TEXT and not draft.body.strip():
        raise Empty(cid=draft.cid)
    if len(draft.body) > BODY_CHARACTERS:
        raise TooLong(cid=draft.cid)
    return writer.post(draft)


def close_by_visitor(thread: Thread, *, cid: str) -> Future[Receipt]:
    """End the conversation because its visitor asked for it."""
    key, sender = visitor_author(thread)
    return writer.post(
        Draft(
            thread.id,
            key,
            sender,
            cid,
            Kind.EVENT,
            EventName.CLOSED_BY_VISITOR,
            move=Move(Verb.CLOSE),
        )
    )


def rate(thread: Thread, *, cid: str, score: int, text: str) -> Future[Receipt]:
    """Store the visitor's rating of the conversation."""
    key, sender = visitor_author(thread)
    return writer.post(Draft(thread.id, key, sender, cid, Kind.RATING, text, {"score": score}))


def change_message(
    thread: Thread, author: tuple[str, Sender], *, seq: int, cid: str, kind: Kind, body: str = ""
) -> Future[Receipt]:
    """Add an edit or delete row for one's own earlier row; the old row stays as it is."""
    key, sender = author
    old = Message.objects.at(thread.shard, thread.id).filter(seq=seq, sender=key).first()
    if old is None or old.kind != Kind.TEXT:
        raise NotFound(cid=cid)
    return writer.post(
        Draft(thread.id, key, sender, cid, kind, body, internal=old.internal, reply_to=seq)
    )
