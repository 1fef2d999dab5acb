"""Visitors: who is at the socket, and what is kept of a visit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from chat import identity, sharding
from chat.errors import Banned, IdentityInvalid, Unauthenticated
from chat.events import Receipt, VisitorState
from chat.models import Conversation, Visitor
from chat.presence import TRAIL_PAGES
from chat.services.conversations import NewVisitor
from chat.services.sites import SiteInfo
from chat.services.state import state_of
from chat.services.sync import Caught, resume
from chat.shapes import thread_of
from chat.vocabulary import IdentityPolicy, SenderKind

RECENT_CONVERSATIONS = 20

Have = Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Claimed:
    """Who the embedding site says the visitor is, unproven."""

    user_id: str = ""
    hmac: str = ""
    jwt: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True, slots=True)
class Greeting:
    """What `welcome` tells a visitor."""

    visitor: NewVisitor
    stored: bool
    token: str | None
    identity: str
    current: Caught | None
    others: Sequence[Caught]
    receipts: Sequence[Receipt]
    state: VisitorState


def token_keys() -> list[str]:
    """The keys that sign visitor tokens, newest first."""
    return [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]


def greet(
    site: SiteInfo,
    *,
    token: str,
    claimed: Claimed | None,
    have: Have,
    facts: dict[str, Any],
    must_prove: bool = False,
) -> Greeting:
    """Find out which visitor this is, and what the client has missed.

    Raises Unauthenticated for a token that is not ours or not valid any more, IdentityInvalid
    where the site (or `must_prove`) requires a signed identity, Banned.
    """
    visitor, row, renewed = _by_token(site, token)
    proven, word = _believe(site, claimed)
    if must_prove and proven is None:
        raise IdentityInvalid
    if proven is not None:
        row, changed = _person(site, visitor, row, proven, facts)
        visitor = NewVisitor(row.public_id, site.id, row.epoch, facts)
        renewed = _mint(visitor) if changed else renewed
    if row is not None and row.is_banned:
        raise Banned
    visitor = NewVisitor(visitor.public_id, site.id, visitor.epoch, facts)
    latest, others = (None, []) if row is None else _threads(row, have)
    return Greeting(
        visitor,
        row is not None,
        renewed,
        word,
        None if latest is None else _caught(latest, have),
        [_caught(each, have) for each in others],
        [] if latest is None else _receipts(latest),
        state_of(latest, site.id),
    )


def record_visit(
    public_id: str, *, facts: Mapping[str, Any], page: Mapping[str, Any] | None
) -> None:
    """Note that a stored visitor was here, and on which page; nothing for one who never wrote."""
    with transaction.atomic():
        row = Visitor.objects.select_for_update().filter(public_id=public_id).first()
        if row is None:
            return
        for name, value in facts.items():
            setattr(row, name, value)
        row.last_seen_at = now()
        if page is not None and (not row.trail or row.trail[-1]["url"] != page["url"]):
            row.trail = [*row.trail, dict(page)][-TRAIL_PAGES:]
        row.save(update_fields=[*facts, "last_seen_at", "trail"])


def _by_token(site: SiteInfo, token: str) -> tuple[NewVisitor, Visitor | None, str | None]:
    if not token:
        fresh = NewVisitor(sharding.new_public_id("vs_"), site.id)
        return fresh, None, _mint(fresh)
    found = identity.read_token(token, site_id=site.id, keys=token_keys())
    row = Visitor.objects.for_site(site.id).filter(public_id=found.visitor_id).first()
    if found.epoch != (row.epoch if row else 1):
        raise Unauthenticated
    visitor = NewVisitor(found.visitor_id, site.id, found.epoch)
    return visitor, row, _mint(visitor) if found.is_old else None


def _mint(visitor: NewVisitor) -> str:
    return identity.mint_token(
        visitor.public_id, site_id=visitor.site_id, epoch=visitor.epoch, key=token_keys()[0]
    )


def _believe(site: SiteInfo, claimed: Claimed | None) -> tuple[identity.Person | None, str]:
    """The person behind a signed identity, and the word `welcome` says about it."""
    if site.identity_policy == IdentityPolicy.OFF:
        return None, "none"
    person = None if claimed is None else _proven(site, claimed)
    if person is not None:
        return person, "ok"
    if site.identity_policy == IdentityPolicy.REQUIRED:
        raise IdentityInvalid
    return None, "none" if claimed is None else "rejected"


def _proven(site: SiteInfo, claimed: Claimed) -> identity.Person | None:
    if claimed.jwt:
        return identity.read_jwt(claimed.jwt, audience=site.key, secrets=site.identity_secrets)
    if identity.is_signed(claimed.user_id, claimed.hmac, secrets=site.identity_secrets):
        return identity.Person(claimed.user_id, name=claimed.name, email=claimed.email)
    return None


def _person(
    site: SiteInfo,
    visitor: NewVisitor,
    row: Visitor | None,
    person: identity.Person,
    facts: dict[str, Any],
) -> tuple[Visitor, bool]:
    """The visitor who is this person, and whether the socket's visitor id changes by it."""
    known = Visitor.objects.for_site(site.id).filter(external_id=person.user_id, verified=True)
    if (same := known.first()) is not None:
        _rename(same, person)
        return same, same.public_id != visitor.public_id
    if row is not None and row.verified:  # a shared device: another person signs in
        visitor, row = NewVisitor(sharding.new_public_id("vs_"), site.id), None
    try:
        with transaction.atomic():
            return _sign(visitor, row, person, facts), row is None
    except IntegrityError:  # another tab of the same person was quicker
        return known.get(), True


def _sign(
    visitor: NewVisitor, row: Visitor | None, person: identity.Person, facts: dict[str, Any]
) -> Visitor:
    """Make the socket's visitor this verified person."""
    signed = {"external_id": person.user_id, "verified": True}
    if row is None:
        return Visitor.objects.create(
            public_id=visitor.public_id,
            site_id=visitor.site_id,
            shard=sharding.shard_of(visitor.public_id),
            epoch=visitor.epoch,
            **facts,
            **signed,
            name=person.name,
            email=person.email,
        )
    for name, value in signed.items():
        setattr(row, name, value)
    row.save(update_fields=[*signed])
    _rename(row, person)
    return row


def _rename(row: Visitor, person: identity.Person) -> None:
    row.name, row.email = person.name or row.name, person.email or row.email
    row.save(update_fields=["name", "email"])


def _threads(row: Visitor, have: Have) -> tuple[Conversation | None, list[Conversation]]:
    """The visitor's latest conversation, and the others that the client holds."""
    recent = list(
        Conversation.objects.filter(visitor=row)
        .begun()
        .select_related("visitor", "agent")
        .order_by("-opened_at", "-id")[:RECENT_CONVERSATIONS]
    )
    latest = recent[0] if recent else None
    return latest, [each for each in recent[1:] if each.public_id in have]


def _receipts(row: Conversation) -> list[Receipt]:
    """How far both sides are, for a page that was loaded anew."""
    thread = thread_of(row)
    return [
        Receipt(thread, SenderKind.AGENT, row.agent_got, row.agent_read),
        Receipt(thread, SenderKind.VISITOR, row.visitor_got, row.visitor_read),
    ]


def _caught(row: Conversation, have: Have) -> Caught:
    return resume(thread_of(row), row.last_seq, row.epoch, have.get(row.public_id))
