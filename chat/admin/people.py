"""Members and teams of sites."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminEmailInputWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from chat import policies
from chat.admin.base import SiteScoped, back_office, person_of, user_of
from chat.admin.filters import OwnSiteFilter, colleagues
from chat.admin.forms import WatchedForm
from chat.admin.pages import Question, Secret, ask, show_once
from chat.models import Membership, Team, User
from chat.policies import Thing
from chat.services import members
from chat.services.members import Invitation


class InviteForm(forms.ModelForm):
    """A new member: somebody known already, or a new person."""

    user = forms.ModelChoiceField(
        User.objects.none(),
        label=_("Somebody known"),
        required=False,
        empty_label=_("A new person"),
        widget=UnfoldAdminSelectWidget,
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        required=False,
        validators=[UnicodeUsernameValidator()],
        help_text=_("What a new person signs in with."),
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off", "spellcheck": "false"}),
    )
    display_name = forms.CharField(
        label=_("Display name"),
        max_length=80,
        required=False,
        help_text=_("The name visitors see."),
        widget=UnfoldAdminTextInputWidget({"autocomplete": "off"}),
    )
    email = forms.EmailField(label=_("E-mail"), required=False, widget=UnfoldAdminEmailInputWidget)

    class Meta:
        """Where the person works, and as what."""

        model = Membership
        fields = ["site", "role", "user"]

    def clean(self) -> dict[str, Any]:
        """One of the two ways to say who."""
        cleaned = super().clean() or self.cleaned_data
        user, username = cleaned.get("user"), cleaned.get("username")
        if user is None and not username and "username" not in self.errors:
            raise ValidationError(_("Choose somebody known, or give a new person a user name."))
        if user is not None and username:
            raise ValidationError(_("Choose somebody known or write a new name, not both."))
        if username and User.objects.filter(username__iexact=username).exists():
            self.add_error("username", _("This user name is taken; choose another one."))
        return cleaned

    def newcomer(self) -> User:
        """The person described here, not stored yet."""
        said = self.cleaned_data
        return User(
            username=said["username"], display_name=said["display_name"], email=said["email"]
        )


@admin.register(Membership, site=back_office)
class MembershipAdmin(SiteScoped):
    """Who works for a site, in which role."""

    thing = Thing.MEMBER
    form = WatchedForm
    list_display = ["user", "username", "site", "role", "is_working", "created_at"]
    list_select_related = ["user", "site"]
    list_filter = [OwnSiteFilter, "role"]
    search_fields = ["user__username", "user__display_name", "user__email", "site__name"]
    search_help_text = _("Name, e-mail or site")
    readonly_fields = ["user", "site", "created_at"]
    fieldsets = [(None, {"fields": ["user", "site", "role", "created_at"]})]
    add_fieldsets = [
        (None, {"fields": ["site", "role", "user"]}),
        (_("A new person"), {"fields": ["username", "display_name", "email"]}),
    ]

    @admin.display(description=_("user name"), ordering="user__username")
    def username(self, membership: Membership) -> str:
        """What the person signs in with."""
        return membership.user.username

    @admin.display(description=_("may sign in"), boolean=True, ordering="user__is_active")
    def is_working(self, membership: Membership) -> bool:
        """Whether the account is open."""
        return membership.user.is_active

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """New members are described; of others only the role can change."""
        if obj is None:
            kw["form"] = InviteForm
        form = super().get_form(request, obj, change, **kw)
        if obj is None:
            form.base_fields["user"].queryset = colleagues(person_of(request))
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Person and site of a membership stay."""
        return () if obj is None else self.readonly_fields

    def formfield_for_choice_field(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Offer roles up to one's own."""
        if db_field.name == "role":
            kwargs["choices"] = [
                choice for choice in Membership.Role.choices if _may_give(request, choice[0])
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Membership, form: Any, change: bool) -> None:
        """Store by the service that knows the rules."""
        by = user_of(request)
        if change:
            members.change_role(obj, role=obj.role, by=by)
            return
        invitation = request.META["gofly.invitation"] = _join(form, by)
        obj.pk, obj.user = invitation.membership.pk, invitation.membership.user

    def response_add(
        self, request: HttpRequest, obj: Membership, post_url_continue: Any = None
    ) -> HttpResponse:
        """Show a new person's password, this once."""
        invitation: Invitation = request.META["gofly.invitation"]
        if not invitation.password:
            return super().response_add(request, obj, post_url_continue)
        return show_once(self, request, obj, welcome_note(obj.user, invitation.password))

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Ask with the number of open conversations, then remove."""
        membership = self.get_object(request, object_id)
        if membership is None or not self.has_delete_permission(request, membership):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if request.method != "POST":
            return ask(self, request, membership, leaving(membership))
        back = reverse("admin:chat_membership_changelist")
        return self.attempt(request, lambda: _remove(request, membership, back), back=back)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Nobody changes the role of somebody above them."""
        allowed = super().has_change_permission(request, obj)
        if obj is None or not allowed:
            return allowed
        return policies.may_give(person_of(request), obj.role, obj.site_id)


@admin.register(Team, site=back_office)
class TeamAdmin(SiteScoped):
    """Teams: members of a site who share a queue."""

    thing = Thing.TEAM
    form = WatchedForm
    list_display = ["name", "site", "member_count"]
    list_select_related = ["site"]
    list_filter = [OwnSiteFilter]
    search_fields = ["name", "site__name"]
    add_fieldsets = [(None, {"fields": ["site", "name"]})]
    fieldsets = [(None, {"fields": ["site", "name", "members"]})]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Team]:
        """Teams with their number of members."""
        return super().get_queryset(request).annotate(size=Count("members"))

    @admin.display(description=_("members"), ordering="size")
    def member_count(self, team: Any) -> int:
        """How many people are in the team."""
        return team.size

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """A team stays with its site."""
        return () if obj is None else ("site",)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kw: Any
    ) -> Any:
        """Offer the members of the team's own site."""
        form = super().get_form(request, obj, change, **kw)
        if obj is not None and "members" in form.base_fields:
            own = Membership.objects.for_site(obj.site_id).select_related("user", "site")
            form.base_fields["members"].queryset = own
        return form

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """One box to tick a member."""
        kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
        field = super().formfield_for_manytomany(db_field, request, **kwargs)
        field.help_text = ""
        return field


def welcome_note(user: User, password: str) -> Secret:
    """What to hand to a new person."""
    return Secret(
        title=gettext("Password of %(name)s") % {"name": user.name},
        sentence=gettext(
            "Hand this over now; the password is not shown again. It is best changed after "
            "signing in, on the profile page."
        ),
        fields=[
            (gettext("Address"), f"{settings.GOFLY_PUBLIC_URLS[0]}/app/"),
            (gettext("User name"), user.username),
            (gettext("Password"), password),
        ],
    )


def leaving(membership: Membership) -> Question:
    """What happens when a member leaves."""
    count = len(members.open_with(membership.user, site=membership.site))
    names = {"name": membership.user.name, "site": membership.site.name}
    return Question(
        title=gettext("Remove %(name)s from %(site)s") % names,
        sentences=[
            gettext("The account stays; messages keep the name they were written under."),
            back_in_queue(count),
        ],
        button=gettext("Remove"),
        dangerous=True,
    )


def back_in_queue(count: int) -> str:
    """How many conversations somebody else has to answer."""
    if count == 0:
        return gettext("No conversation is open with this person.")
    return ngettext(
        "%(count)s open conversation goes back into the queue.",
        "%(count)s open conversations go back into the queue.",
        count,
    ) % {"count": count}


def _join(form: InviteForm, by: User) -> Invitation:
    said = form.cleaned_data
    if (known := said["user"]) is not None:
        joined = members.add_member(known, site=said["site"], role=said["role"], by=by)
        return Invitation(joined, "")
    return members.invite(form.newcomer(), site=said["site"], role=said["role"], by=by)


def _remove(request: HttpRequest, membership: Membership, back: str) -> HttpResponse:
    members.remove_member(membership, by=user_of(request))
    names = {"name": membership.user.name, "site": membership.site.name}
    messages.success(request, gettext("%(name)s does not work for %(site)s any more.") % names)
    return redirect(back)


def _may_give(request: HttpRequest, role: str) -> bool:
    person = person_of(request)
    return person.is_operator or any(
        policies.may_give(person, role, site_id) for site_id in person.roles
    )
