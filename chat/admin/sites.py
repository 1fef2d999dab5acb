"""Sites: their widget with a live preview, the line to paste, and their signing secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, QuerySet
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.widgets import UnfoldAdminColorInputWidget, UnfoldAdminTextareaWidget

from chat import policies
from chat.admin.base import back_office, person_of, user_of
from chat.admin.forms import OriginsField, WatchedForm
from chat.admin.pages import address_of
from chat.admin.signing import SigningActions
from chat.models import Site, WidgetSettings
from chat.origins import ANYWHERE
from chat.policies import Deed, Thing
from chat.services import site_setup
from chat.services import sites as site_cache
from chat.services.widget import widget_looks


class SiteForm(WatchedForm):
    """A site; the pages that may show it are written one a line."""

    allowed_origins = OriginsField(
        label=capfirst(Site._meta.get_field("allowed_origins").verbose_name),
        help_text=Site._meta.get_field("allowed_origins").help_text,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4, "spellcheck": "false"}),
    )

    def values(self, row: Site) -> list[dict[str, Any]]:
        """The site's and its widget's: both are on the page."""
        widget = getattr(row, "widget", None)
        return [*super().values(row), model_to_dict(widget) if widget else {}]


class WidgetInline(StackedInline):
    """The settings of the widget, below the site they belong to."""

    model = WidgetSettings
    can_delete = False
    hide_title = True
    verbose_name_plural = _("Widget")
    fieldsets = [
        (_("Words"), {"fields": ["title", "tagline", "welcome", "away_text", "launcher_text"]}),
        (_("Look"), {"fields": ["color", "scheme", "position", "language"]}),
        (_("Behaviour"), {"fields": ["typing_preview", "sound", "emoji", "powered_by"]}),
    ]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        """A colour field that opens the picker, and texts of three lines."""
        kwargs["widgets"] = {
            "color": UnfoldAdminColorInputWidget,
            "welcome": UnfoldAdminTextareaWidget({"rows": 3}),
            "away_text": UnfoldAdminTextareaWidget({"rows": 3}),
        }
        return super().get_formset(request, obj, **kwargs)

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:
        """Only where settings are missing; a new site brings its own."""
        return obj is not None and not hasattr(obj, "widget")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the site."""
        return may_change(request, obj)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """As for the site."""
        return obj is None or policies.may(person_of(request), Deed.VIEW, Thing.SITE, obj.pk)


def may_change(request: HttpRequest, site: Site | None) -> bool:
    """Whether this person may change this site."""
    return policies.may(person_of(request), Deed.CHANGE, Thing.SITE, site.pk if site else None)


@admin.register(Site, site=back_office)
class SiteAdmin(SigningActions):
    """The sites of this installation, or of one person."""

    thing = Thing.SITE
    site_path = "pk"
    form = SiteForm
    inlines = [WidgetInline]
    list_display = ["name", "key", "is_active", "member_count", "origin_count", "created_at"]
    list_filter = ["is_active"]
    list_filter_sheet = False
    search_fields = ["name", "key"]
    search_help_text = _("Name or site key")
    actions_detail = ["new_secret", "drop_older_secret"]
    warn_unsaved_form = True
    add_fieldsets = [(None, {"fields": ["name", "allowed_origins"]})]
    fieldsets = [
        (None, {"fields": ["name", "is_active", "allowed_origins"]}),
        (_("Identity of visitors"), {"fields": ["identity_policy", "native_clients"]}),
    ]

    class Media:
        """The preview and its style."""

        js = [
            forms.Script("admin_gofly/preview.js", type="module"),
            forms.Script("admin_gofly/copy.js", defer=True),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Site]:
        """Sites with their number of members."""
        return super().get_queryset(request).annotate(members=Count("memberships"))

    @admin.display(description=_("members"), ordering="members")
    def member_count(self, site: Any) -> int:
        """How many people work for the site."""
        return site.members

    @admin.display(description=_("allowed origins"))
    def origin_count(self, site: Site) -> str:
        """How many pages may show the widget."""
        if ANYWHERE in site.allowed_origins:
            return gettext("every page")
        return str(len(site.allowed_origins))

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """A new site is asked for its name and pages first."""
        return [] if obj is None else list(self.inlines)

    def save_model(self, request: HttpRequest, obj: Site, form: Any, change: bool) -> None:
        """A new site gets its settings and its first owner; sockets learn of changes at once."""
        if change:
            super().save_model(request, obj, form, change)
        else:
            site_setup.create_site(obj, owner=user_of(request))
            back_office.stay_signed_in(request, user_of(request))
        transaction.on_commit(site_cache.forget_all)

    def response_add(self, request: HttpRequest, obj: Site, post_url_continue: Any = None) -> Any:
        """Show the new site, with the line to paste."""
        return redirect(address_of(obj))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: Mapping[str, Any] | None = None,
    ) -> HttpResponse:
        """The form, with the line to paste and the preview beside it."""
        site = self.get_object(request, object_id)
        context = dict(extra_context or {}) | (panel(site) if site else {})
        return super().change_view(request, object_id, form_url, context)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A site with conversations is switched off instead."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and obj is not None and not site_setup.has_history(obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What goes with a site needs no permission of its own."""
        rows, counts, _missing, protected = super().get_deleted_objects(objs, request)
        return rows, counts, set(), protected


def panel(site: Site) -> dict[str, Any]:
    """What stands beside the form: the line to paste, the chat's own page, the preview."""
    home = settings.GOFLY_PUBLIC_URLS[0]
    return {
        "snippet": f'<script async src="{home}/w.js" data-site="{site.key}"></script>',
        "chat_page": f"{home}/c/{site.key}/",
        "preview": f"/w/{site.key}/" if site.is_active else "",
        "defaults": widget_looks(Site(name=site.name)),
        "anywhere": ANYWHERE in site.allowed_origins,
        "has_history": site_setup.has_history(site),
        "secrets": len(site.identity_secrets),
    }
