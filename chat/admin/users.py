"""The people of the installation; for its operator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from chat.admin.base import SiteScoped, back_office, user_of
from chat.admin.forms import WatchedForm
from chat.admin.pages import Question, address_of, ask, show_once
from chat.admin.people import back_in_queue, welcome_note
from chat.models import User
from chat.policies import Thing
from chat.services import members


@admin.register(User, site=back_office)
class UserAdmin(SiteScoped):
    """Everybody who signs in. Accounts are closed, never deleted: messages keep their names."""

    thing = Thing.USER
    form = WatchedForm
    list_display = ["username", "display_name", "email", "is_active", "is_superuser", "last_login"]
    list_filter = ["is_active", "is_superuser"]
    search_fields = ["username", "display_name", "email"]
    search_help_text = _("Name or e-mail")
    readonly_fields = ["is_open", "works_for", "last_login", "date_joined"]
    actions_detail = ["new_password", "new_factor", "close", "reopen"]
    add_fieldsets = [(None, {"fields": ["username", "display_name", "email", "is_superuser"]})]
    fieldsets = [
        (None, {"fields": ["username", "display_name", "email", "language"]}),
        (_("Rights"), {"fields": ["is_open", "is_superuser", "works_for"]}),
        (_("Dates"), {"fields": ["last_login", "date_joined"]}),
    ]

    def site_of(self, obj: Any) -> int | None:
        """None: people belong to the installation."""
        return None

    @admin.display(description=_("may sign in"), boolean=True)
    def is_open(self, user: User) -> bool:
        """Whether the account is open; its buttons change that."""
        return user.is_active

    @admin.display(description=_("works for"))
    def works_for(self, user: User) -> str:
        """The sites of this person, with the role on each."""
        rows = user.memberships.select_related("site")
        return "\n".join(f"{row.site} · {row.get_role_display()}" for row in rows) or "-"

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Say what an operator is."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "is_superuser" and field is not None:
            field.label = _("Operator")
            field.help_text = _("Sees and changes everything of this installation.")
        return field

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """A new person gets a password to hand over."""
        if not change:
            obj.set_password(password := members.new_password())
            request.META["gofly.password"] = password
        super().save_model(request, obj, form, change)

    def response_add(
        self, request: HttpRequest, obj: User, post_url_continue: Any = None
    ) -> HttpResponse:
        """Show the password, this once."""
        note = welcome_note(obj, request.META["gofly.password"])
        return show_once(self, request, obj, note)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Close or reopen, whichever is possible."""
        user = self.get_object(request, str(object_id))
        hidden = "reopen" if user is None or user.is_active else "close"
        buttons = super().get_actions_detail(request, object_id)
        return [button for button in buttons if not button.action_name.endswith(f"_{hidden}")]

    @action(description=_("Reset password"), icon="password", url_path="new-password")
    def new_password(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Replace a forgotten password."""
        return self.asked(request, object_id, _password_question, self._show_password)

    @action(description=_("Reset second factor"), icon="phonelink_erase", url_path="new-factor")
    def new_factor(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Forget a lost authenticator."""
        return self.asked(request, object_id, _factor_question, _forget_factor)

    @action(description=_("Close account"), icon="person_off", url_path="close")
    def close(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let somebody sign in no more."""
        return self.asked(request, object_id, _closing_question, _close)

    @action(description=_("Open account"), icon="person_check", url_path="reopen")
    def reopen(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let somebody sign in again."""
        return self.asked(request, object_id, _opening_question, _reopen)

    def asked(
        self,
        request: HttpRequest,
        object_id: str,
        question: Callable[[User], Question],
        act: Callable[[HttpRequest, User], HttpResponse],
    ) -> HttpResponse:
        """Ask first, then do it."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        user = self.get_object(request, object_id)
        if user is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return ask(self, request, user, question(user))
        return self.attempt(request, lambda: act(request, user), back=address_of(user))

    def _show_password(self, request: HttpRequest, user: User) -> HttpResponse:
        password = members.reset_password(user, by=user_of(request))
        return show_once(self, request, user, welcome_note(user, password))


def _password_question(user: User) -> Question:
    return Question(
        title=gettext("New password for %(name)s") % {"name": user.name},
        sentences=[gettext("The old password stops working, and all sessions of this person end.")],
        button=gettext("Make a password"),
    )


def _factor_question(user: User) -> Question:
    return Question(
        title=gettext("Reset the second factor of %(name)s") % {"name": user.name},
        sentences=[
            gettext("Do this only when you know who asks: a password alone is enough afterwards."),
            gettext("Authenticator and recovery codes stop working, and all sessions end."),
        ],
        button=gettext("Reset"),
        dangerous=True,
    )


def _closing_question(user: User) -> Question:
    return Question(
        title=gettext("Close the account of %(name)s") % {"name": user.name},
        sentences=[
            gettext("All sessions end, and signing in is refused. Messages keep the name."),
            back_in_queue(len(members.open_with(user))),
        ],
        button=gettext("Close account"),
        dangerous=True,
    )


def _opening_question(user: User) -> Question:
    return Question(
        title=gettext("Open the account of %(name)s") % {"name": user.name},
        sentences=[gettext("The person can sign in again, with the same password and roles.")],
        button=gettext("Open account"),
    )


def _forget_factor(request: HttpRequest, user: User) -> HttpResponse:
    members.reset_second_factor(user, by=user_of(request))
    messages.success(request, gettext("The second factor was reset."))
    return redirect(address_of(user))


def _close(request: HttpRequest, user: User) -> HttpResponse:
    members.deactivate_user(user, by=user_of(request))
    messages.success(request, gettext("The account is closed."))
    return redirect(address_of(user))


def _reopen(request: HttpRequest, user: User) -> HttpResponse:
    members.activate_user(user, by=user_of(request))
    messages.success(request, gettext("The account is open again."))
    return redirect(address_of(user))
