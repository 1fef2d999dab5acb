"""The facts the core keeps, one module a subject."""

from chat.models.access import ApiToken, IdempotentAnswer, Ticket
from chat.models.conversations import Conversation
from chat.models.members import Membership, Team
from chat.models.messages import Message
from chat.models.outbox import EventOutbox, OutboxReader
from chat.models.sites import Site, WidgetSettings
from chat.models.users import User
from chat.models.visitors import Visitor

__all__ = [
    "ApiToken",
    "Conversation",
    "EventOutbox",
    "IdempotentAnswer",
    "Membership",
    "Message",
    "OutboxReader",
    "Site",
    "Team",
    "Ticket",
    "User",
    "Visitor",
    "WidgetSettings",
]
