"""The outbox: every reader hears of every event, whichever transaction commits first."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from chat.models import EventOutbox, OutboxReader
from chat.services import outbox
from tests import make
from tests.make import Shop

INSERT = """
INSERT INTO event_outbox (site_id, conversation_id, seq, kind, created_at)
VALUES (1, 1, %s, 'message.created', now()) RETURNING id
"""
OTHER_DATABASE = 10**12

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def other_process() -> Iterator[psycopg.Connection[Any]]:
    """A writer of its own, in a transaction that has its number already."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as other:
        other.execute("SELECT pg_current_xact_id()")
        yield other


def write(other: psycopg.Connection[Any], seq: int) -> int:
    """Write an event; it is not committed yet."""
    row = other.execute(INSERT, [seq]).fetchone()
    assert row
    return int(row[0])


def seqs(limit: int = 100) -> list[int]:
    """What the search would be given now; it deals with all of it."""
    events = outbox.read("search", limit=limit)
    if events:
        outbox.advance("search", past=events[-1])
    return [event.seq for event in events]


def events(count: int, **fields: Any) -> list[EventOutbox]:
    """Events that are committed."""
    made = {"site_id": 1, "conversation_id": 1, "kind": "message.created", "created_at": now()}
    return [EventOutbox.objects.create(seq=n, **made | fields) for n in range(1, count + 1)]


def test_a_message_is_an_event(shop: Shop) -> None:
    row = make.conversation(shop.site, "hi", "hello")
    heard = outbox.read("search", limit=10)
    assert [(event.conversation_id, event.seq) for event in heard] == [(row.pk, 1), (row.pk, 2)]
    assert {event.site_id for event in heard} == {shop.site.pk}


def test_a_reader_goes_on_where_it_stopped() -> None:
    events(5)
    assert (seqs(2), seqs(2), seqs(2), seqs(2)) == ([1, 2], [3, 4], [5], [])


def test_readers_do_not_disturb_each_other() -> None:
    events(3)
    assert seqs() == [1, 2, 3]
    assert len(outbox.read("webhooks", limit=10)) == 3


def test_a_lower_id_that_commits_later_is_not_skipped() -> None:
    with other_process() as slow, other_process() as quick:
        low, high = write(slow, 1), write(quick, 2)
        assert low < high
        quick.commit()
        assert seqs() == []  # the slow one may still come before it
        slow.commit()
        assert sorted(seqs()) == [1, 2]


def test_not_even_where_the_later_id_has_the_older_transaction() -> None:
    with other_process() as older, other_process() as younger:
        low, high = write(younger, 1), write(older, 2)
        assert low < high
        older.commit()
        assert seqs() == [2]  # its transaction is the oldest: nothing can come before it
        younger.commit()
        assert seqs() == [1]


def test_a_rolled_back_event_holds_nobody_up() -> None:
    with other_process() as other:
        write(other, 1)
        events(1)
        assert seqs() == []
        other.rollback()
        assert seqs() == [1]


def test_a_cursor_never_goes_back() -> None:
    first, second = events(2)
    outbox.read("search", limit=1)
    outbox.advance("search", past=second)
    outbox.advance("search", past=first)
    assert outbox.read("search", limit=10) == []


def test_pruning_leaves_what_the_slowest_reader_has_ahead() -> None:
    events(5)
    seqs(5)
    slow = outbox.read("webhooks", limit=2)
    outbox.advance("webhooks", past=slow[-1])
    assert outbox.prune() == 2
    assert list(EventOutbox.objects.values_list("seq", flat=True)) == [3, 4, 5]


def test_without_readers_a_day_is_kept() -> None:
    events(2, created_at=now() - timedelta(hours=25))
    events(3, created_at=now() - timedelta(hours=23))
    assert outbox.prune() == 2
    assert EventOutbox.objects.count() == 3


def test_the_lag_is_the_age_of_the_oldest_event_ahead() -> None:
    assert outbox.lag_seconds() == 0
    events(1, created_at=now() - timedelta(minutes=5))
    assert outbox.lag_seconds() == 0  # nobody wants to hear of it
    outbox.read("search", limit=1)
    assert 300 <= outbox.lag_seconds() < 310
    seqs()
    assert outbox.lag_seconds() == 0


def test_a_backup_restored_into_another_database_loses_no_event() -> None:
    passed, ahead = events(2)
    EventOutbox.objects.update(transaction=OTHER_DATABASE)
    place = {"transaction": OTHER_DATABASE, "event": passed.pk}
    OutboxReader.objects.create(name="search", **place)
    events(1, conversation_id=2)
    heard = outbox.read("search", limit=10)
    assert {event.pk for event in heard} >= {ahead.pk, ahead.pk + 1}


def test_a_reader_restored_with_an_empty_outbox_hears_of_what_follows() -> None:
    OutboxReader.objects.create(name="search", transaction=OTHER_DATABASE, event=7)
    events(1)
    assert outbox.prune() == 0
    assert seqs() == [1]


def test_reading_is_one_index_scan() -> None:
    place = OutboxReader(name="search", transaction=5, event=5)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        plan = EventOutbox.objects.settled().after(place)[:100].explain()
    assert "event_outbox_order" in plan
    assert "Sort" not in plan
