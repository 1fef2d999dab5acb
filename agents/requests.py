"""Requests as accounts see them: who is asking, and from where."""

from django.conf import settings
from django.http import HttpRequest

from agents.sessions import SessionStore
from chat import addresses
from chat.models import User


class PersonsRequest(HttpRequest):
    """A request of somebody who is signed in."""

    user: User
    session: SessionStore


def address_of(request: HttpRequest) -> str | None:
    """The address a request really comes from, behind the proxies that we trust."""
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "").encode()
    headers = [(b"x-forwarded-for", hops)] if hops else []
    peer = (request.META.get("REMOTE_ADDR", ""), 0)
    return addresses.client_ip(headers, peer, settings.GOFLY_TRUSTED_PROXIES) or None
