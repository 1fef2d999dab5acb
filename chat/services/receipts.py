"""Receipts: how far each side has received and read."""

from __future__ import annotations

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest, Least

from chat.comet.hub import conversation_key, hub, site_key, visitor_key
from chat.events import Receipt, Thread
from chat.models import Conversation, Message
from chat.shapes import inbox_row
from chat.vocabulary import SenderKind


@transaction.atomic
def record_receipt(thread: Thread, *, who: str, got: int = 0, read: int = 0) -> Receipt:
    """Move one side's cursors forward, never back and never past the last row."""
    reach = {f"{who}_got": _forward(f"{who}_got", max(got, read))}
    reach[f"{who}_read"] = _forward(f"{who}_read", read)
    Conversation.objects.filter(pk=thread.id).update(**reach)
    row = Conversation.objects.select_related("visitor", "agent", "team").get(pk=thread.id)
    receipt = Receipt(thread, who, getattr(row, f"{who}_got"), getattr(row, f"{who}_read"))
    if who == SenderKind.AGENT and read and row.unread:
        _recount_unread(row)
    keys = (conversation_key(thread.id), visitor_key(thread.visitor_public_id))
    hub.publish_on_commit(receipt, to=keys)
    return receipt


def _forward(field: str, value: int) -> Greatest:
    return Greatest(F(field), Least(Value(value), F("last_seq")))


def _recount_unread(row: Conversation) -> None:
    """Count what the agents have not read; tell the inbox when it changed."""
    unread = (
        Message.objects.of(row)
        .filter(seq__gt=row.agent_read, sender__startswith="v:", kind="text")
        .count()
    )
    if unread == row.unread:
        return
    Conversation.objects.filter(pk=row.pk).update(unread=unread)
    row.unread = unread
    hub.publish_on_commit(inbox_row(row), to=(site_key(row.site_id),))
