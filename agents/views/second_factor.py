"""Entering, setting up and giving up the second factor."""

import django_otp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from agents.forms import CodeForm, ConfirmForm, RecoveryForm
from agents.requests import PersonsRequest
from agents.services import second_factor, sessions
from agents.services.second_factor import Step
from agents.views.login import wanted_page


@sensitive_post_parameters("code")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def enter(request: PersonsRequest) -> HttpResponse:
    """Ask for the code of the authenticator, or for a recovery code."""
    if second_factor.step(request.user) is not Step.ENTER:
        return redirect(wanted_page(request))
    by_recovery = "recovery" in request.GET
    form = (RecoveryForm if by_recovery else CodeForm)(request.POST or None)
    page = {"form": form, "by_recovery": by_recovery, "next": wanted_page(request)}
    if not form.is_valid():
        return render(request, "account/second_factor.html", page)
    verdict = second_factor.verify(request.user, code=form.cleaned_data["code"])
    if verdict.device:
        return _let_in(request, verdict.device)
    form.add_error("code", _refusal(verdict.wait_seconds))
    response = render(request, "account/second_factor.html", page)
    if verdict.wait_seconds:
        response.status_code = 429
        response.headers["Retry-After"] = str(verdict.wait_seconds)
    return response


@sensitive_post_parameters("code", "enrolment")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def set_up(request: PersonsRequest) -> HttpResponse:
    """Show a secret; once a code proves that it arrived, hand out recovery codes."""
    user = request.user
    if second_factor.device_of(user):
        return redirect("me")
    enrolment = second_factor.resume_enrolment(user, token=request.POST.get("enrolment", ""))
    form = CodeForm(request.POST if enrolment else None)
    if enrolment and form.is_valid():
        code = form.cleaned_data["code"]
        if device := second_factor.enrol(user, enrolment=enrolment, code=code):
            sessions.keep(request, user)
            django_otp.login(request, device)
            return _recovery_codes(request)
        form.add_error("code", _("This code does not match. Check the clock of your phone."))
    page = {
        "form": form,
        "enrolment": enrolment or second_factor.begin_enrolment(user),
        "required": second_factor.is_required(user),
        "next": wanted_page(request),
    }
    return render(request, "account/second_factor_setup.html", page)


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def new_codes(request: PersonsRequest) -> HttpResponse:
    """Replace the recovery codes, after the password."""
    form = ConfirmForm(request, request.POST or None)
    if not second_factor.device_of(request.user):
        return redirect("me")
    if form.is_valid():
        return _recovery_codes(request)
    return render(request, "account/new_codes.html", {"form": form})


@sensitive_post_parameters("password")
@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def switch_off(request: PersonsRequest) -> HttpResponse:
    """Give the authenticator up, after the password."""
    form = ConfirmForm(request, request.POST or None)
    if not second_factor.device_of(request.user):
        return redirect("me")
    if not form.is_valid():
        page = {"form": form, "required": second_factor.is_required(request.user)}
        return render(request, "account/second_factor_off.html", page)
    second_factor.remove(request.user)
    sessions.keep(request, request.user)
    messages.success(request, _("Two-step sign-in is off. All other sessions have ended."))
    return redirect("me")


def _let_in(request: PersonsRequest, device: second_factor.TOTPDevice) -> HttpResponse:
    django_otp.login(request, device)
    request.session.cycle_key()
    return redirect(wanted_page(request))


def _recovery_codes(request: PersonsRequest) -> HttpResponse:
    codes = second_factor.new_recovery_codes(request.user)
    page = {"codes": codes, "next": wanted_page(request)}
    return render(request, "account/recovery_codes.html", page)


def _refusal(wait_seconds: int) -> str:
    if not wait_seconds:
        return _("This code is not valid. Wait for the next one and try again.")
    return ngettext(
        "Too many wrong codes. Try again in %(seconds)d second.",
        "Too many wrong codes. Try again in %(seconds)d seconds.",
        wait_seconds,
    ) % {"seconds": wait_seconds}
