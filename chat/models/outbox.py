"""The event outbox: what search, webhooks, bot and channels still have to hear."""

from __future__ import annotations

from django.db import models


class CurrentTransaction(models.Func):
    """The number of the writing transaction, so that readers can wait for older ones."""

    template = "(pg_current_xact_id()::text::bigint)"
    output_field = models.BigIntegerField()


class EventOutbox(models.Model):
    """One event, written in the transaction that made it true; append-only."""

    id = models.BigAutoField(primary_key=True)
    site_id = models.BigIntegerField()
    conversation_id = models.BigIntegerField()
    seq = models.PositiveBigIntegerField()
    kind = models.CharField(max_length=32)
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        """Rows leave in the order they came."""

        db_table = "event_outbox"
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.kind} {self.conversation_id}/{self.seq}"
