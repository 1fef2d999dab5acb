"""Who a visitor is: our own signed token, and what the embedding site signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from chat.errors import Unauthenticated

VERSION = "v1"
RENEWAL_SECONDS = 30 * 24 * 3_600
TOLERANCE_SECONDS = 5 * 60
JWT_LIFE_SECONDS = 24 * 3_600
USER_ID_CHARACTERS = 200
NAME_CHARACTERS = 120
EMAIL_CHARACTERS = 254
FARTHEST_SECONDS = 1e12  # no time of a claim lies beyond, and NaN lies nowhere

_BARRED = frozenset({"Cc", "Cs"})  # control characters, halves of surrogate pairs

# Keeps these signatures apart from all others made with the same secret.
_PURPOSE = b"gofly.visitor-token.v1:"


@dataclass(frozen=True, slots=True)
class VisitorToken:
    """What a visitor's token says: this visitor of this site, while the epoch is the same."""

    visitor_id: str
    site_id: int
    epoch: int
    issued_at: int

    @property
    def is_old(self) -> bool:
        """Whether it is time to renew it."""
        return time.time() - self.issued_at > RENEWAL_SECONDS


@dataclass(frozen=True, slots=True)
class Person:
    """A person the embedding site vouches for."""

    user_id: str
    name: str = ""
    email: str = ""


def mint_token(
    visitor_id: str, *, site_id: int, epoch: int, key: str, issued_at: int | None = None
) -> str:
    """A token that is issued now, signed with one of our keys."""
    issued = int(time.time()) if issued_at is None else issued_at
    payload = f"{VERSION}.{visitor_id}.{site_id}.{epoch}.{issued}"
    return f"{payload}.{_token_signature(payload, key)}"


def read_token(text: str, *, site_id: int, keys: Sequence[str]) -> VisitorToken:
    """The token of a visitor of this site, or Unauthenticated; the caller compares the epoch.

    Every text is signed with every key before anything is decided, so all refusals take as long.
    """
    payload, _dot, signature = text.rpartition(".")
    if not _is_one_of(signature, [_token_signature(payload, key) for key in keys]):
        raise Unauthenticated
    version, visitor, site, epoch, issued = payload.split(".")
    token = VisitorToken(visitor, int(site), int(epoch), int(issued))
    if version != VERSION or token.site_id != site_id:
        raise Unauthenticated
    return token


def is_signed(user_id: str, signature: str, secrets: Sequence[str]) -> bool:
    """Whether the site signed this user id with one of its secrets."""
    expected = [_hmac(secret.encode(), user_id).hex() for secret in secrets]
    return _is_one_of(signature.lower(), expected) and bool(user_id)


def read_jwt(text: str, *, audience: str, secrets: Sequence[str]) -> Person | None:
    """The person a JWT names, or None: HS256 only, for this site, short-lived and alive."""
    signed, _dot, signature = text.rpartition(".")
    header, dot, payload = signed.partition(".")
    expected = [_base64(_hmac(secret.encode(), signed)) for secret in secrets]
    if not _is_one_of(signature, expected) or not dot:
        return None
    claims = _json(payload)
    if _json(header).get("alg") != "HS256" or not _is_alive(claims, audience, time.time()):
        return None
    return _person(claims)


def _token_signature(payload: str, key: str) -> str:
    derived = hashlib.sha256(_PURPOSE + key.encode()).digest()
    return _hmac(derived, payload).hex()


def _hmac(key: bytes, text: str) -> bytes:
    return hmac.digest(key, text.encode(errors="replace"), "sha256")


def _is_one_of(signature: str, expected: Sequence[str]) -> bool:
    """Compare with all, each in constant time."""
    given = signature.encode(errors="replace")
    matches = [hmac.compare_digest(given, one.encode()) for one in expected]
    return any(matches)


def _base64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _json(part: str) -> dict[str, Any]:
    """The object in a signed part; empty when there is none."""
    try:
        value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _is_alive(claims: Mapping[str, Any], audience: str, now: float) -> bool:
    audiences = claims.get("aud")
    meant = audience in audiences if isinstance(audiences, list) else audience == audiences
    expires, issued, begins = (_time(claims, name) for name in ("exp", "iat", "nbf"))
    if not meant or expires is None or expires <= now - TOLERANCE_SECONDS:
        return False
    if begins is not None and begins > now + TOLERANCE_SECONDS:
        return False
    # Without `iat` the life that is left stands for the whole life.
    start = now + TOLERANCE_SECONDS if issued is None else issued
    return start <= now + TOLERANCE_SECONDS and expires - start <= JWT_LIFE_SECONDS


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < FARTHEST_SECONDS else None


def _person(claims: Mapping[str, Any]) -> Person | None:
    subject = _text(claims, "sub")
    if not 0 < len(subject) <= USER_ID_CHARACTERS:
        return None
    email = _text(claims, "email")
    fits = len(email) <= EMAIL_CHARACTERS
    return Person(subject, _text(claims, "name")[:NAME_CHARACTERS], email if fits else "")


def _text(claims: Mapping[str, Any], name: str) -> str:
    """A claim that is text the database can hold; control characters have no place in names."""
    value = claims.get(name)
    if not isinstance(value, str) or any(unicodedata.category(one) in _BARRED for one in value):
        return ""
    return value
