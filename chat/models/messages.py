"""Messages: append-only rows in 32 hash-sharded partitions."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.conversations import Conversation
from chat.models.visitors import Visitor


class MessageQuerySet(models.QuerySet["Message"]):
    """Questions about messages; each names the shard, so each reads one partition."""

    def of(self, conversation: Conversation) -> MessageQuerySet:
        """The rows of one conversation, oldest first."""
        return self.at(conversation.shard, conversation.pk)

    def at(self, shard: int, conversation_id: int) -> MessageQuerySet:
        """The rows of one conversation, for callers that hold ids only."""
        return self.filter(shard=shard, conversation_id=conversation_id).order_by("seq")


class Message(models.Model):
    """One row of a conversation: a text, a note, an event, or a change of an older row.

    The table is partitioned by `shard` and its key is (shard, id); Django sees `id`, which holds
    the shard in its bits, because the admin refuses composite keys.
    """

    shard = models.PositiveSmallIntegerField()
    id = models.BigIntegerField(primary_key=True)
    conversation = models.ForeignKey(
        Conversation, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    visitor = models.ForeignKey(
        Visitor, models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    seq = models.PositiveBigIntegerField()
    sender = models.CharField(_("sender"), max_length=24)
    cid = models.CharField(max_length=36)
    kind = models.CharField(_("kind"), max_length=12)
    body = models.TextField(_("text"), blank=True)
    data = models.JSONField(default=dict, blank=True)
    internal = models.BooleanField(_("internal note"), default=False)
    reply_to = models.PositiveBigIntegerField(null=True, blank=True)
    client_ts = models.BigIntegerField(null=True, blank=True)
    ts = models.DateTimeField(_("time"))

    objects = MessageQuerySet.as_manager()

    class Meta:
        """The numbering and the client ids are unique inside a partition."""

        db_table = "message"
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        constraints = [
            models.UniqueConstraint(
                fields=["shard", "conversation", "seq"], name="message_seq_once"
            ),
            models.UniqueConstraint(
                fields=["shard", "conversation", "sender", "cid"], name="message_cid_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}/{self.seq}"
