"""Rows seen as events: what a stored conversation looks like to those who listen."""

from __future__ import annotations

from chat.events import ConversationChanged, Sender, Thread
from chat.models import Conversation
from chat.vocabulary import SenderKind

_KINDS = {
    "v": SenderKind.VISITOR,
    "a": SenderKind.AGENT,
    "b": SenderKind.BOT,
    "s": SenderKind.SYSTEM,
}


def sender_kind(sender_key: str) -> SenderKind:
    """The kind of a stored sender such as v:12."""
    return _KINDS[sender_key[0]]


def agent_wire_id(agent_id: int) -> str:
    """An agent's id as the protocol writes it."""
    return f"ag_{agent_id}"


def thread_of(conversation: Conversation) -> Thread:
    """Every name of a conversation whose visitor is loaded."""
    return Thread(
        id=conversation.pk,
        public_id=conversation.public_id,
        site_id=conversation.site_id,
        visitor_id=conversation.visitor_id,
        visitor_public_id=conversation.visitor.public_id,
        shard=conversation.shard,
    )


def agent_of(conversation: Conversation) -> Sender | None:
    """The agent who owns the conversation, loaded with it."""
    agent = conversation.agent
    if agent is None:
        return None
    return Sender(SenderKind.AGENT, agent_wire_id(agent.pk), agent.name)


def inbox_row(conversation: Conversation) -> ConversationChanged:
    """What agents see of a conversation whose visitor, agent and team are loaded."""
    return ConversationChanged(
        thread=thread_of(conversation),
        owner=conversation.owner,
        version=conversation.version,
        last_seq=conversation.last_seq,
        unread=conversation.unread,
        visitor_name=conversation.visitor.name,
        verified=conversation.visitor.verified,
        agent=agent_of(conversation),
        team=conversation.team.name if conversation.team else None,
        preview=_preview(conversation),
        last_at=conversation.last_at,
        queued_at=conversation.queued_at,
        opened_at=conversation.opened_at,
        episode=conversation.episode,
        language=conversation.visitor.language,
    )


def _preview(conversation: Conversation) -> dict[str, str]:
    if not conversation.last_sender:
        return {"k": SenderKind.SYSTEM, "text": "", "kind": ""}
    return {
        "k": sender_kind(conversation.last_sender),
        "text": conversation.last_body,
        "kind": conversation.last_kind,
    }
