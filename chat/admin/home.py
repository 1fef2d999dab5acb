"""The front page: a few figures that cost little, and the ways to go on."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from chat import policies
from chat.models import Conversation, Site, User
from chat.policies import Deed, Person, Thing

COUNT_UP_TO = 1_000


def context(user: User, person: Person) -> dict[str, Any]:
    """What the front page shows this person."""
    sites = _of(person, Site.objects.all(), "pk")
    threads = _of(person, Conversation.objects.begun(), "site_id")
    return {
        "sites": sites[:8],
        "site_count": sites.count(),
        "waiting": _bounded(threads.filter(owner=Conversation.Owner.QUEUE)),
        # Written as the partial index is, which holds the open ones alone.
        "open": _bounded(threads.filter(~Q(owner=Conversation.Owner.NONE))),
        "may_add_site": policies.may(person, Deed.ADD, Thing.SITE),
    }


def _of(person: Person, rows: Any, path: str) -> Any:
    own = policies.sites(person, Deed.VIEW, Thing.CONVERSATION)
    return rows if own is None else rows.filter(**{f"{path}__in": own})


def _bounded(rows: Any) -> str:
    """How many rows there are; beyond a thousand nobody needs the exact figure."""
    count = rows.order_by()[: COUNT_UP_TO + 1].count()
    return f"{COUNT_UP_TO}+" if count > COUNT_UP_TO else str(count)
