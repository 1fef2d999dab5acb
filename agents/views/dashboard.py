"""The page of the agent dashboard: an empty shell and what its scripts need to start."""

import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from agents.dashboard_words import catalogue
from agents.middleware import POLICY
from agents.requests import PersonsRequest
from chat.models import Membership, Team, User

CLIENT = "dashboard/0.1.0"
SOCKET_PATH = "/ws/v1/agent"
SUBPROTOCOL = "gofly.v1"

STATIC = Path(settings.BASE_DIR) / "static"
# Named in the page, so that the browser asks for all of them at once.
MODULES = sorted(
    str(module.relative_to(STATIC))
    for folder in ("dashboard", "vendor/lit-html", "vendor/signals-core")
    for module in (STATIC / folder).rglob("*.js")
)


@never_cache
@require_safe
@login_required
def dashboard(request: PersonsRequest) -> HttpResponse:
    """The dashboard; everything that changes comes over the socket."""
    page = {"boot": boot(request, request.user), "modules": MODULES}
    response = render(request, "dashboard/dashboard.html", page)
    response.headers["Content-Security-Policy"] = policy(request)
    return response


def boot(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the scripts know before the socket is open."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "client": CLIENT,
        "now": int(time.time() * 1000),
        "user": {"id": f"ag_{user.pk}", "name": user.name, "state": "online"},
        "member": Membership.objects.working().filter(user=user).exists(),
        "teams": teams(user),
        "language": language,
        "other_language": "en" if language == "zh-hans" else "zh-hans",
        "words": catalogue(),
        "csrf": get_token(request),
        "protocol": SUBPROTOCOL,
        "socket_url": socket_origin(request) + SOCKET_PATH,
        "ticket_url": reverse("ws-ticket"),
        "urls": {
            "dashboard": reverse("dashboard"),
            "login": reverse("login"),
            "logout": reverse("logout"),
            "language": reverse("language"),
            "profile": reverse("me"),
            "admin": reverse("admin:index"),
        },
    }


def teams(user: User) -> list[dict[str, str]]:
    """The teams a conversation can be handed to, of every site this person works for."""
    found = Team.objects.filter(site__memberships__user=user, site__is_active=True)
    return [
        {"id": f"tm_{team.pk}", "name": team.name, "site": team.site.key}
        for team in found.select_related("site")
    ]


def socket_origin(request: HttpRequest) -> str:
    """Where the socket lies: this host, encrypted when the page is."""
    return f"{'wss' if request.is_secure() else 'ws'}://{request.get_host()}"


def policy(request: HttpRequest) -> str:
    """The policy of /app/, with the one Trusted Types policy that lit-html needs."""
    return POLICY.format(socket=socket_origin(request)) + "; trusted-types lit-html"
