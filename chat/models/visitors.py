"""Visitors who have written, signed in, or been invited."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models.functions import Upper
from django.utils.timezone import now
from django.utils.translation import gettext_lazy as _

from chat.models.sites import Site
from chat.sharding import SHARDS


class VisitorQuerySet(models.QuerySet["Visitor"]):
    """Questions about visitors."""

    def for_site(self, site_id: int) -> VisitorQuerySet:
        """The visitors of one site."""
        return self.filter(site_id=site_id)


class Visitor(models.Model):
    """A visitor of a site; a mere page view makes no row."""

    site = models.ForeignKey(Site, models.PROTECT, related_name="visitors", verbose_name=_("site"))
    public_id = models.CharField(_("visitor id"), max_length=40, unique=True)
    shard = models.PositiveSmallIntegerField(editable=False)
    epoch = models.PositiveIntegerField(default=1, editable=False)
    name = models.CharField(_("name"), max_length=120, blank=True)
    email = models.CharField(_("e-mail"), max_length=254, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    external_id = models.CharField(_("id at the site"), max_length=200, blank=True)
    verified = models.BooleanField(_("verified"), default=False)
    is_banned = models.BooleanField(_("banned"), default=False)
    language = models.CharField(_("language"), max_length=35, blank=True)
    timezone = models.CharField(_("time zone"), max_length=64, blank=True)
    ip = models.GenericIPAddressField(_("IP address"), null=True, blank=True)
    user_agent = models.CharField(_("browser"), max_length=512, blank=True)
    referrer = models.CharField(_("came from"), max_length=2048, blank=True)
    attributes = models.JSONField(_("attributes"), default=dict, blank=True)
    trail = models.JSONField(_("page trail"), default=list, blank=True)
    first_seen_at = models.DateTimeField(_("first seen"), default=now)
    last_seen_at = models.DateTimeField(_("last seen"), default=now)

    objects = VisitorQuerySet.as_manager()

    class Meta:
        """Newest visitors first; an external id names one visitor of a site."""

        verbose_name = _("visitor")
        verbose_name_plural = _("visitors")
        ordering = ["-last_seen_at", "-id"]
        indexes = [
            models.Index(fields=["site", "-last_seen_at", "-id"], name="visitor_site_recent"),
            models.Index(fields=["-last_seen_at", "-id"], name="visitor_recent"),
            # How a name or an e-mail begins, in capitals as Django compares it.
            models.Index(OpClass(Upper("name"), "text_pattern_ops"), name="visitor_name"),
            models.Index(OpClass(Upper("email"), "text_pattern_ops"), name="visitor_email"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["site", "external_id"],
                condition=models.Q(verified=True),
                name="visitor_external_id_per_site",
            ),
            models.CheckConstraint(
                condition=models.Q(shard__gte=0, shard__lt=SHARDS), name="visitor_shard_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.public_id
