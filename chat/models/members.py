"""Who works for a site, in which role and team."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from chat.models.sites import Site


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Questions about memberships."""

    def for_site(self, site_id: int) -> MembershipQuerySet:
        """The members of one site."""
        return self.filter(site_id=site_id)

    def working(self) -> MembershipQuerySet:
        """Memberships of people who may sign in, on sites that are served."""
        return self.filter(user__is_active=True, site__is_active=True)


class Membership(models.Model):
    """A person's role on a site."""

    class Role(models.TextChoices):
        """What a member may do."""

        OWNER = "owner", _("Owner")
        MANAGER = "manager", _("Manager")
        AGENT = "agent", _("Agent")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships", verbose_name=_("user")
    )
    site = models.ForeignKey(
        Site, models.CASCADE, related_name="memberships", verbose_name=_("site")
    )
    role = models.CharField(_("role"), max_length=8, choices=Role, default=Role.AGENT)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        """A person has one role on a site."""

        verbose_name = _("member")
        verbose_name_plural = _("members")
        ordering = ["site", "user"]
        constraints = [
            models.UniqueConstraint(fields=["site", "user"], name="membership_once_per_site"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.get_role_display()} · {self.site}"


class TeamQuerySet(models.QuerySet["Team"]):
    """Questions about teams."""

    def for_site(self, site_id: int) -> TeamQuerySet:
        """The teams of one site."""
        return self.filter(site_id=site_id)


class Team(models.Model):
    """Members of a site who share a queue."""

    site = models.ForeignKey(Site, models.CASCADE, related_name="teams", verbose_name=_("site"))
    name = models.CharField(_("name"), max_length=60)
    members = models.ManyToManyField(
        Membership, related_name="teams", blank=True, verbose_name=_("members")
    )

    objects = TeamQuerySet.as_manager()

    class Meta:
        """Team names are unique on a site."""

        verbose_name = _("team")
        verbose_name_plural = _("teams")
        ordering = ["site", "name"]
        constraints = [models.UniqueConstraint(fields=["site", "name"], name="team_name_per_site")]

    def __str__(self) -> str:
        return self.name
