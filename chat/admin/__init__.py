"""The back office: sites, people, visitors, conversations, tokens and the audit log."""

from chat.admin import access, conversations, log, people, sites, users, visitors
from chat.admin.base import back_office

__all__ = ["access", "back_office", "conversations", "log", "people", "sites", "users", "visitors"]
