"""The site, the agents and their sessions that a replay works with."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.contrib import auth
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from agents.services import tickets
from agents.sessions import SessionStore
from chat.models import Membership, Site, User, WidgetSettings

SIGNED_IN_BY = "django.contrib.auth.backends.ModelBackend"


@dataclass(frozen=True, slots=True)
class Seat:
    """An agent who is signed in."""

    user: User
    session_key: str

    @property
    def cookie(self) -> str:
        """What the browser of this agent sends."""
        return f"{settings.SESSION_COOKIE_NAME}={self.session_key}"

    def ticket(self) -> str:
        """What one socket of this agent is opened with."""
        return tickets.issue(self.user, session_key=self.session_key)


@dataclass(frozen=True, slots=True)
class Cast:
    """A site of the run's own and its agents."""

    site: Site
    seats: list[Seat]

    @transaction.atomic
    def dismiss(self) -> None:
        """Nobody signs in or writes here any more; the rows stay."""
        for seat in self.seats:
            seat.user.is_active = False
            seat.user.save(update_fields=["is_active"])
        self.site.is_active = False
        self.site.save(update_fields=["is_active"])


def hire(agents: int) -> Cast:
    """A new site with this many agents, each signed in."""
    began = timezone.now()
    site = Site.objects.create(name=f"Replay of {began:%Y-%m-%d %H:%M:%S}")
    WidgetSettings.objects.create(site=site, title=site.name)
    names = [f"replay-{began:%Y%m%d%H%M%S%f}-{number}" for number in range(1, agents + 1)]
    return Cast(site, [_seat(site, name) for name in names])


def _seat(site: Site, name: str) -> Seat:
    user = User.objects.create_user(name, display_name=name)
    Membership.objects.create(site=site, user=user, role=Membership.Role.AGENT)
    user.refresh_from_db()  # becoming a member ended all sessions there were
    request = HttpRequest()
    request.META["REMOTE_ADDR"] = "127.0.0.1"
    request.session = SessionStore()
    auth.login(request, user, backend=SIGNED_IN_BY)
    request.session.save()
    return Seat(user, str(request.session.session_key))
