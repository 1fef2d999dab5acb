"""The session store: database rows that end after 12 idle hours and after 14 days in any case."""

from datetime import UTC, datetime
from time import time
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore

from agents.models import Session

# What a session's data says about it, besides Django's own keys; times are seconds since 1970.
EPOCH, DEVICE, ADDRESS, STARTED, SEEN = "auth_epoch", "device", "address", "started_at", "seen_at"


def as_time(seconds: float) -> datetime:
    """Seconds since 1970 as an aware time."""
    return datetime.fromtimestamp(seconds, UTC)


class SessionStore(DatabaseStore):
    """Sessions whose rows name their person and device."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """Our rows instead of Django's."""
        return Session

    def get_session_cookie_age(self) -> int:
        """Seconds this session may live on if nobody uses it."""
        left = self.get(STARTED, time()) + settings.SESSION_COOKIE_AGE - time()
        return min(settings.GOFLY_SESSION_IDLE_SECONDS, int(left))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row of this session, its columns filled from the data."""
        row = cast(Session, super().create_model_instance(data))
        now = time()
        row.user_id = data.get(SESSION_KEY)
        row.auth_epoch = data.get(EPOCH, 0)
        row.device = data.get(DEVICE, "")
        row.address = data.get(ADDRESS)
        row.started_at = as_time(data.get(STARTED, now))
        row.seen_at = as_time(data.get(SEEN, now))
        return row
