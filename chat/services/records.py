"""What agents and a site's own systems write about visitors and threads, sockets aside."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from chat import sharding
from chat.comet.hub import hub, site_key
from chat.errors import Conflict, NotFound
from chat.models import Conversation, Team, Visitor
from chat.services.conversations import open_conversation
from chat.shapes import agent_of, inbox_row
from chat.vocabulary import status_of


def create_visitor(site_id: int, *, facts: dict[str, Any]) -> Visitor:
    """Write a visitor who has not been here yet; an external id given this way proves nothing."""
    public_id = sharding.new_public_id("vs_")
    return Visitor.objects.create(
        site_id=site_id, public_id=public_id, shard=sharding.shard_of(public_id), **facts
    )


@transaction.atomic
def change_visitor(visitor_id: int, *, facts: dict[str, Any]) -> Visitor:
    """Correct what is known of a visitor, and nothing that a socket writes meanwhile."""
    visitor = Visitor.objects.select_related("site").get(pk=visitor_id)
    for name, value in facts.items():
        setattr(visitor, name, value)
    visitor.save(update_fields=[*facts])
    return visitor


@transaction.atomic
def open_thread(visitor_id: int) -> tuple[Conversation, bool]:
    """The visitor's conversation that is not closed, or a new one; True when it is new."""
    visitor = Visitor.objects.select_for_update().get(pk=visitor_id)
    current = visitor.conversations.not_closed().first()
    return (current, False) if current else (open_conversation(visitor), True)


@transaction.atomic
def set_team(conversation_id: int, *, team_id: int | None, if_version: int) -> None:
    """Give a conversation to a team's queue, or to none, if nobody changed it meanwhile."""
    row = (
        Conversation.objects.select_for_update(of=("self",))
        .select_related("visitor", "agent", "team")
        .get(pk=conversation_id)
    )
    if row.version != if_version:
        agent = agent_of(row)
        raise Conflict(
            version=row.version,
            status=status_of(row.owner),
            agent={"id": agent.id, "name": agent.name} if agent else None,
        )
    row.team = _team_of(row, team_id)
    row.version += 1
    row.changed_at = timezone.now()
    row.save(update_fields=["team", "version", "changed_at"])
    hub.publish_on_commit(inbox_row(row), to=(site_key(row.site_id),))


def _team_of(row: Conversation, team_id: int | None) -> Team | None:
    if team_id is None:
        return None
    team = Team.objects.for_site(row.site_id).filter(pk=team_id).first()
    if team is None:
        raise NotFound
    return team
