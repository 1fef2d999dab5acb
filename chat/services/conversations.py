"""Opening conversations and finding the ones a caller may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import DataError, IntegrityError, transaction
from django.utils import timezone

from chat import sharding
from chat.errors import Banned, NotFound, RateLimited
from chat.events import Thread
from chat.models import Conversation, Visitor
from chat.protocol.limits import CONVERSATIONS_PER_VISITOR_HOUR
from chat.shapes import thread_of

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class NewVisitor:
    """What a socket knows of a visitor who may not be stored yet."""

    public_id: str
    site_id: int
    epoch: int = 1
    facts: dict[str, Any] = field(default_factory=dict)


def visitor_thread(visitor_public_id: str, conversation: str) -> Thread:
    """A visitor's own conversation; somebody else's is not found."""
    row = Conversation.objects.select_related("visitor").filter(public_id=conversation).first()
    if row is None:
        raise NotFound
    if row.visitor.public_id != visitor_public_id:
        log.warning("security.idor", visitor=visitor_public_id, conversation=conversation)
        raise NotFound
    return thread_of(row)


@transaction.atomic
def thread_to_write_in(visitor: NewVisitor, conversation: str | None = None) -> Thread:
    """Where a visitor's next message belongs: the open thread, one closed lately, or a new one."""
    row = _stored_visitor(visitor)
    if conversation is not None:
        visitor_thread(visitor.public_id, conversation)
    latest = row.conversations.order_by("-opened_at", "-id").first()
    if latest is None or not latest.can_reopen():
        latest = open_conversation(row)
    latest.visitor = row
    return thread_of(latest)


def first_threads(visitors: Sequence[NewVisitor]) -> Sequence[Thread | None]:
    """Conversations of visitors who write for the first time; None for those we know already.

    One transaction for all: a shop's morning, or a server that starts, brings many at once.
    """
    try:
        threads = _first_threads({visitor.public_id: visitor for visitor in visitors})
    except (IntegrityError, DataError):  # because of one of them; each asks for itself then
        threads = {}
    return [threads.get(visitor.public_id) for visitor in visitors]


@transaction.atomic
def _first_threads(visitors: Mapping[str, NewVisitor]) -> dict[str, Thread]:
    known = Visitor.objects.filter(public_id__in=visitors).values_list("public_id", flat=True)
    new = [visitors[name] for name in visitors.keys() - set(known)]
    rows = Visitor.objects.bulk_create([_unsaved(visitor) for visitor in new])
    opened = Conversation.objects.bulk_create([_waiting(row) for row in rows])
    return {row.visitor.public_id: thread_of(row) for row in opened}


def open_conversation(visitor: Visitor) -> Conversation:
    """Begin a conversation of a visitor whose row is locked, if there were not too many lately."""
    hour_ago = timezone.now() - timedelta(hours=1)
    opened = visitor.conversations.filter(opened_at__gt=hour_ago).count()
    if opened >= CONVERSATIONS_PER_VISITOR_HOUR:
        raise RateLimited(after_ms=int(timedelta(minutes=10).total_seconds() * 1000))
    conversation = _waiting(visitor)
    conversation.save(force_insert=True)
    return conversation


def _waiting(visitor: Visitor) -> Conversation:
    """A conversation that begins in the queue, not saved yet."""
    now = timezone.now()
    return Conversation(
        public_id=sharding.new_public_id("cv_"),
        site_id=visitor.site_id,
        visitor=visitor,
        shard=visitor.shard,
        owner=Conversation.Owner.QUEUE,
        opened_at=now,
        queued_at=now,
        changed_at=now,
    )


def _stored_visitor(visitor: NewVisitor) -> Visitor:
    """The visitor's locked row, written now if this is the first word."""
    rows = Visitor.objects.select_for_update().filter(public_id=visitor.public_id)
    row = rows.first()
    if row is None:
        Visitor.objects.bulk_create([_unsaved(visitor)], ignore_conflicts=True)
        row = rows.get()
    if row.is_banned:
        raise Banned
    return row


def _unsaved(visitor: NewVisitor) -> Visitor:
    return Visitor(
        public_id=visitor.public_id,
        site_id=visitor.site_id,
        shard=sharding.shard_of(visitor.public_id),
        epoch=visitor.epoch,
        **visitor.facts,
    )
