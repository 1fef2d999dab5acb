"""What a message costs the database: pinned, so that nobody adds to it unawares."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from chat.models import Conversation, Message
from chat.services import messages, reading, receipts, sync
from chat.shapes import thread_of
from chat.vocabulary import Kind
from chat.writer import Draft
from chat.writer.store import store
from tests import make
from tests.make import Shop

# Lock, recognise, insert rows, insert events, update; and the transaction around them.
STATEMENTS_PER_BATCH = 5
BRACKETS = {"BEGIN", "COMMIT"}


def draft(row: Conversation, body: str) -> Draft:
    """A visitor's text."""
    key, sender = messages.visitor_author(thread_of(row))
    return Draft(row.pk, key, sender, make.cid(), Kind.TEXT, body)


def statements(work: Callable[[], Any]) -> list[str]:
    """The SQL that some work sends."""
    with CaptureQueriesContext(
        connection,
    ) as captured:
        work()
    return [query["sql"] for query in captured if query["sql"] not in BRACKETS]


def partitions(sql: str) -> set[str]:
    """The message tables that the plan of a statement touches."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("EXPLAIN (FORMAT JSON) " + sql)
        plan = json.dumps(cursor.fetchone()[0])
        transaction.set_rollback(True)
    return set(re.findall(r"message_\d+\b(?!\w)", plan))


@pytest.mark.parametrize("count", [1, 20])
def test_a_batch_costs_five_statements_whatever_its_size(shop: Shop, count: int) -> None:
    rows = [make.conversation(shop.site, "hi") for _ in range(3)]
    drafts = [draft(rows[number % 3], f"text {number}") for number in range(count)]
    sent = statements(lambda: store(drafts))
    assert len(sent) == STATEMENTS_PER_BATCH, "\n".join(sent)


def test_every_statement_of_a_message_touches_one_partition(shop: Shop) -> None:
    row = make.conversation(shop.site, "hi")
    sent = statements(lambda: store([draft(row, "again")]))
    own = f"message_{row.shard}"
    about_messages = [sql for sql in sent if re.search(r'"message"', sql)]
    assert len(about_messages) == 2
    recognise, insert = about_messages
    assert recognise.lstrip().startswith("SELECT")
    assert insert.startswith("INSERT")
    assert {name for name in partitions(recognise) if name.count("_") == 1} == {own}
    assert stored_in(row) == {own}


@pytest.mark.parametrize("read", ["after", "before", "sync", "receipt"])
def test_reading_touches_one_partition(shop: Shop, read: str) -> None:
    row = make.conversation(shop.site, "hi", "are you there")
    thread = thread_of(Conversation.objects.select_related("visitor").get(pk=row.pk))
    work = {
        "after": lambda: reading.rows_after(thread, 0, limit=50),
        "before": lambda: reading.rows_before(thread, 3, limit=50),
        "sync": lambda: sync.sync(thread, 1, limit=50),
        "receipt": lambda: receipts.record_receipt(thread, who="agent", read=1),
    }[read]
    about = [sql for sql in statements(work) if re.search(r'FROM "message"', sql)]
    assert about
    for sql in about:
        assert {f"message_{row.shard}"} == tables(partitions(sql))


def stored_in(row: Conversation) -> set[str]:
    """The tables that hold a conversation's rows."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tableoid::regclass::text FROM message WHERE conversation_id = %s",
            [row.pk],
        )
        return {name for (name,) in cursor.fetchall()}


def tables(names: set[str]) -> set[str]:
    """Tables among names that also hold indexes."""
    return {name for name in names if re.fullmatch(r"message_\d+", name)}


def test_commits_are_synchronous(shop: Shop) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        assert cursor.fetchone() == ("on",)


def test_the_order_of_a_thread_never_follows_the_clock(shop: Shop) -> None:
    row = make.conversation(shop.site, "hi")
    Conversation.objects.filter(pk=row.pk).update(last_at="2090-01-01T00:00:00Z")
    make.say(row, "the clock went back")
    first, second = Message.objects.of(row)
    assert second.ts.year == 2090
    assert second.ts >= first.ts
