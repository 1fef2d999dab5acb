"""What a session is worth at each request: nothing on visitors' pages, little before the factor."""

from collections.abc import Callable
from typing import cast

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.http import urlencode
from django.utils.translation import gettext_noop

from agents.services import second_factor, sessions
from agents.services.second_factor import Step
from agents.sessions import SessionStore
from chat.api.errors import plain
from chat.errors import Forbidden

Answer = Callable[[HttpRequest], HttpResponse]

# Pages for people who sign in. Everywhere else nobody is signed in, whatever cookie comes.
PEOPLES_PATHS = ("/app/", "/admin/", "/api/")
ALWAYS_OPEN = ("logout", "language")
OPEN_AT = {Step.ENTER: "second-factor", Step.SET_UP: "second-factor-setup"}

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
    "media-src 'self'; font-src 'self'; connect-src 'self' {socket}; worker-src 'self'; "
    "manifest-src 'self'; frame-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'self'; require-trusted-types-for 'script'"
)


class SecondFactorFirst(Forbidden):
    """The password was right, and the code is still to come."""

    message = gettext_noop("Finish signing in first: enter the code of your second factor.")


def policy_of_app(get_response: Answer) -> Answer:
    """Pages below /app/ run and show nothing but our own files, and nobody may frame them."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/app/"):
            scheme = "wss" if request.is_secure() else "ws"
            policy = POLICY.format(socket=f"{scheme}://{request.get_host()}")
            response.headers.setdefault("Content-Security-Policy", policy)
        return response

    return answer


def people_only_where_they_work(get_response: Answer) -> Answer:
    """Sign everybody out of the pages that are not for people who sign in."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PEOPLES_PATHS):
            request.user, request.auser = AnonymousUser(), sync_to_async(AnonymousUser)
        return get_response(request)

    return answer


def second_factor_first(get_response: Answer) -> Answer:
    """Refuse everything but the second factor's pages until it is done."""

    def answer(request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return get_response(request)
        step = second_factor.step(request.user)
        if step is Step.NOTHING or request.path in _open_paths(step):
            return get_response(request)
        return _refusal(request, reverse(OPEN_AT[step]))

    return answer


def sessions_in_use(get_response: Answer) -> Answer:
    """Keep a session alive that is used, and speak its person's language."""

    def answer(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            sessions.touch(cast(SessionStore, request.session))
            _speak(request, request.user.language)
        return get_response(request)

    return answer


def _speak(request: HttpRequest, language: str) -> None:
    if language in dict(settings.LANGUAGES):
        translation.activate(language)
        request.LANGUAGE_CODE = translation.get_language()


def _open_paths(step: Step) -> set[str]:
    return {reverse(name) for name in (OPEN_AT[step], *ALWAYS_OPEN)}


def _refusal(request: HttpRequest, page: str) -> HttpResponse:
    if request.path.startswith("/api/"):
        return plain(SecondFactorFirst())
    wanted = request.get_full_path() if request.method == "GET" else settings.LOGIN_REDIRECT_URL
    return redirect(f"{page}?{urlencode({REDIRECT_FIELD_NAME: wanted})}")
