"""Reading the event outbox: every event reaches every reader at least once.

Rows of one conversation can come swapped when two processes wrote them at the same moment, so a
reader goes by `seq`, and deals with each (conversation, seq) once.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.timezone import now

from chat.models import EventOutbox, OutboxReader
from chat.models.outbox import AboveFinished

KEPT_WITHOUT_READERS = timedelta(days=1)
PRUNED_AT_ONCE = 10_000  # each within the time limit of a statement


def read(reader: str, *, limit: int) -> list[EventOutbox]:
    """The next events for this reader; who asks for the first time begins with the oldest."""
    place, _created = OutboxReader.objects.get_or_create(name=reader)
    if _adopt_restored():
        place.refresh_from_db()
    return list(EventOutbox.objects.settled().after(place)[:limit])


def advance(reader: str, *, past: EventOutbox) -> None:
    """Note that everything up to this event is dealt with; never back."""
    with transaction.atomic():
        place = OutboxReader.objects.select_for_update().get(name=reader)
        if (past.transaction, past.id) > (place.transaction, place.event):
            place.transaction, place.event = past.transaction, past.id
            place.save(update_fields=["transaction", "event", "updated_at"])


def prune() -> int:
    """Remove what all readers have passed, or without any reader what is older than a day."""
    _adopt_restored()
    removed = 0
    while removed_now := _prune_some():
        removed += removed_now
    return removed


def lag_seconds() -> float:
    """The age of the oldest event that some reader has not passed; 0 when there is none."""
    last = OutboxReader.objects.first()
    oldest = EventOutbox.objects.after(last).first() if last else None
    return (now() - oldest.created_at).total_seconds() if oldest else 0.0


def _prune_some() -> int:
    last = OutboxReader.objects.first()
    if last is None:
        old = EventOutbox.objects.settled().filter(created_at__lt=now() - KEPT_WITHOUT_READERS)
    else:
        old = EventOutbox.objects.passed_by(last)
    some = old.order_by("transaction", "id")[:PRUNED_AT_ONCE]
    removed, _each = EventOutbox.objects.filter(
        pk__in=list(some.values_list("pk", flat=True))
    ).delete()
    return removed


@transaction.atomic
def _adopt_restored() -> bool:
    """In the database a backup was restored into, transactions count anew: begin again with both.

    Readers then get once more what is still in the outbox.
    """
    foreign = Q(transaction__gte=AboveFinished())
    changed = EventOutbox.objects.filter(foreign).update(transaction=0)
    changed += OutboxReader.objects.filter(foreign).count()
    if changed:
        OutboxReader.objects.update(transaction=0, event=0)
    return bool(changed)
