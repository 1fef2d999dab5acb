"""What a visitor's header shows: who is there, and the place in the queue."""

from __future__ import annotations

from datetime import datetime

from chat.events import ConversationChanged, VisitorState
from chat.models import Conversation
from chat.presence import people
from chat.vocabulary import Owner, status_of


def state_of(row: Conversation | None, site_id: int) -> VisitorState:
    """The state of one conversation (None: of a visitor who has not written yet)."""
    online = people.agents_online(site_id)
    if row is None:
        return VisitorState(online, None)
    position = queue_position(site_id, row.queued_at) if row.owner == Owner.QUEUE else None
    agent = row.agent.name if row.agent else None
    return VisitorState(online, status_of(row.owner), position, agent)


def state_after(row: ConversationChanged) -> VisitorState:
    """The state that a changed conversation brings; asks the database only for a place."""
    online = people.agents_online(row.thread.site_id)
    position = None
    if row.owner == Owner.QUEUE:
        position = queue_position(row.thread.site_id, row.queued_at)
    agent = row.agent.name if row.agent else None
    return VisitorState(online, status_of(row.owner), position, agent)


def queue_position(site_id: int, queued_at: datetime | None) -> int:
    """1 for the conversation that waits longest on its site."""
    ahead = Conversation.objects.for_site(site_id).waiting().begun()
    return ahead.filter(queued_at__lt=queued_at).count() + 1


def queue_positions(site_id: int) -> dict[int, int]:
    """The place of every waiting conversation of a site, by conversation id."""
    waiting = Conversation.objects.for_site(site_id).waiting().begun()
    return {pk: place for place, pk in enumerate(waiting.values_list("pk", flat=True), 1)}
