"""An agent's desk: who sits down, the list of conversations, and one of them in full."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from django.db.models import Count, Q

from agents.services import tickets
from chat import devices
from chat.errors import NotFound, Unauthenticated
from chat.events import ConversationChanged, Thread
from chat.models import Conversation, Membership, User, Visitor
from chat.presence import people
from chat.services.sync import Caught, resume
from chat.shapes import agent_of, agent_wire_id, inbox_row, thread_of
from chat.vocabulary import Owner, status_of

LISTED = 2_000
EARLIER = 10

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Workplace:
    """A site an agent works for."""

    id: int
    key: str
    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Desk:
    """Who sits at the socket, and for which sites."""

    agent_id: int
    name: str
    session_key: str
    sites: tuple[Workplace, ...]
    language: str = ""

    @property
    def site_ids(self) -> frozenset[int]:
        """The sites whose conversations this agent may see."""
        return frozenset(site.id for site in self.sites)


@dataclass(frozen=True, slots=True)
class Opened:
    """One conversation as the thread view needs it."""

    thread: Thread
    version: int
    status: str
    agent: dict[str, str] | None
    visitor: dict[str, Any]
    receipts: dict[str, dict[str, int]]
    caught: Caught


def sit_down(ticket: str, *, session_key: str) -> Desk:
    """Turn a ticket into a desk, once; Unauthenticated when it is not good for this session."""
    agent_id = tickets.redeem(ticket, session_key=session_key)
    if agent_id is None:
        raise Unauthenticated
    user = User.objects.get(pk=agent_id)
    memberships = Membership.objects.filter(user=user).working().select_related("site")
    sites = (Workplace(m.site_id, m.site.key, m.site.name, m.role) for m in memberships)
    return Desk(agent_id, user.name, session_key, tuple(sites), user.language)


def colleagues(desk: Desk) -> list[dict[str, Any]]:
    """Everybody who works for the desk's sites, with the state others see."""
    found: dict[int, dict[str, Any]] = {}
    rows = Membership.objects.working().filter(site_id__in=desk.site_ids)
    for row in rows.select_related("user", "site").order_by("user__username"):
        shown = {"id": agent_wire_id(row.user_id), "name": row.user.name, "sites": []}
        found.setdefault(row.user_id, shown)["sites"].append(row.site.key)
    return [{**agent, "state": people.agent_state(agent_id)} for agent_id, agent in found.items()]


def listed(desk: Desk, inbox: str) -> tuple[list[ConversationChanged], dict[str, int]]:
    """The conversations that are not closed, newest first, and how many each tab has in all."""
    rows = _seen_from(desk).begun().not_closed()
    counts = rows.aggregate(
        mine=Count("pk", Q(agent_id=desk.agent_id)),
        queue=Count("pk", Q(owner=Owner.QUEUE)),
        all=Count("pk"),
    )
    chosen = rows.select_related("visitor", "agent", "team").filter(_in_tab(desk, inbox))
    return [inbox_row(row) for row in chosen.order_by("-changed_at", "-id")[:LISTED]], counts


def find_thread(desk: Desk, conv: str) -> Thread:
    """A conversation of the desk's sites; any other is not found."""
    rows = Conversation.objects.filter(public_id=conv)
    known = rows.values_list(
        "pk", "public_id", "site_id", "visitor_id", "visitor__public_id", "shard"
    )
    found = known.first()
    if found is None:
        raise NotFound(conv=conv)
    thread = Thread(*found)
    _check_site(desk, thread.site_id, conv)
    return thread


def open_thread(desk: Desk, conv: str, *, have: int | None) -> Opened:
    """A conversation in full, with the rows that follow seq `have`, or the last page."""
    row = _find(desk, conv)
    thread, agent = thread_of(row), agent_of(row)
    return Opened(
        thread=thread,
        version=row.version,
        status=status_of(row.owner),
        agent={"id": agent.id, "name": agent.name} if agent else None,
        visitor=_card(row),
        receipts={
            "visitor": {"got": row.visitor_got, "read": row.visitor_read},
            "agent": {"got": row.agent_got, "read": row.agent_read},
        },
        caught=resume(thread, row.last_seq, row.epoch, None if have is None else (have, row.epoch)),
    )


def resume_threads(desk: Desk, have: Mapping[str, tuple[int, str]]) -> list[Caught]:
    """The conversations a client holds, as far as the desk may see them."""
    rows = _seen_from(desk).filter(public_id__in=list(have)).select_related("visitor")
    return [resume(thread_of(row), row.last_seq, row.epoch, have[row.public_id]) for row in rows]


def _seen_from(desk: Desk) -> Any:
    return Conversation.objects.filter(site_id__in=desk.site_ids)


def _in_tab(desk: Desk, inbox: str) -> Q:
    tabs = {"mine": Q(agent_id=desk.agent_id), "queue": Q(owner=Owner.QUEUE)}
    return tabs.get(inbox, Q())


def _find(desk: Desk, conv: str) -> Conversation:
    rows = Conversation.objects.select_related("visitor", "agent", "team")
    row = rows.filter(public_id=conv).first()
    if row is None:
        raise NotFound(conv=conv)
    _check_site(desk, row.site_id, conv)
    return row


def _check_site(desk: Desk, site_id: int, conv: str) -> None:
    """Another site's conversation is not found."""
    if site_id not in desk.site_ids:
        log.warning("security.tenant", agent=desk.agent_id, conversation=conv)
        raise NotFound(conv=conv)


def _card(row: Conversation) -> dict[str, Any]:
    visitor, here = row.visitor, people.visitor(row.visitor.public_id)
    device = devices.read(visitor.user_agent)
    return {
        "id": visitor.public_id,
        "name": visitor.name,
        "email": visitor.email,
        "phone": visitor.phone,
        "external_id": visitor.external_id,
        "verified": visitor.verified,
        "lang": visitor.language,
        "tz": visitor.timezone,
        "ip": visitor.ip,
        "device": {"browser": device.browser, "os": device.os, "kind": device.kind},
        "referrer": visitor.referrer,
        "first_seen": int(visitor.first_seen_at.timestamp() * 1000),
        "last_seen": int(visitor.last_seen_at.timestamp() * 1000),
        "online": here is not None,
        "page": here.page if here else None,
        "trail": visitor.trail,
        "attributes": visitor.attributes,
        "earlier": list(_earlier(visitor, row)),
    }


def _earlier(visitor: Visitor, row: Conversation) -> Iterable[dict[str, Any]]:
    rows = Conversation.objects.filter(visitor=visitor).begun().exclude(pk=row.pk)
    for each in rows.order_by("-opened_at")[:EARLIER]:
        yield {
            "conv": each.public_id,
            "opened_at": int(each.opened_at.timestamp() * 1000),
            "closed_at": each.closed_at and int(each.closed_at.timestamp() * 1000),
            "preview": each.last_body,
        }
