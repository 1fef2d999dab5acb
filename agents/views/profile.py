"""A person's own page: profile, password, second factor and sessions."""

from typing import Any

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from agents.forms import NewPasswordForm, ProfileForm
from agents.models import Session
from agents.requests import PersonsRequest
from agents.services import second_factor, sessions
from chat import devices


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def me(request: PersonsRequest) -> HttpResponse:
    """Show the page; store the profile."""
    form = ProfileForm(request.POST or None, instance=request.user)
    if not form.is_valid():
        return _page(request, profile=form)
    user = form.save()
    with override(user.language or get_language()):
        messages.success(request, _("Your profile is saved."))
    return redirect("me")


@sensitive_post_parameters()
@never_cache
@login_required
@require_POST
def change_password(request: PersonsRequest) -> HttpResponse:
    """Take a new password; every other session ends."""
    form = NewPasswordForm(request, request.POST)
    if not form.is_valid():
        return _page(request, password=form)
    form.save()
    sessions.keep(request, request.user)
    messages.success(request, _("Your password is changed. All other sessions have ended."))
    return redirect("me")


@never_cache
@login_required
@require_POST
def end_session(request: PersonsRequest) -> HttpResponse:
    """Sign one of the person's browsers out."""
    if sessions.end_one(request.user, name=request.POST.get("session", "")):
        messages.success(request, _("That session has ended."))
    return redirect("me")


@never_cache
@login_required
@require_POST
def end_all_sessions(request: PersonsRequest) -> HttpResponse:
    """Sign the person out everywhere, here too."""
    sessions.end_all(request.user)
    auth.logout(request)
    messages.success(request, _("You are signed out everywhere."))
    return redirect("login")


def _page(request: PersonsRequest, **bound: Any) -> HttpResponse:
    user = request.user
    page = {
        "profile": ProfileForm(instance=user),
        "password": NewPasswordForm(request),
        "device": second_factor.device_of(user),
        "memberships": user.memberships.select_related("site"),
        "codes_left": user.recovery_codes.count(),
        "sessions": [_session(row, request) for row in Session.objects.living().filter(user=user)],
    }
    return render(request, "account/me.html", page | bound)


def _session(row: Session, request: PersonsRequest) -> dict[str, Any]:
    is_this = row.session_key == request.session.session_key
    return {"row": row, "device": devices.read(row.device), "is_this": is_this}
