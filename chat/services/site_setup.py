"""Setting sites up: a new site with its widget and owner, and the secrets that sign identities."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable

from django.db import transaction

from chat import audit
from chat.errors import Conflict, _
from chat.models import Membership, Site, User, Visitor, WidgetSettings
from chat.services import sites
from chat.vocabulary import Role

SECRET_BYTES = 32
LIVE_SECRETS = 2


@transaction.atomic
def create_site(site: Site, *, owner: User | None, widget: WidgetSettings | None = None) -> Site:
    """Store a new site with the settings of its widget and, unless it gets one later, its owner."""
    site.save()
    settings = widget or WidgetSettings()
    settings.site = site
    settings.save()
    if owner is not None:
        Membership.objects.create(site=site, user=owner, role=Role.OWNER)
        owner.raise_auth_epoch()
    return site


def has_history(site: Site) -> bool:
    """Whether anybody ever wrote here; such a site is switched off, never deleted."""
    return Visitor.objects.for_site(site.pk).exists()


def state_of_secrets(site: Site) -> str:
    """A short name of the live secrets, to notice that they changed between two pages."""
    return hashlib.sha256("\n".join(site.identity_secrets).encode()).hexdigest()[:16]


@transaction.atomic
def rotate_identity_secret(site: Site, *, seen: str) -> str:
    """A fresh secret beside the one before it, so that servers can change over; shown once."""
    secret = f"gfs_{secrets.token_urlsafe(SECRET_BYTES)}"
    _keep_secrets(site, lambda live: [secret, *live][:LIVE_SECRETS], seen=seen)
    return secret


@transaction.atomic
def drop_older_identity_secret(site: Site, *, seen: str) -> None:
    """Believe the newest secret alone."""
    _keep_secrets(site, lambda live: live[:1], seen=seen)


def _keep_secrets(site: Site, choose: Callable[[list[str]], list[str]], *, seen: str) -> None:
    row = Site.objects.select_for_update().get(pk=site.pk)
    if state_of_secrets(row) != seen:
        raise Conflict(_("The secrets of this site were changed meanwhile; look at them again."))
    before = row.identity_secrets
    row.identity_secrets = site.identity_secrets = choose(before)
    row.save(update_fields=["identity_secrets"])
    audit.note(row, identity_secrets=(_live(before), _live(row.identity_secrets)))
    transaction.on_commit(sites.forget_all)


def _live(secrets_: list[str]) -> str:
    return f"{len(secrets_)} live"
