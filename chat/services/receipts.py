"""Receipts: how far each side has received and read."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.events import Receipt, Thread
from chat.models import Conversation, Message
from chat.shapes import inbox_row
from chat.vocabulary import SenderKind

# A receipt lost in a crash comes again with the next one. So nobody has to wait for the disk, and
# the writer, who locks the same rows, waits less for us.
UNHURRIED = "SET LOCAL synchronous_commit = off"
# One statement for many conversations, locked in the order of their ids as the writer does it.
ADVANCE = """
WITH mark AS (
    SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[])
    AS m (id, visitor_got, visitor_read, agent_got, agent_read)
), locked AS (
    SELECT id FROM chat_conversation WHERE id IN (SELECT id FROM mark) ORDER BY id
    FOR NO KEY UPDATE
)
UPDATE chat_conversation AS c SET
    visitor_got = greatest(c.visitor_got, least(m.visitor_got, c.last_seq)),
    visitor_read = greatest(c.visitor_read, least(m.visitor_read, c.last_seq)),
    agent_got = greatest(c.agent_got, least(m.agent_got, c.last_seq)),
    agent_read = greatest(c.agent_read, least(m.agent_read, c.last_seq)),
    unread = CASE WHEN m.agent_read >= c.last_seq THEN 0 ELSE c.unread END
FROM mark AS m JOIN locked USING (id) WHERE c.id = m.id
RETURNING c.id, c.visitor_got, c.visitor_read, c.agent_got, c.agent_read
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far one side says it has come in a conversation; who read has also received."""

    thread: Thread
    who: str
    got: int = 0
    read: int = 0

    def columns(self) -> tuple[int, int, int, int, int]:
        """The mark as a row of ADVANCE."""
        mine = (max(self.got, self.read), self.read)
        sides = (*mine, 0, 0) if self.who == SenderKind.VISITOR else (0, 0, *mine)
        return (self.thread.id, *sides)


def record_receipt(thread: Thread, *, who: str, got: int = 0, read: int = 0) -> None:
    """Move one side's cursors forward, never back and never past the last row."""
    record_receipts([Mark(thread, who, got, read)])


@transaction.atomic
def record_receipts(marks: Sequence[Mark]) -> None:
    """Move the cursors of many conversations, at most one mark of each side in each."""
    unread = _unread(mark.thread.id for mark in marks if mark.who == SenderKind.AGENT and mark.read)
    stored = _advance(marks)
    for mark in marks:
        if (row := stored.get(mark.thread.id)) is None:
            continue  # erased meanwhile
        got, read = row[:2] if mark.who == SenderKind.VISITOR else row[2:]
        receipt = Receipt(mark.thread, mark.who, got, read)
        keys = (conversation_key(mark.thread.id), visitor_key(mark.thread.visitor_public_id))
        hub.publish_on_commit(receipt, to=keys)
    _recount(unread)


def _advance(marks: Sequence[Mark]) -> dict[int, tuple[int, ...]]:
    """The cursors as stored, by conversation id."""
    rows: dict[int, tuple[int, ...]] = {}
    for mark in marks:
        row = mark.columns()
        rows[row[0]] = tuple(map(max, row, rows.get(row[0], row)))
    with connection.cursor() as cursor:
        cursor.execute(UNHURRIED)
        cursor.execute(ADVANCE, [list(column) for column in zip(*rows.values(), strict=True)])
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _unread(conversation_ids: Iterable[int]) -> list[int]:
    """Those of these conversations in which the agents have something to read."""
    unread = Conversation.objects.filter(pk__in=list(conversation_ids), unread__gt=0)
    return list(unread.values_list("pk", flat=True))


def _recount(conversation_ids: Iterable[int]) -> None:
    """Count what the agents have not read; tell the inbox when it changed."""
    rows = Conversation.objects.filter(pk__in=list(conversation_ids))
    for row in rows.select_related("visitor", "agent", "team"):
        if row.unread:
            row.unread = _count(row)
            row.save(update_fields=["unread"])
        hub.publish_on_commit(inbox_row(row), to=(site_key(row.site_id),))


def _count(row: Conversation) -> int:
    after = Message.objects.of(row).filter(seq__gt=row.agent_read)
    return after.filter(sender__startswith="v:", kind="text").count()
