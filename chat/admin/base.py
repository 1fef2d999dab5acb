"""What every page of the back office shares: who may enter, and whose rows they see."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.widgets import RelatedFieldWidgetWrapper
from django.contrib.auth import update_session_auth_hash
from django.core.exceptions import BadRequest
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite
from unfold.views import ChangeList

from chat import policies
from chat.admin import home
from chat.admin.paging import Uncounted, UncountedList
from chat.admin.words import said
from chat.errors import ChatError
from chat.models import User
from chat.policies import Deed, Person, Thing
from chat.services import members


def person_of(request: HttpRequest) -> Person:
    """Who asks, read once a request."""
    known = request.META.get("gofly.person")
    if known is None:
        known = request.META["gofly.person"] = members.person_of(user_of(request))
    return known


def user_of(request: HttpRequest) -> User:
    """The person signed in; an anonymous one passes too, and has no rights."""
    return request.user  # type: ignore[return-value]


class BackOffice(UnfoldAdminSite):
    """The admin for operators, owners and managers; agents work in the dashboard."""

    index_title = _("Overview")
    site_title = "gofly"

    # What keeps the caller signed in when their own new role would end the session; the app that
    # keeps sessions puts its own way here.
    stay_signed_in: Callable[[HttpRequest, User], None] = staticmethod(update_session_auth_hash)

    def has_permission(self, request: HttpRequest) -> bool:
        """Whether this person may see anything here."""
        return policies.may_enter(person_of(request))

    def index(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The front page with a few figures."""
        figures = home.context(user_of(request), person_of(request))
        return super().index(request, figures | (extra_context or {}))

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The theme's search through the menu is left out."""
        raise Http404

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """There is one place for one's own password."""
        return redirect(reverse("me"))


back_office = BackOffice(name="admin")


class SiteScoped(ModelAdmin):
    """Rows of the caller's own sites; everything else does not exist for them."""

    thing: Thing
    site_path = "site_id"  # from the row to the id of its site
    actions: Sequence[str] | None = None
    list_fullwidth = True
    list_filter_submit = False
    audited = True  # whether the audit log has entries of these rows
    list_per_page = 50
    save_on_top = False
    show_facets = ShowFacets.NEVER  # they would count every row

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows this person may see."""
        rows: QuerySet[Any] = super().get_queryset(request)
        own = policies.sites(person_of(request), Deed.VIEW, self.thing)
        if own is None:
            return rows
        return rows.filter(**{f"{self.site_path}__in": own}) if own else rows.none()

    def may(self, request: HttpRequest, deed: Deed, obj: Model | None = None) -> bool:
        """Whether this person may do this to the row, or to any row."""
        return policies.may(person_of(request), deed, self.thing, self.site_of(obj))

    def site_of(self, obj: Model | None) -> int | None:
        """The id of the site a row belongs to."""
        return None if obj is None else getattr(obj, self.site_path)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Whether the menu shows this."""
        return self.may(request, Deed.VIEW)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether this person may read it."""
        return self.may(request, Deed.VIEW, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether this person may make one."""
        return self.may(request, Deed.ADD)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether this person may change it."""
        return self.may(request, Deed.CHANGE, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whether this person may remove it."""
        return self.may(request, Deed.DELETE, obj)

    def own_sites(self, request: HttpRequest, deed: Deed, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of these sites where this person may do this here."""
        own = policies.sites(person_of(request), deed, self.thing)
        return rows if own is None else rows.filter(pk__in=own)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer own sites only."""
        if db_field.name == "site":
            sites = db_field.remote_field.model.objects.all()
            kwargs["queryset"] = self.own_sites(request, Deed.ADD, sites)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Leave out the menu that opens other forms in small windows."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and isinstance(field.widget, RelatedFieldWidgetWrapper):
            field.widget = field.widget.widget
        return field

    def attempt(
        self, request: HttpRequest, act: Callable[[], HttpResponse], *, back: str
    ) -> HttpResponse:
        """Do it, or go back and show why it was refused."""
        try:
            return act()
        except ChatError as refusal:
            messages.error(request, said(refusal))
            return redirect(back)

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """The form; what a service refuses is shown as a sentence above it."""
        view = super().changeform_view
        extra_context = {"show_history": self.audited} | (extra_context or {})
        return self.attempt(
            request,
            lambda: view(request, object_id, form_url, extra_context),
            back=request.get_full_path(),
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The list; filters with a NUL, which PostgreSQL cannot read, are refused."""
        if any("\0" in value for _name, values in request.GET.lists() for value in values):
            raise BadRequest
        return super().changelist_view(request, extra_context)

    # The audit log keeps what was changed; the admin's own second log stays empty.
    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the audit log has it."""

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """Nothing: the audit log has it."""

    def log_deletions(self, request: HttpRequest, queryset: Any) -> None:
        """Nothing: the audit log has it."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The audit log of this row."""
        if self.get_object(request, object_id) is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        subject = {"subject": f"{self.opts.model_name}-{object_id}"}
        return redirect(f"{reverse('admin:auditlog_logentry_changelist')}?{urlencode(subject)}")


class Endless(SiteScoped):
    """Lists that may hold millions of rows: never counted, in one order that an index has."""

    paginator = Uncounted
    sortable_by = ()
    show_full_result_count = False

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """A list that claims no number of results."""
        return UncountedList
