"""The people who sign in."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models import F
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """A person who signs in: an operator of the installation or a member of sites."""

    display_name = models.CharField(
        _("display name"), max_length=80, blank=True, help_text=_("The name visitors see.")
    )
    language = models.CharField(
        _("language"),
        max_length=10,
        blank=True,
        choices=settings.LANGUAGES,
        help_text=_("Empty: as the browser asks."),
    )
    auth_epoch = models.PositiveIntegerField(default=0, editable=False)

    class Meta(AbstractUser.Meta):
        """Users read in the order of their names."""

        verbose_name = _("user")  # type: ignore[assignment]
        verbose_name_plural = _("users")  # type: ignore[assignment]
        ordering = ["username"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What other people call this person."""
        return self.display_name or self.get_full_name() or self.username

    def raise_auth_epoch(self) -> None:
        """End every session, socket and API token of this person."""
        type(self).objects.filter(pk=self.pk).update(auth_epoch=F("auth_epoch") + 1)
        self.refresh_from_db(fields=["auth_epoch"])

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django compares this hash at every request, so a raised epoch ends the session there.
        value = f"{self.password}.{self.auth_epoch}"
        return salted_hmac(
            "chat.User.session", value, secret=secret, algorithm="sha256"
        ).hexdigest()
