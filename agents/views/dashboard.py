"""The page of the agent dashboard: an empty shell and what its scripts need to start."""

import time
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

import gofly
from agents.dashboard_words import catalogue
from agents.services.colleagues import is_member, teams_of
from chat.models import User

# lit-html makes its templates through a Trusted Types policy of this name; no other may exist.
TRUSTED_TYPES = "require-trusted-types-for 'script'; trusted-types lit-html"


@never_cache
@require_safe
@login_required
def dashboard(request: HttpRequest) -> HttpResponse:
    """The dashboard; everything that changes comes over the socket."""
    user = request.user
    response = render(request, "dashboard/dashboard.html", {"boot": boot(request, user)})
    response.headers["Content-Security-Policy"] = policy(request)
    return response
