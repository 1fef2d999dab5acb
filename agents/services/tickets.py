"""One-time tickets: a signed-in page trades one for its agent socket."""

import hashlib
import secrets
from datetime import timedelta

from django.db import connection
from django.utils import timezone

from agents.services import sessions
from chat.models import Ticket, User

LIFE = timedelta(seconds=60)


def digest(ticket: str) -> str:
    """What is stored of a ticket."""
    return hashlib.sha256(ticket.encode()).hexdigest()


def issue(user: User, *, session_key: str) -> str:
    """A fresh ticket of 256 random bits for this session; expired ones are cleared away."""
    ticket = secrets.token_urlsafe(32)
    now = timezone.now()
    Ticket.objects.filter(expires_at__lt=now).delete()
    Ticket.objects.create(
        digest=digest(ticket), user=user, session_key=session_key, expires_at=now + LIFE
    )
    return ticket


def redeem(ticket: str, *, session_key: str) -> int | None:
    """Use a ticket up and tell whose it was; None if it, or its session, is not valid any more."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM chat_ticket WHERE digest = %s RETURNING user_id, session_key, expires_at",
            [digest(ticket)],
        )
        row = cursor.fetchone()
    if row is None or row[1] != session_key or row[2] <= timezone.now():
        return None
    return int(row[0]) if sessions.living([session_key]) else None
