"""One transaction of the writer: lock, recognise, number, insert, update, commit.

Five statements for any number of drafts, each message table touched in one partition a
conversation. Conversations are locked in id order, so two processes never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection, transaction
from django.utils import timezone

from chat.errors import ChatError
from chat.events import ConversationChanged, MessageStored
from chat.models import Conversation, EventOutbox, Message
from chat.shapes import inbox_row
from chat.writer.book import Book, Known
from chat.writer.drafts import Draft, Receipt

Outcome = Receipt | ChatError

# column -> its PostgreSQL type; everything a batch may change on a conversation
UPDATED = {
    "last_seq": "bigint",
    "version": "integer",
    "episode": "integer",
    "unread": "integer",
    "owner": "text",
    "agent_id": "bigint",
    "team_id": "bigint",
    "agent_got": "bigint",
    "agent_read": "bigint",
    "last_body": "text",
    "last_sender": "text",
    "last_kind": "text",
    "last_at": "timestamptz",
    "opened_at": "timestamptz",
    "queued_at": "timestamptz",
    "closed_at": "timestamptz",
    "changed_at": "timestamptz",
}
NEW_VALUES = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *UPDATED.values()))
UPDATE = " ".join(
    (
        "UPDATE chat_conversation AS c SET",
        ", ".join(f"{name} = v.{name}" for name in UPDATED),
        f"FROM unnest({NEW_VALUES}) AS v(id, {', '.join(UPDATED)}) WHERE c.id = v.id",
    )
)


@dataclass(slots=True)
class Batch:
    """What one committed transaction brought."""

    outcomes: list[Outcome]
    stored: list[MessageStored] = field(default_factory=list)
    changed: list[ConversationChanged] = field(default_factory=list)
    opened: list[ConversationChanged] = field(default_factory=list)
    closed: list[ConversationChanged] = field(default_factory=list)


@transaction.atomic
def store(drafts: Sequence[Draft]) -> Batch:
    """Store the drafts in one transaction; refusals of single drafts are among the outcomes."""
    conversations = _lock({draft.conversation_id for draft in drafts})
    book = Book(conversations, _known(conversations, drafts), timezone.now())
    outcomes = [_enter(book, draft) for draft in drafts]
    if book.rows:
        Message.objects.bulk_create(book.rows)
        EventOutbox.objects.bulk_create(book.outbox())
        _update(book.changed.values())
    return Batch(
        outcomes,
        book.stored,
        [inbox_row(conversation) for conversation in book.changed.values()],
        [inbox_row(conversation) for conversation in book.opened],
        [inbox_row(conversation) for conversation in book.closed],
    )


def _enter(book: Book, draft: Draft) -> Outcome:
    try:
        return book.enter(draft)
    except ChatError as refusal:
        return refusal


def _lock(ids: set[int]) -> dict[int, Conversation]:
    rows = (
        Conversation.objects.filter(pk__in=sorted(ids))
        .select_related("visitor", "agent", "team")
        .select_for_update(of=("self",))
        .order_by("pk")
    )
    return {row.pk: row for row in rows}


def _known(conversations: dict[int, Conversation], drafts: Sequence[Draft]) -> Known:
    rows = Message.objects.sent_as(
        (conversation.shard for conversation in conversations.values()),
        conversations,
        (draft.cid for draft in drafts),
    )
    return {(row.conversation_id, row.sender, row.cid): row for row in rows}


def _update(conversations: Iterable[Conversation]) -> None:
    rows = list(conversations)
    columns = [[_plain(getattr(row, name)) for row in rows] for name in ("id", *UPDATED)]
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, columns)


def _plain(value: object) -> object:
    # psycopg refuses arrays that mix str with enums of str.
    return str(value) if isinstance(value, str) else value
