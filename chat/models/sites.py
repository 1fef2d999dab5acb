"""Sites: one embedded key each, with the settings of its widget."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat import origins, sharding
from chat.errors import ChatError


def new_site_key() -> str:
    """A fresh public key of a site."""
    return sharding.new_public_id("st_")


def valid_origin(value: str) -> None:
    """Refuse what is not an origin such as https://shop.example."""
    try:
        origins.parse_pattern(value)
    except (ValueError, ChatError) as error:
        raise ValidationError(str(error)) from error


class SiteQuerySet(models.QuerySet["Site"]):
    """Questions about sites."""

    def active(self) -> SiteQuerySet:
        """Sites whose widget is served."""
        return self.filter(is_active=True)

    def for_user(self, user: Any) -> SiteQuerySet:
        """Sites this person is a member of; the operator sees all."""
        return self if user.is_superuser else self.filter(memberships__user=user)


class Site(models.Model):
    """One web site whose visitors are served."""

    class IdentityPolicy(models.TextChoices):
        """What a signed identity means for a visitor's socket."""

        OFF = "off", _("Ignore identities")
        OPTIONAL = "optional", _("Believe a signed identity")
        REQUIRED = "required", _("Require a signed identity")

    name = models.CharField(_("name"), max_length=80)
    key = models.CharField(
        _("site key"), max_length=40, unique=True, default=new_site_key, editable=False
    )
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Switched off, the widget disappears from the pages."),
    )
    allowed_origins = ArrayField(
        models.CharField(max_length=300, validators=[valid_origin]),
        verbose_name=_("allowed origins"),
        default=list,
        blank=True,
        help_text=_(
            "Pages that may show the widget, one a line: https://shop.example or "
            "https://*.shop.example. Empty: our own pages only."
        ),
    )
    native_clients = models.BooleanField(
        _("native clients"),
        default=False,
        help_text=_("Let apps without a browser connect; they must sign who is writing."),
    )
    identity_policy = models.CharField(
        _("identity"), max_length=8, choices=IdentityPolicy, default=IdentityPolicy.OPTIONAL
    )
    identity_secrets = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = SiteQuerySet.as_manager()

    class Meta:
        """Sites read in the order of their names."""

        verbose_name = _("site")
        verbose_name_plural = _("sites")
        ordering = ["name", "id"]

    def __str__(self) -> str:
        return self.name


class WidgetSettings(models.Model):
    """How the widget of one site looks and speaks."""

    class Scheme(models.TextChoices):
        """Light or dark."""

        AUTO = "auto", _("As the visitor's device")
        LIGHT = "light", _("Light")
        DARK = "dark", _("Dark")

    class Position(models.TextChoices):
        """The corner of the page that holds the launcher."""

        RIGHT = "right", _("Right")
        LEFT = "left", _("Left")

    site = models.OneToOneField(Site, models.CASCADE, related_name="widget", verbose_name=_("site"))
    title = models.CharField(_("title"), max_length=60, blank=True)
    tagline = models.CharField(_("line below the title"), max_length=100, blank=True)
    welcome = models.TextField(_("welcome text"), max_length=500, blank=True)
    away_text = models.TextField(_("text when nobody is there"), max_length=500, blank=True)
    color = models.CharField(
        _("colour"),
        max_length=7,
        default="#2456e6",
        validators=[RegexValidator(r"\A#[0-9a-fA-F]{6}\Z", _("Write a colour as #2456e6."))],
    )
    scheme = models.CharField(_("light or dark"), max_length=5, choices=Scheme, default=Scheme.AUTO)
    position = models.CharField(_("corner"), max_length=5, choices=Position, default=Position.RIGHT)
    language = models.CharField(
        _("language"),
        max_length=10,
        default="auto",
        choices=[("auto", _("As the visitor's browser")), *settings.LANGUAGES],
    )
    launcher_text = models.CharField(_("text beside the launcher"), max_length=40, blank=True)
    typing_preview = models.BooleanField(
        _("show agents what is being typed"),
        default=False,
        help_text=_("The widget tells the visitor so."),
    )
    sound = models.BooleanField(_("sound"), default=True)
    emoji = models.BooleanField(_("emoji"), default=True)
    powered_by = models.BooleanField(_("show “Powered by gofly”"), default=True)

    class Meta:
        """One row a site."""

        verbose_name = _("widget settings")
        verbose_name_plural = _("widget settings")

    def __str__(self) -> str:
        return str(self.site)
