"""The pages people see when something went wrong, in the product's own style."""

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.defaults import bad_request

from chat.api.errors import Malformed, plain
from chat.errors import Forbidden, Internal, NotFound

API = "/api/"


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400: what came is no proper request."""
    if request.path.startswith(API):
        return plain(Malformed())
    return bad_request(request, exception)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: signed in as somebody else, or not at all."""
    if request.path.startswith(API):
        return plain(Forbidden())
    return render(request, "errors/403.html", status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the page was open for too long, or came from elsewhere."""
    if request.path.startswith(API):
        return plain(Forbidden())
    return render(request, "errors/403.html", {"stale": True}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: nothing here, or nothing this person may see."""
    if request.path.startswith(API):
        return plain(NotFound())
    return render(request, "errors/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault; the page names the request so that a log line can be found.

    It is drawn without the request: what broke may be the session or the database.
    """
    request_id = structlog.contextvars.get_contextvars().get("request_id", "-")
    if request.path.startswith(API):
        return plain(Internal(request_id))
    page = render_to_string("errors/500.html", {"request_id": request_id})
    return HttpResponse(page, status=500)
