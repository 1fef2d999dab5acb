"""Opening conversations and finding the ones a caller may see."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
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
    row, is_new = _stored_visitor(visitor)
    if conversation is not None:
        visitor_thread(visitor.public_id, conversation)
    if is_new:
        return thread_of(_begin(row))
    latest = row.conversations.order_by("-opened_at", "-id").first()
    if latest is None or not latest.can_reopen():
        latest = open_conversation(row)
    latest.visitor = row
    return thread_of(latest)


def open_conversation(visitor: Visitor) -> Conversation:
    """Begin a conversation of a visitor whose row is locked, if there were not too many lately."""
    hour_ago = timezone.now() - timedelta(hours=1)
    opened = visitor.conversations.filter(opened_at__gt=hour_ago).count()
    if opened >= CONVERSATIONS_PER_VISITOR_HOUR:
        raise RateLimited(after_ms=int(timedelta(minutes=10).total_seconds() * 1000))
    return _begin(visitor)


def _begin(visitor: Visitor) -> Conversation:
    """A conversation that waits in the queue."""
    now = timezone.now()
    return Conversation.objects.create(
        public_id=sharding.new_public_id("cv_"),
        site_id=visitor.site_id,
        visitor=visitor,
        shard=visitor.shard,
        owner=Conversation.Owner.QUEUE,
        opened_at=now,
        queued_at=now,
        changed_at=now,
    )


def _stored_visitor(visitor: NewVisitor) -> tuple[Visitor, bool]:
    """The visitor's locked row, and whether it was written now: this is the first word."""
    row, is_new = Visitor.objects.select_for_update().get_or_create(
        public_id=visitor.public_id,
        defaults={
            "site_id": visitor.site_id,
            "shard": sharding.shard_of(visitor.public_id),
            "epoch": visitor.epoch,
            **visitor.facts,
        },
    )
    if row.is_banned:
        raise Banned
    return row, is_new
