"""The sessions of people: which live, where they come from, and how they end."""

from collections.abc import Iterable
from time import time

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpRequest

from agents.models import Session
from agents.requests import address_of
from agents.sessions import ADDRESS, DEVICE, EPOCH, SEEN, STARTED, SessionStore
from chat.comet.hub import agent_key, hub
from chat.events import SessionEnded
from chat.models import Ticket, User

TOUCH_SECONDS = 600


def living(session_keys: Iterable[str]) -> set[str]:
    """Those of these sessions that still let their person in."""
    rows = Session.objects.living().filter(session_key__in=list(session_keys))
    return set(rows.values_list("session_key", flat=True))


def begin(request: HttpRequest, user: User) -> None:
    """Note in a fresh session whose it is and where it comes from; clear expired ones away."""
    SessionStore.clear_expired()
    now = int(time())
    request.session[EPOCH] = user.auth_epoch
    request.session[DEVICE] = request.META.get("HTTP_USER_AGENT", "")[:300]
    request.session[ADDRESS] = address_of(request)
    request.session[STARTED] = request.session[SEEN] = now


def touch(session: SessionStore) -> None:
    """Note that the session is in use; at most one write in ten minutes."""
    if time() - session.get(SEEN, 0) >= TOUCH_SECONDS:
        session[SEEN] = int(time())


def keep(request: HttpRequest, user: User) -> None:
    """Let this one session outlive the end of all others, under a new key."""
    user.refresh_from_db(fields=["auth_epoch", "password"])
    request.session[EPOCH] = user.auth_epoch
    update_session_auth_hash(request, user)


@transaction.atomic
def end_all(user: User) -> None:
    """End every session, socket and API token of this person."""
    user.raise_auth_epoch()
    rows = Session.objects.filter(user=user)
    _tell_sockets(user, set(rows.values_list("session_key", flat=True)))
    rows.delete()
    Ticket.objects.filter(user=user).delete()


@transaction.atomic
def end_one(user: User, *, name: str) -> bool:
    """End the session of this person that pages call by this name."""
    for session in Session.objects.filter(user=user):
        if session.name == name:
            _tell_sockets(user, {session.session_key})
            Ticket.objects.filter(session_key=session.session_key).delete()
            session.delete()
            return True
    return False


def _tell_sockets(user: User, keys: set[str]) -> None:
    # A hint that saves up to five seconds; `living` is what sockets rely on.
    ended = SessionEnded(session_keys=frozenset(keys))
    hub.publish_on_commit(ended, to=[agent_key(user.pk)])
