"""Conversations: the thread of one visitor on one site."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.members import Team
from chat.models.sites import Site
from chat.models.visitors import Visitor
from chat.sharding import SHARDS

REOPEN_WITHIN = timedelta(hours=24)


class ConversationQuerySet(models.QuerySet["Conversation"]):
    """Questions about conversations."""

    def for_site(self, site_id: int) -> ConversationQuerySet:
        """The conversations of one site."""
        return self.filter(site_id=site_id)

    def for_user(self, user: Any) -> ConversationQuerySet:
        """The conversations of the sites this person works for."""
        return self if user.is_superuser else self.filter(site__memberships__user=user)

    def begun(self) -> ConversationQuerySet:
        """Conversations that hold at least one row."""
        return self.filter(last_seq__gt=0)

    def not_closed(self) -> ConversationQuerySet:
        """Conversations that somebody, or the queue, still owns."""
        return self.exclude(owner=Conversation.Owner.NONE)

    def waiting(self) -> ConversationQuerySet:
        """Conversations that no agent has picked up yet, longest wait first."""
        return self.filter(owner=Conversation.Owner.QUEUE).order_by("queued_at", "id")


class Conversation(models.Model):
    """One visitor's thread; the row's lock orders everything written to it."""

    class Owner(models.TextChoices):
        """Who has to answer; exactly one at a time."""

        BOT = "bot", _("Bot")
        QUEUE = "queue", _("Waiting")
        AGENT = "agent", _("Agent")
        NONE = "none", _("Closed")

    public_id = models.CharField(_("conversation id"), max_length=40, unique=True)
    site = models.ForeignKey(
        Site, models.PROTECT, related_name="conversations", verbose_name=_("site")
    )
    visitor = models.ForeignKey(
        Visitor, models.PROTECT, related_name="conversations", verbose_name=_("visitor")
    )
    shard = models.PositiveSmallIntegerField(editable=False)
    owner = models.CharField(_("owner"), max_length=5, choices=Owner, default=Owner.QUEUE)
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="conversations",
        null=True,
        blank=True,
        verbose_name=_("agent"),
    )
    team = models.ForeignKey(
        Team, models.SET_NULL, related_name="conversations", null=True, blank=True,
        verbose_name=_("team"),
    )  # fmt: skip
    last_seq = models.PositiveBigIntegerField(default=0)
    epoch = models.CharField(max_length=12, default="e1")
    version = models.PositiveIntegerField(default=1)
    episode = models.PositiveIntegerField(_("episode"), default=1)
    unread = models.PositiveIntegerField(_("unread"), default=0)
    visitor_got = models.PositiveBigIntegerField(default=0)
    visitor_read = models.PositiveBigIntegerField(default=0)
    agent_got = models.PositiveBigIntegerField(default=0)
    agent_read = models.PositiveBigIntegerField(default=0)
    last_body = models.CharField(_("last text"), max_length=200, blank=True)
    last_sender = models.CharField(max_length=24, blank=True)
    last_kind = models.CharField(max_length=12, blank=True)
    last_at = models.DateTimeField(_("last message"), null=True, blank=True)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    queued_at = models.DateTimeField(_("waiting since"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    changed_at = models.DateTimeField(pgettext_lazy("time", "changed"), default=timezone.now)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        """Newest change first; a visitor has one conversation that is not closed."""

        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")
        ordering = ["-changed_at", "-id"]
        indexes = [
            models.Index(fields=["site", "owner", "-changed_at", "-id"], name="conversation_inbox"),
            models.Index(fields=["site", "-changed_at", "-id"], name="conversation_site_recent"),
            models.Index(fields=["-changed_at"], name="conversation_changed"),
            models.Index(fields=["visitor", "-opened_at", "-id"], name="conversation_of_visitor"),
            models.Index(
                fields=["site", "queued_at", "id"],
                condition=Q(owner="queue"),
                name="conversation_queue",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["visitor"], condition=~Q(owner="none"), name="conversation_one_open"
            ),
            models.CheckConstraint(
                condition=Q(owner="agent", agent__isnull=False)
                | (~Q(owner="agent") & Q(agent__isnull=True)),
                name="conversation_agent_owns",
            ),
            models.CheckConstraint(
                condition=Q(owner="none", closed_at__isnull=False)
                | (~Q(owner="none") & Q(closed_at__isnull=True)),
                name="conversation_closed_at",
            ),
            models.CheckConstraint(
                condition=Q(shard__gte=0, shard__lt=SHARDS), name="conversation_shard_range"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_closed(self) -> bool:
        """Nobody owes an answer here."""
        return self.owner == self.Owner.NONE

    def can_reopen(self) -> bool:
        """A visitor's next message continues this thread instead of opening a new one."""
        return self.closed_at is None or timezone.now() - self.closed_at < REOPEN_WITHIN
