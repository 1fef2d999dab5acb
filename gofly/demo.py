"""The demo of a local installation: one shop, its owner and two agents."""

import secrets
from collections.abc import Sequence

from django.db import transaction

from chat.models import Membership, Site, User, WidgetSettings

# Without letters and digits that look alike: people type these.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
OWNER = "owner"
PEOPLE = {
    OWNER: ("Owen", Membership.Role.OWNER),
    "ana": ("Ana", Membership.Role.AGENT),
    "ben": ("Ben", Membership.Role.AGENT),
}


@transaction.atomic
def prepare(*, origins: Sequence[str]) -> dict[str, str]:
    """Make the demo on an empty installation; the answer holds the new people's passwords."""
    if Site.objects.exists() or User.objects.exists():
        _allow(origins)
        return {}
    site = Site.objects.create(name="Northlight", allowed_origins=list(origins))
    # No texts: the widget then speaks the language of each visitor.
    WidgetSettings.objects.update_or_create(site=site, defaults={"title": "Northlight"})
    return {username: _join(site, username) for username in PEOPLE}


@transaction.atomic
def new_passwords() -> dict[str, str]:
    """Give the demo people new passwords; their sessions end."""
    known = User.objects.select_for_update().filter(username__in=PEOPLE)
    return {user.username: _renew(user) for user in known}


def site_key() -> str:
    """The key of the first site, for the line people paste."""
    return Site.objects.order_by("id").values_list("key", flat=True).first() or "SITE_KEY"


def _allow(origins: Sequence[str]) -> None:
    """Let the first site's demo shop work on today's port as well."""
    site = Site.objects.filter(memberships__user__username=OWNER).order_by("id").first()
    if site and (missing := [origin for origin in origins if origin not in site.allowed_origins]):
        site.allowed_origins += missing
        site.save(update_fields=["allowed_origins"])


def _join(site: Site, username: str) -> str:
    """Make one of the people a member; the owner also operates this installation."""
    name, role = PEOPLE[username]
    password = _password()
    operates = username == OWNER
    user = User.objects.create_user(
        username,
        f"{username}@northlight.example",
        password,
        display_name=name,
        is_staff=operates,
        is_superuser=operates,
    )
    Membership.objects.create(user=user, site=site, role=role)
    return password


def _renew(user: User) -> str:
    password = _password()
    user.set_password(password)
    user.save(update_fields=["password"])
    user.raise_auth_epoch()
    return password


def _password() -> str:
    """Sixteen random characters in groups of four: about 79 bits."""
    groups = ("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4))
    return "-".join(groups)
