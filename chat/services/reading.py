"""Reading rows of one conversation: what follows a cursor, and pages of history."""

from __future__ import annotations

from chat.events import MessageStored, Thread
from chat.models import Message
from chat.services.names import senders


def rows_after(thread: Thread, have: int, *, limit: int) -> list[MessageStored]:
    """At most `limit` rows that follow seq `have`, oldest first."""
    rows = Message.objects.at(thread.shard, thread.id).filter(seq__gt=have)[:limit]
    return _as_events(thread, list(rows))


def rows_before(thread: Thread, before: int, *, limit: int) -> list[MessageStored]:
    """At most `limit` rows right before seq `before`, oldest first."""
    rows = Message.objects.at(thread.shard, thread.id).filter(seq__lt=before).reverse()[:limit]
    return _as_events(thread, list(reversed(rows)))


def _as_events(thread: Thread, rows: list[Message]) -> list[MessageStored]:
    people = senders((row.sender for row in rows), thread.visitor_public_id)
    return [
        MessageStored(
            thread=thread,
            seq=row.seq,
            id=row.id,
            cid=row.cid,
            sender=people[row.sender],
            kind=row.kind,
            body=row.body,
            ts=row.ts,
            internal=row.internal,
            reply_to=row.reply_to,
            data=row.data,
        )
        for row in rows
    ]
