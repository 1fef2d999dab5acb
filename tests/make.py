"""Makers for tests, built on the services, and the cast: people one recognises.

Ana is an agent of the shop, Ben her team mate, Mia its manager, Owen its owner; Chen is an agent
of another site and must never see anything.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.test import Client

from agents.services import tickets
from chat.models import Conversation, Membership, Message, Site, User, WidgetSettings
from chat.services import conversations, messages
from chat.services.conversations import NewVisitor
from chat.shapes import thread_of
from chat.sharding import new_public_id
from chat.vocabulary import Kind, Role
from chat.writer import Draft, Receipt

EMBEDDING = "https://shop.example"
STORED_WITHIN_SECONDS = 10


@dataclass(slots=True)
class Shop:
    """The site of most tests, its people, and a neighbour."""

    site: Site
    neighbour: Site
    ana: User
    ben: User
    mia: User
    owen: User
    chen: User


def shop() -> Shop:
    """The cast on two sites."""
    site, neighbour = make_site("Northlight"), make_site("Elsewhere")
    return Shop(
        site,
        neighbour,
        ana=member(site, "ana", Role.AGENT),
        ben=member(site, "ben", Role.AGENT),
        mia=member(site, "mia", Role.MANAGER),
        owen=member(site, "owen", Role.OWNER),
        chen=member(neighbour, "chen", Role.AGENT),
    )


def make_site(name: str) -> Site:
    """A site that may be embedded at https://shop.example."""
    site = Site.objects.create(name=name, allowed_origins=[EMBEDDING])
    WidgetSettings.objects.create(site=site, title=name)
    return site


def member(site: Site, name: str, role: Role) -> User:
    """Somebody with this role; without a password, because hashing one takes long."""
    user = User.objects.create_user(name, display_name=name.title())
    Membership.objects.create(site=site, user=user, role=role)
    user.refresh_from_db()
    return user


def session(user: User) -> str:
    """The key of a fresh session of this person."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def ticket(user: User, session_key: str) -> str:
    """A ticket for this session's socket."""
    return tickets.issue(user, session_key=session_key)


def cid() -> str:
    """A fresh client message id."""
    return str(uuid.uuid4())


def conversation(site: Site, *bodies: str) -> Conversation:
    """A waiting conversation in which a new visitor wrote these texts."""
    thread = conversations.thread_to_write_in(NewVisitor(new_public_id("vs_"), site.pk))
    row = Conversation.objects.select_related("visitor").get(pk=thread.id)
    for body in bodies:
        say(row, body)
    row.refresh_from_db()
    return row


def say(row: Conversation, body: str, *, agent: User | None = None, **draft: Any) -> Receipt:
    """Store a text of the visitor, or of an agent."""
    thread = thread_of(row)
    author = messages.agent_author(agent.pk, agent.name) if agent else None
    key, sender = author or messages.visitor_author(thread)
    made = Draft(thread.id, key, sender, draft.pop("cid", cid()), Kind.TEXT, body, **draft)
    return messages.post_message(made).result(STORED_WITHIN_SECONDS)


def rows(row: Conversation) -> list[Message]:
    """What is stored of a conversation, in order."""
    return list(Message.objects.of(row))
