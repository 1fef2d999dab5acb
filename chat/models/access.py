"""Keys that let programs and sockets in; only their digests are kept."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from chat.models.sites import Site


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Questions about API tokens."""

    def live(self) -> ApiTokenQuerySet:
        """Tokens that are neither revoked nor expired, on sites that are served."""
        unexpired = Q(expires_at__isnull=True) | Q(expires_at__gt=timezone.now())
        return self.filter(unexpired, revoked_at__isnull=True, site__is_active=True)


class ApiToken(models.Model):
    """A program's key to one site; shown once, kept as SHA-256."""

    class Scope(models.TextChoices):
        """What the token may do; each scope includes the ones before."""

        READ = "read", pgettext_lazy("API scope", "Read")
        SEND = "send", _("Read and send")
        ADMIN = "admin", _("Everything")

    site = models.ForeignKey(Site, models.CASCADE, related_name="tokens", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=80)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope, default=Scope.READ)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("made by")
    )
    auth_epoch = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True, editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        """Newest first."""

        verbose_name = _("API token")
        verbose_name_plural = _("API tokens")
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class Ticket(models.Model):
    """A one-time key that turns a signed-in session into an agent socket."""

    digest = models.CharField(max_length=64, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    session_key = models.CharField(max_length=40)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"ticket of {self.user_id}"


class IdempotentAnswer(models.Model):
    """The answer given to an Idempotency-Key, repeated for 24 hours."""

    principal = models.CharField(max_length=40)
    key = models.CharField(max_length=100)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField()
    answer = models.JSONField()
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    class Meta:
        """A key means one request of one caller."""

        constraints = [
            models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return self.key
