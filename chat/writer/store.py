"""One transaction of the writer: lock, recognise, number, insert, update, commit.

Five statements for any number of drafts, each message table touched in one partition a
conversation. Conversations are locked in id order, so two processes never wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, transaction
from django.db.models import Model
from django.utils import timezone

from chat.errors import ChatError
from chat.events import ConversationChanged, MessageStored
from chat.models import Conversation, Message, Team, User, Visitor
from chat.shapes import inbox_row
from chat.writer.book import Book, Known
from chat.writer.columns import insert_statement, named, read, update_statement, write
from chat.writer.drafts import Draft, Receipt

M = TypeVar("M", bound=Model)
Outcome = Receipt | ChatError

# Columns with their PostgreSQL types: what a message has, what an event has, and everything a
# batch may change on a conversation.
MESSAGE = {
    "shard": "smallint",
    "id": "bigint",
    "conversation_id": "bigint",
    "visitor_id": "bigint",
    "seq": "bigint",
    "sender": "text",
    "cid": "text",
    "kind": "text",
    "body": "text",
    "data": "jsonb",
    "internal": "boolean",
    "reply_to": "bigint",
    "client_ts": "bigint",
    "ts": "timestamptz",
}
EVENT = {
    "site_id": "bigint",
    "conversation_id": "bigint",
    "seq": "bigint",
    "kind": "text",
    "created_at": "timestamptz",
}
CHANGES = {
    "id": "bigint",
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
# What the inbox shows of a conversation's people.
CONVERSATION = [field.attname for field in Conversation._meta.concrete_fields]
VISITOR = ["id", "public_id", "name", "verified", "language"]
AGENT = ["id", "username", "first_name", "last_name", "display_name"]
TEAM = ["id", "name"]

INSERT_MESSAGES = insert_statement("message", MESSAGE)
INSERT_EVENTS = insert_statement("event_outbox", EVENT)
UPDATE_CONVERSATIONS = update_statement("chat_conversation", "id", CHANGES)
LOCK = f"""
SELECT {named("c", CONVERSATION)}, {named("v", VISITOR)}, {named("a", AGENT)}, {named("t", TEAM)}
FROM chat_conversation AS c JOIN chat_visitor AS v ON v.id = c.visitor_id
LEFT JOIN chat_user AS a ON a.id = c.agent_id LEFT JOIN chat_team AS t ON t.id = c.team_id
WHERE c.id = ANY(%s) ORDER BY c.id FOR UPDATE OF c
"""  # noqa: S608  (the names are ours)
RECOGNISE = f"""
SELECT {", ".join(MESSAGE)} FROM "message"
WHERE shard = ANY(%s::smallint[]) AND conversation_id = ANY(%s) AND cid = ANY(%s)
"""  # noqa: S608


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
        write(INSERT_MESSAGES, MESSAGE, book.rows)
        write(INSERT_EVENTS, EVENT, book.outbox())
        write(UPDATE_CONVERSATIONS, CHANGES, book.changed.values())
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
    return {row[0]: _conversation(iter(row)) for row in read(LOCK, [sorted(ids)])}


def _conversation(values: Iterator[Any]) -> Conversation:
    """A locked conversation with its visitor, agent and team."""
    conversation = _model(Conversation, CONVERSATION, values)
    conversation.visitor = _model(Visitor, VISITOR, values)
    agent, team = _model(User, AGENT, values), _model(Team, TEAM, values)
    if conversation.agent_id is not None:
        conversation.agent = agent
    if conversation.team_id is not None:
        conversation.team = team
    return conversation


def _known(conversations: dict[int, Conversation], drafts: Sequence[Draft]) -> Known:
    """Rows that may have been stored before under one of these client ids."""
    shards = {conversation.shard for conversation in conversations.values()}
    cids = [draft.cid for draft in drafts]
    found = read(RECOGNISE, [list(shards), list(conversations), cids])
    rows = [_model(Message, list(MESSAGE), iter(row)) for row in found]
    return {(row.conversation_id, row.sender, row.cid): row for row in rows}


def _model(kind: type[M], names: Sequence[str], values: Iterator[Any]) -> M:
    return kind.from_db(DEFAULT_DB_ALIAS, names, list(islice(values, len(names))))
