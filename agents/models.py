"""What accounts keep: sessions that know their person and device, and recovery codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from chat.models import Conversation

if TYPE_CHECKING:
    from agents.sessions import SessionStore


class SessionQuerySet(models.QuerySet["Session"]):
    """Questions about sessions."""

    def living(self) -> SessionQuerySet:
        """Sessions that still let their person in."""
        return self.filter(
            expire_date__gt=timezone.now(),
            user__is_active=True,
            auth_epoch=F("user__auth_epoch"),
        )


class Session(AbstractBaseSession):
    """A signed-in browser; the columns repeat what its data says, so that it can be listed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", null=True
    )
    auth_epoch = models.PositiveIntegerField(default=0)
    device = models.CharField(max_length=300, blank=True)
    address = models.GenericIPAddressField(null=True)
    started_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(default=timezone.now)

    # The store writes the rows, so Django's manager with its own way to do that is not needed.
    objects = SessionQuerySet.as_manager()  # type: ignore[assignment, misc]

    class Meta(AbstractBaseSession.Meta):
        """Last seen first."""

        ordering = ["-seen_at"]

    @property
    def name(self) -> str:
        """What the session is called in pages, which must never show its key."""
        return salted_hmac("agents.session", self.session_key, algorithm="sha256").hexdigest()[:16]

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        """The store that reads and writes these rows."""
        from agents.sessions import SessionStore

        return SessionStore


class AbsenceNotice(models.Model):
    """Members were told by e-mail, or are just being told, that a visitor found nobody here."""

    conversation = models.ForeignKey(Conversation, models.CASCADE, related_name="+")
    episode = models.PositiveIntegerField()
    claimed_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        """Once an episode, however often the visitor writes."""

        constraints = [
            models.UniqueConstraint(fields=["conversation", "episode"], name="absence_notice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.conversation_id}, episode {self.episode}"


class RecoveryCode(models.Model):
    """A one-time code that stands in for a lost authenticator; only its digest is kept."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    class Meta:
        """A person's codes differ."""

        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        constraints = [
            models.UniqueConstraint(fields=["user", "digest"], name="recovery_code_once"),
        ]

    def __str__(self) -> str:
        return f"recovery code of {self.user_id}"
