"""Who may own a conversation next: what claim, assign, transfer, resolve and the rest allow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chat.errors import Conflict
from chat.models import Conversation, User
from chat.shapes import agent_wire_id
from chat.vocabulary import EventName, Owner, status_of
from chat.writer.drafts import Move, Target, Verb

# verb -> the owners it may start from
LEGAL: dict[Verb, frozenset[Owner]] = {
    Verb.CLAIM: frozenset({Owner.BOT, Owner.QUEUE}),
    Verb.ASSIGN: frozenset({Owner.BOT, Owner.QUEUE, Owner.AGENT}),
    Verb.TRANSFER: frozenset({Owner.AGENT}),
    Verb.RELEASE: frozenset({Owner.AGENT}),
    Verb.RESOLVE: frozenset({Owner.BOT, Owner.QUEUE, Owner.AGENT}),
    Verb.REOPEN: frozenset({Owner.NONE}),
    Verb.CLOSE: frozenset({Owner.BOT, Owner.QUEUE, Owner.AGENT}),
}

EVENTS: dict[Verb, EventName] = {
    Verb.CLAIM: EventName.ASSIGNED,
    Verb.ASSIGN: EventName.ASSIGNED,
    Verb.TRANSFER: EventName.TRANSFERRED,
    Verb.RELEASE: EventName.RELEASED,
    Verb.RESOLVE: EventName.RESOLVED,
    Verb.REOPEN: EventName.REOPENED,
    Verb.CLOSE: EventName.CLOSED_BY_VISITOR,
}


def check(conversation: Conversation, move: Move) -> None:
    """Raise Conflict with the present state when the move comes too late or is not possible."""
    stale = move.if_version is not None and move.if_version != conversation.version
    if stale or Owner(conversation.owner) not in LEGAL[move.verb]:
        agent = conversation.agent
        raise Conflict(
            version=conversation.version,
            status=status_of(Owner(conversation.owner)),
            agent={"id": agent_wire_id(agent.pk), "name": agent.name} if agent else None,
        )


def apply(conversation: Conversation, move: Move, now: datetime) -> None:
    """Change the owner on a locked row; the caller saves it."""
    check(conversation, move)
    if conversation.is_closed:
        conversation.episode += 1
        conversation.opened_at = now
    _NEXT[move.verb](conversation, move.target, now)
    conversation.version += 1


def queue(conversation: Conversation, now: datetime) -> None:
    """Put a closed thread back into the queue because its visitor wrote again."""
    conversation.episode += 1
    conversation.opened_at = now
    conversation.version += 1
    _queue(conversation, Target(), now)


def event_data(move: Move) -> dict[str, Any]:
    """What the event row of a move tells its readers."""
    data: dict[str, Any] = {}
    if move.target.agent_id is not None:
        data["agent"] = {"id": agent_wire_id(move.target.agent_id), "name": move.target.name}
    elif move.target.team_id is not None:
        data["team"] = {"id": f"tm_{move.target.team_id}", "name": move.target.name}
    if move.reason:
        data["reason"] = move.reason
    return data


def _give(conversation: Conversation, target: Target, now: datetime) -> None:
    if target.agent_id is None:
        _queue(conversation, target, now)
        return
    conversation.owner = Owner.AGENT
    # Only id and name are shown, and we have both: reading the row would cost a query a claim.
    conversation.agent = User(pk=target.agent_id, display_name=target.name)
    conversation.queued_at = conversation.closed_at = None


def _queue(conversation: Conversation, target: Target, now: datetime) -> None:
    conversation.owner = Owner.QUEUE
    conversation.agent_id = conversation.closed_at = None
    conversation.team_id = target.team_id or conversation.team_id
    conversation.queued_at = now


def _close(conversation: Conversation, target: Target, now: datetime) -> None:
    conversation.owner = Owner.NONE
    conversation.agent_id = conversation.queued_at = None
    conversation.closed_at = now


_NEXT: dict[Verb, Callable[[Conversation, Target, datetime], None]] = {
    Verb.CLAIM: _give,
    Verb.ASSIGN: _give,
    Verb.TRANSFER: _give,
    Verb.REOPEN: _give,
    Verb.RELEASE: _queue,
    Verb.RESOLVE: _close,
    Verb.CLOSE: _close,
}
