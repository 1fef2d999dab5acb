"""The demo shop: a page with the pasted line, as a customer would have it."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from chat.models import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; frame-src 'self'; "
    "frame-ancestors 'self'; base-uri 'none'; form-action 'none'"
)


@require_safe
def shop(request: HttpRequest) -> HttpResponse:
    """A small shop with the widget of the first site, or of the one that `site` names."""
    sites = Site.objects.active().order_by("id")
    if key := request.GET.get("site"):
        sites = sites.filter(key=key)
    elif settings.PRODUCTION:
        raise Http404
    site = sites.first()
    if site is None:
        raise Http404
    response = render(request, "demo/shop.html", {"site": site, "wishes": request.GET})
    response.headers["Content-Security-Policy"] = POLICY
    return response
