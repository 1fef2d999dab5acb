"""The event outbox: what search, webhooks, bot and channels still have to hear."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class CurrentTransaction(models.Func):
    """The number of the writing transaction, so that readers can wait for older ones."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class OldestRunning(models.Func):
    """The lowest number of a transaction that still runs: everything below it is settled."""

    template = "(pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
    output_field = models.BigIntegerField()


class AboveFinished(models.Func):
    """A number that no visible row of this database can have; one from a restored backup may."""

    template = "(pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"
    output_field = models.BigIntegerField()


class EventOutboxQuerySet(models.QuerySet["EventOutbox"]):
    """Questions about events.

    Ids are given before COMMIT, so a lower one may appear later, and transactions get their
    numbers before they take ids. Only the pair of both, below the oldest running transaction,
    never has anything appear behind it.
    """

    def after(self, reader: OutboxReader) -> EventOutboxQuerySet:
        """Events this reader has not passed, in the order in which cursors move."""
        same = Q(transaction=reader.transaction, id__gt=reader.event)
        behind = self.filter(Q(transaction__gt=reader.transaction) | same)
        return behind.order_by("transaction", "id")

    def passed_by(self, reader: OutboxReader) -> EventOutboxQuerySet:
        """Events this reader has dealt with."""
        same = Q(transaction=reader.transaction, id__lte=reader.event)
        return self.filter(Q(transaction__lt=reader.transaction) | same)

    def settled(self) -> EventOutboxQuerySet:
        """Events before which no other can appear any more."""
        return self.filter(transaction__lt=OldestRunning())


class EventOutbox(models.Model):
    """One event, written in the transaction that made it true; append-only."""

    id = models.BigAutoField(primary_key=True)
    site_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=32)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    created_at = models.DateTimeField()

    objects = EventOutboxQuerySet.as_manager()

    class Meta:
        """Rows leave in the order in which cursors move."""

        db_table = "event_outbox"
        ordering = ["transaction", "id"]
        indexes = [models.Index(fields=["transaction", "id"], name="event_outbox_order")]

    def __str__(self) -> str:
        return f"{self.kind} {self.conversation_id}/{self.seq}"


class OutboxReader(models.Model):
    """Somebody who reads the outbox; the cursor is the last event that was dealt with."""

    name = models.CharField(max_length=40, primary_key=True)
    transaction = models.BigIntegerField(default=0)
    event = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        """The one who is furthest behind comes first."""

        db_table = "outbox_reader"
        ordering = ["transaction", "event"]

    def __str__(self) -> str:
        return f"{self.name} at {self.transaction}/{self.event}"
