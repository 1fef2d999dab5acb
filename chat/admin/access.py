"""API tokens: the keys of programs."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from chat import audit
from chat.admin.base import SiteScoped, back_office, user_of
from chat.admin.filters import OwnSiteFilter
from chat.admin.pages import Question, Secret, address_of, ask, show_once
from chat.models import ApiToken
from chat.policies import Deed, Thing
from chat.services import tokens
from chat.services.tokens import MadeToken


@admin.register(ApiToken, site=back_office)
class ApiTokenAdmin(SiteScoped):
    """Tokens: made and revoked, never changed."""

    thing = Thing.API_ACCESS
    list_display = ["name", "prefix", "site", "scope", "is_live", "created_by", "last_used_at"]
    list_select_related = ["site", "created_by"]
    list_filter = [OwnSiteFilter, "scope"]
    search_fields = ["name", "prefix"]
    search_help_text = _("Name, or how the token begins")
    actions_detail = ["revoke"]
    readonly_fields = ["prefix", "created_by", "created_at", "last_used_at", "revoked_at"]
    add_fieldsets = [(None, {"fields": ["site", "name", "scope", "expires_at"]})]
    fieldsets = [
        (None, {"fields": ["name", "prefix", "site", "scope"]}),
        (
            _("Life"),
            {"fields": ["created_by", "created_at", "expires_at", "last_used_at", "revoked_at"]},
        ),
    ]

    @admin.display(description=_("valid"), boolean=True)
    def is_live(self, token: ApiToken) -> bool:
        """Whether the token opens anything today."""
        return ApiToken.objects.live().filter(pk=token.pk).exists()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Never by a form: what a token may do is settled when it is made."""
        return False

    def save_model(self, request: HttpRequest, obj: ApiToken, form: Any, change: bool) -> None:
        """Make the token; its text is kept for the next page alone."""
        made = tokens.make_token(
            obj.site_id,
            maker=user_of(request),
            name=obj.name,
            scope=obj.scope,
            expires_at=obj.expires_at,
        )
        obj.pk = made.token.pk
        request.META["gofly.token"] = made

    def response_add(
        self, request: HttpRequest, obj: ApiToken, post_url_continue: Any = None
    ) -> HttpResponse:
        """Show the token, this once."""
        made: MadeToken = request.META["gofly.token"]
        secret = Secret(
            title=gettext("API token “%(name)s”") % {"name": obj.name},
            sentence=gettext("Copy the token now; it is not shown again."),
            fields=[(gettext("API token"), made.text)],
        )
        return show_once(self, request, made.token, secret)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Nothing to press once it is revoked."""
        token = self.get_object(request, str(object_id))
        spent = token is None or token.revoked_at is not None
        return [] if spent else super().get_actions_detail(request, object_id)

    @action(description=_("Revoke"), icon="key_off", url_path="revoke")
    def revoke(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """End the token at once."""
        token = self.get_object(request, object_id)
        if token is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.may(request, Deed.CHANGE, token):
            raise PermissionDenied
        if request.method != "POST":
            return ask(self, request, token, _end(token))
        tokens.revoke(token)
        audit.note(token, revoked_at=("", str(token.revoked_at)))
        messages.success(request, gettext("The token is revoked."))
        return redirect(address_of(token))


def _end(token: ApiToken) -> Question:
    return Question(
        title=gettext("Revoke “%(name)s”") % {"name": token.name},
        sentences=[
            gettext("Programs that use this token are refused at once. It cannot be undone.")
        ],
        button=gettext("Revoke"),
        dangerous=True,
    )
