"""A small shop, its people, and browsers of theirs, for the tests of the back office."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from chat import sharding
from chat.models import Conversation, Membership, Message, Site, User, Visitor, WidgetSettings

PASSWORD = "correct horse battery staple"
ID = sharding.MessageIds(0)
XSS = "\"'><img src=x onerror=alert(1)>"


@dataclass
class Cast:
    """Owen owns Northlight, Mia manages it, Ana answers; Chen owns another site; Rosa operates."""

    shop: Site
    other: Site
    owen: User
    mia: User
    ana: User
    chen: User
    rosa: User


def cast() -> Cast:
    """Two sites and their people."""
    names = ("owen", "mia", "ana", "chen")
    people = {name: User.objects.create_user(name, display_name=name.title()) for name in names}
    rosa = User.objects.create_superuser("rosa", display_name="Rosa")
    shop, other = site("Northlight"), site("Tea House")
    roles = {"owen": "owner", "mia": "manager", "ana": "agent"}
    for name, role in roles.items():
        Membership.objects.create(user=people[name], site=shop, role=role)
    Membership.objects.create(user=people["chen"], site=other, role="owner")
    for person in people.values():
        person.refresh_from_db()
    return Cast(shop, other, **people, rosa=rosa)


def site(name: str) -> Site:
    """A site with the settings of its widget."""
    made = Site.objects.create(name=name, allowed_origins=["https://shop.example"])
    WidgetSettings.objects.create(site=made)
    return made


def browser(user: User | None = None) -> Client:
    """A browser, signed in as this person."""
    client = Client()
    if user is not None:
        user.refresh_from_db()
        client.force_login(user, "django.contrib.auth.backends.ModelBackend")
    return client


def visitor(at: Site, **facts: Any) -> Visitor:
    """Somebody who wrote to a site."""
    public_id = sharding.new_public_id("vs_")
    shard = sharding.shard_of(public_id)
    return Visitor.objects.create(site=at, public_id=public_id, shard=shard, **facts)


def conversation(by: Visitor, *texts: str, agent: User | None = None) -> Conversation:
    """A conversation with these messages of its visitor."""
    owner = Conversation.Owner.AGENT if agent else Conversation.Owner.QUEUE
    made = Conversation.objects.create(
        public_id=sharding.new_public_id("cv_"),
        site=by.site,
        visitor=by,
        shard=by.shard,
        owner=owner,
        agent=agent,
        last_seq=len(texts),
        last_body=texts[-1][:200] if texts else "",
        last_sender=f"v:{by.pk}" if texts else "",
        queued_at=None if agent else timezone.now(),
    )
    for seq, text in enumerate(texts, 1):
        message(made, seq, text)
    return made


def message(to: Conversation, seq: int, text: str, **facts: Any) -> Message:
    """A stored row."""
    values = {"sender": f"v:{to.visitor_id}", "kind": "text"} | facts
    now = timezone.now()
    return Message.objects.create(
        shard=to.shard,
        id=ID.next(to.shard, int(now.timestamp() * 1000)),
        conversation=to,
        visitor_id=to.visitor_id,
        seq=seq,
        cid=str(uuid.uuid4()),
        body=text,
        ts=now,
        **values,
    )


def fields(page: Any) -> dict[str, Any]:
    """What a browser would send back of a change form, untouched."""
    formsets = inlines(page)
    forms = [page.context["adminform"].form]
    for formset in formsets:
        forms += [*formset.forms, formset.management_form]
    bound = [field for form in forms for field in form]
    return {each.html_name: _sent(each) for each in bound if each.value() not in (None, False)}


def inlines(page: Any) -> list[Any]:
    """The formsets of a change form."""
    return [inline.formset for inline in page.context["inline_admin_formsets"]]


def text_of(page: Any) -> str:
    """The page's words, without markup."""
    return html.unescape(re.sub(r"<[^>]+>", " ", page.content.decode()))


def _sent(field: Any) -> Any:
    return "on" if field.value() is True else field.value()
