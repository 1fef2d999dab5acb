"""Conversations with their messages, to read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from chat import policies
from chat.admin.base import Endless, back_office, person_of
from chat.admin.filters import AgentFilter, OwnSiteFilter
from chat.admin.visitors import named
from chat.models import Conversation, Message, Visitor
from chat.policies import Deed, Thing
from chat.services import names
from chat.shapes import sender_kind
from chat.vocabulary import EventName, Kind, SenderKind

ROWS = 50
DATES = ("opened_at", "queued_at", "closed_at", "last_at")
EVENTS = {
    EventName.ASSIGNED: _("assigned to %(agent)s"),
    EventName.TRANSFERRED: _("transferred to %(agent)s"),
    EventName.RELEASED: _("put back into the queue"),
    EventName.RESOLVED: _("resolved"),
    EventName.REOPENED: _("reopened"),
    EventName.CLOSED_BY_VISITOR: _("closed by the visitor"),
}
MATCHING_VISITORS = 200


@dataclass(frozen=True, slots=True)
class Row:
    """A message as the page shows it."""

    seq: int
    at: datetime
    author: str
    side: str
    kind: str
    text: str
    internal: bool
    reply_to: int | None

    @property
    def is_event(self) -> bool:
        """Whether it is an event and not something that somebody wrote."""
        return self.kind == Kind.EVENT


@admin.register(Conversation, site=back_office)
class ConversationAdmin(Endless):
    """All conversations of one's sites; answering is done in the dashboard."""

    thing = Thing.CONVERSATION
    audited = False
    list_display = ["public_id", "visitor", "site", "owner", "agent", "last_text", "changed_at"]
    list_select_related = ["visitor", "site", "agent"]
    list_filter = [OwnSiteFilter, "owner", AgentFilter]
    search_fields = ["public_id"]
    search_help_text = _("Conversation, or visitor by id, name or e-mail")
    fieldsets = [
        (None, {"fields": ["visitor", "site", "owner", "agent", "team"]}),
        (
            _("Course"),
            {
                "classes": ["collapse"],
                "fields": ["public_id", "episode", *DATES],
            },
        ),
    ]

    @admin.display(description=_("last text"))
    def last_text(self, conversation: Conversation) -> str:
        """How the last message begins."""
        text = conversation.last_body
        return text if len(text) <= 60 else f"{text[:60]}…"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Conversation]:
        """Conversations that hold at least one row."""
        return super().get_queryset(request).filter(last_seq__gt=0)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By its own id, or by visitor; a name that fits many finds the latest of them."""
        if not search_term:
            return queryset, False
        if search_term.startswith("cv_"):
            return queryset.filter(public_id=search_term), False
        known = Visitor.objects.filter(named(search_term)).order_by("-last_seen_at", "-id")
        own = policies.sites(person_of(request), Deed.VIEW, self.thing)
        known = known if own is None else known.filter(site_id__in=own)
        ids = list(known.values_list("pk", flat=True)[:MATCHING_VISITORS])
        return queryset.filter(visitor_id__in=ids), False

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """The facts, with the messages below."""
        conversation = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if conversation is not None:
            context |= page(conversation, request.GET.get("before", ""))
        return super().change_view(request, object_id, form_url, context)


def page(conversation: Conversation, before: str) -> dict[str, Any]:
    """Fifty rows that end below a number, or with the newest."""
    is_number = before.isascii() and before.isdigit() and len(before) < 19
    rows = Message.objects.of(conversation)
    if is_number:
        rows = rows.filter(seq__lt=int(before))
    newest = list(rows.order_by("-seq")[: ROWS + 1])
    shown = newest[:ROWS][::-1]
    return {
        "rows": as_rows(conversation, shown),
        "older": shown[0].seq if len(newest) > ROWS else None,
        "is_newest": not is_number,
    }


def as_rows(conversation: Conversation, messages: list[Message]) -> list[Row]:
    """Messages with the names of their authors."""
    known = names.senders((each.sender for each in messages), conversation.visitor.public_id)
    return [_row(conversation, each, known[each.sender].name) for each in messages]


def _row(conversation: Conversation, message: Message, name: str) -> Row:
    side = sender_kind(message.sender)
    author = name or _author(conversation, side)
    return Row(
        seq=message.seq,
        at=message.ts,
        author=author,
        side=side,
        kind=message.kind,
        text=_text(message),
        internal=message.internal,
        reply_to=message.reply_to,
    )


def _author(conversation: Conversation, side: SenderKind) -> str:
    if side == SenderKind.VISITOR:
        return conversation.visitor.name or gettext("Visitor")
    return gettext("Bot") if side == SenderKind.BOT else gettext("System")


def _text(message: Message) -> str:
    match message.kind:
        case Kind.EVENT:
            return _event(message)
        case Kind.RATING:
            score = gettext("Rating: %(score)s") % {"score": message.data.get("score", "")}
            return f"{score}\n{message.body}" if message.body else score
        case Kind.DELETE:
            return gettext("Message %(seq)s was deleted.") % {"seq": message.reply_to}
        case Kind.EDIT:
            changed = gettext("Message %(seq)s was changed to:") % {"seq": message.reply_to}
            return f"{changed}\n{message.body}"
    return message.body


def _event(message: Message) -> str:
    known = dict(EVENTS).get(EventName(message.body)) if message.body in set(EventName) else None
    whom = message.data.get("agent") or message.data.get("team") or {}
    return message.body if known is None else str(known) % {"agent": whom.get("name", "")}
