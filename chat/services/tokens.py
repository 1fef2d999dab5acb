"""API tokens: made once in plain text, kept as digests, ended with their maker's other keys."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from chat.models import ApiToken, User

LOOK = re.compile(r"gf_[0-9a-f]{8}_[0-9a-f]{64}")
PREFIX_CHARACTERS = 11
USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class MadeToken:
    """A fresh token with its text, which cannot be read again later."""

    token: ApiToken
    text: str


def make_token(
    site_id: int, *, maker: User, name: str, scope: str, expires_at: datetime | None = None
) -> MadeToken:
    """Make a token of `gf_`, eight characters to know it by, and 256 random bits."""
    text = f"gf_{secrets.token_hex(4)}_{secrets.token_hex(32)}"
    token = ApiToken.objects.create(
        site_id=site_id,
        name=name,
        prefix=text[:PREFIX_CHARACTERS],
        digest=digest(text),
        scope=scope,
        created_by=maker,
        auth_epoch=maker.auth_epoch,
        expires_at=expires_at,
    )
    return MadeToken(token, text)


def digest(text: str) -> str:
    """What is kept of a token: no salt is needed over 256 random bits."""
    return hashlib.sha256(text.encode()).hexdigest()


def find_token(text: str) -> ApiToken | None:
    """The live token with this text, whose maker has kept password, roles and second factor."""
    if not LOOK.fullmatch(text):
        return None
    return (
        ApiToken.objects.live()
        .filter(created_by__is_active=True, auth_epoch=F("created_by__auth_epoch"))
        .select_related("created_by", "site")
        .filter(digest=digest(text))
        .first()
    )


def note_use(token: ApiToken) -> None:
    """Remember that the token was used, with at most one write a minute."""
    now = timezone.now()
    if token.last_used_at and now - token.last_used_at < USE_NOTED_EVERY:
        return
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(stale, pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken) -> None:
    """End a token at once; a second time changes nothing."""
    if token.revoked_at is None:
        token.revoked_at = timezone.now()
        token.save(update_fields=["revoked_at"])
