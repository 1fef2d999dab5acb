"""Visitors: what is known of them, and shutting them out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display

from chat.admin.base import Endless, back_office
from chat.admin.filters import OwnSiteFilter
from chat.admin.pages import Question, address_of, ask
from chat.models import Visitor
from chat.policies import Deed, Thing
from chat.services import bans

STANDINGS = {"banned": "danger", "verified": "success"}
CONVERSATIONS = "admin:chat_conversation_changelist"


@admin.register(Visitor, site=back_office)
class VisitorAdmin(Endless):
    """People who wrote. Nothing here is edited by hand; they can be banned."""

    thing = Thing.VISITOR
    list_display = ["shown_name", "email", "site", "public_id", "standing", "last_seen_at"]
    list_select_related = ["site"]
    list_filter = [OwnSiteFilter, "is_banned"]
    search_fields = ["public_id"]
    search_help_text = _("Visitor id, or how a name or e-mail begins")
    actions_detail = ["ban", "unban", "conversations"]
    fieldsets = [
        (None, {"fields": ["name", "email", "phone", "public_id", "site", "is_banned"]}),
        (_("At the site"), {"fields": ["external_id", "verified", "attributes_table"]}),
        (
            _("Device"),
            {"fields": ["ip", "user_agent", "language", "timezone", "referrer"]},
        ),
        (_("Visits"), {"fields": ["first_seen_at", "last_seen_at", "trail_table"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        """All of them."""
        return [name for _title, options in self.fieldsets for name in options["fields"]]

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """By id, or by the beginning of a name or e-mail: the questions that indexes answer."""
        return queryset.filter(named(search_term)) if search_term else queryset, False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by a form."""
        return False

    @admin.display(description=_("name"))
    def shown_name(self, visitor: Visitor) -> str:
        """The name, or the id of somebody without one."""
        return visitor.name or gettext("Visitor %(id)s") % {"id": visitor.public_id[-6:]}

    @display(description=_("standing"), label=STANDINGS)
    def standing(self, visitor: Visitor) -> tuple[str, Any] | None:
        """Banned or verified, if either."""
        if visitor.is_banned:
            return "banned", _("banned")
        return ("verified", _("verified")) if visitor.verified else None

    @admin.display(description=_("attributes"))
    def attributes_table(self, visitor: Visitor) -> SafeString | str:
        """What the site told us about the person."""
        return table(sorted((str(key), str(value)) for key, value in visitor.attributes.items()))

    @admin.display(description=_("page trail"))
    def trail_table(self, visitor: Visitor) -> SafeString | str:
        """The pages of the last visits, newest first; never links."""
        steps = [step for step in reversed(visitor.trail) if isinstance(step, dict)]
        return table([(str(step.get("title", "")), str(step.get("url", ""))) for step in steps])

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Ban or unban, whichever is possible, for those who may."""
        visitor = self.get_object(request, str(object_id))
        if visitor is None:
            return []
        hidden = "_ban" if visitor.is_banned else "_unban"
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if not button.action_name.endswith(hidden)]

    @action(description=_("Ban"), icon="block", url_path="ban")
    def ban(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Shut the visitor out."""
        return self._decide(request, object_id, banned=True)

    @action(description=_("Lift the ban"), icon="lock_open", url_path="unban")
    def unban(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let the visitor in again."""
        return self._decide(request, object_id, banned=False)

    @action(description=_("Conversations"), icon="forum", url_path="conversations")
    def conversations(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The visitor's conversations."""
        visitor = self.get_object(request, object_id)
        if visitor is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        return redirect(f"{reverse(CONVERSATIONS)}?q={visitor.public_id}")

    def _decide(self, request: HttpRequest, object_id: str, *, banned: bool) -> HttpResponse:
        visitor = self.get_object(request, object_id)
        if visitor is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.may(request, Deed.CHANGE, visitor):
            raise PermissionDenied
        if request.method != "POST":
            return ask(self, request, visitor, question(visitor, banned=banned))
        if banned:
            bans.ban_visitor(visitor)
            messages.success(request, gettext("The visitor cannot write any more."))
        else:
            bans.unban_visitor(visitor)
            messages.success(request, gettext("The visitor can write again."))
        return redirect(address_of(visitor))


def named(term: str) -> Q:
    """Visitors whose id is this, or whose name or e-mail begins with it; each has an index."""
    if term.startswith("vs_"):
        return Q(public_id=term)
    return Q(name__istartswith=term) | Q(email__istartswith=term)


def table(rows: list[tuple[str, str]]) -> SafeString | str:
    """Two columns of escaped text."""
    if not rows:
        return "-"
    body = format_html_join("", "<tr><th scope='row'>{}</th><td>{}</td></tr>", rows)
    return format_html("<table class='gofly-table'>{}</table>", body)


def question(visitor: Visitor, *, banned: bool) -> Question:
    """What banning means."""
    if not banned:
        return Question(
            title=gettext("Lift the ban"),
            sentences=[gettext("The visitor can write again at once.")],
            button=gettext("Lift the ban"),
        )
    return Question(
        title=gettext("Ban this visitor"),
        sentences=[
            gettext("The visitor sees a neutral text and cannot write any more."),
            gettext("A ban can be lifted at any time."),
        ],
        button=gettext("Ban"),
        dangerous=True,
    )
