"""How many wrong passwords are let through, as django-axes asks it.

Five failures in 15 minutes for an account from one address, fifty for an address. A browser that
signed this person in before has an allowance of its own: nobody else can lock them out.
"""

import math
import secrets
from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.core import signing
from django.db.models import Q, Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from agents.requests import address_of

FAILURES_PER_ADDRESS = 50
DEVICE_COOKIE = "gofly_device"
DEVICE_SECONDS = 180 * 24 * 3600


def remember_device(response: HttpResponse, username: str) -> None:
    """Give this browser an allowance of its own for this person."""
    response.set_cookie(
        DEVICE_COOKIE,
        _signer(username).sign(secrets.token_urlsafe(12)),
        max_age=DEVICE_SECONDS,
        path="/app/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def attempt_name(request: HttpRequest, credentials: dict[str, Any] | None) -> str | None:
    """The name a failure is counted under: the account's, or the account's on a known device."""
    name = (credentials or {}).get("username")
    device = _known_device(request, name) if name else None
    return f"{name} {device}" if device else name


def seconds_to_wait(request: HttpRequest, credentials: dict[str, Any] | None) -> int:
    """How long until the newest of the failures that count here is forgotten."""
    mine = Q(username=attempt_name(request, credentials)) | Q(ip_address=address_of(request))
    newest = AccessAttempt.objects.filter(mine).order_by("-attempt_time").first()
    if newest is None:
        return 0
    end = newest.attempt_time + settings.AXES_COOLOFF_TIME
    return max(1, math.ceil((end - timezone.now()).total_seconds()))


class LockoutHandler(AxesDatabaseHandler):
    """Counts for an account and address as django-axes does, and for the address as a whole."""

    def get_failures(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> int:
        """Failures so far; an address that used up its own number counts as locked."""
        failures: int = super().get_failures(request, credentials)
        name = (credentials or {}).get("username")
        if name and _known_device(request, name):
            return failures
        if self._failures_of_address(request) >= FAILURES_PER_ADDRESS:
            return max(failures, settings.AXES_FAILURE_LIMIT)
        return failures

    def _failures_of_address(self, request: HttpRequest) -> int:
        recent = AccessAttempt.objects.filter(
            ip_address=address_of(request), attempt_time__gte=get_cool_off_threshold(request)
        )
        return recent.aggregate(total=Sum("failures_since_start"))["total"] or 0


def _signer(username: str) -> signing.TimestampSigner:
    # The name is part of the salt: another person's cookie does not verify.
    return signing.TimestampSigner(salt=f"agents.device.{username}")


def _known_device(request: HttpRequest, username: str) -> str | None:
    cookie = request.COOKIES.get(DEVICE_COOKIE, "")
    try:
        return _signer(username).unsign(cookie, max_age=DEVICE_SECONDS)
    except signing.BadSignature:
        return None
