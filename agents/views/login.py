"""Signing in and out, and the language of the pages."""

import math
from typing import Any

from django.conf import settings
from django.contrib import auth
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST
from django.views.i18n import set_language

from agents import lockout
from agents.forms import SignInForm
from chat.models import User


def wanted_page(request: HttpRequest) -> str:
    """The page to go on to: a path of ours, whatever the request asks for."""
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    ours = wanted.startswith("/") and url_has_allowed_host_and_scheme(wanted, allowed_hosts=None)
    return wanted if ours else settings.LOGIN_REDIRECT_URL


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Let a person in by name and password."""
    if request.user.is_authenticated:
        return redirect(wanted_page(request))
    form = SignInForm(request, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        page = {"form": form, "next": wanted_page(request)}
        return render(request, "account/login.html", page)
    auth.login(request, form.get_user())
    response = redirect(wanted_page(request))
    lockout.remember_device(response, form.get_user().get_username())
    return response


def locked_out(
    request: HttpRequest, response: HttpResponse, credentials: dict[str, Any] | None
) -> HttpResponse:
    """The answer to one wrong password too many, on whichever page it was typed."""
    seconds = lockout.seconds_to_wait(request, credentials)
    page = {"minutes": math.ceil(seconds / 60)}
    refusal = render(request, "account/locked.html", page, status=429)
    refusal.headers["Retry-After"] = str(seconds)
    return refusal


@never_cache
@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End this session."""
    auth.logout(request)
    return redirect("login")


@never_cache
def admin_sign_in(request: HttpRequest) -> HttpResponse:
    """Send people who want into the back office to our own page."""
    if request.user.is_authenticated:
        raise PermissionDenied
    wanted = wanted_page(request) if "next" in request.GET else reverse("admin:index")
    return redirect(f"{reverse('login')}?{urlencode({'next': wanted})}")


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """Remember the language in the browser, and with the person if one is signed in."""
    code = request.POST.get("language", "")
    if request.user.is_authenticated and code in dict(settings.LANGUAGES):
        User.objects.filter(pk=request.user.pk).update(language=code)
    return set_language(request)
