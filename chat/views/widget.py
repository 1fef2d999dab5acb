"""The widget: its loader, the chat page inside a customer's page, and the page of its own."""

from __future__ import annotations

import gzip
import json
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.html import json_script
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from chat.models import Site
from chat.origins import frame_ancestors, may_embed, origin_of
from chat.services.widget import published_site, widget_config, widget_looks, widget_settings
from chat.services.widget_colors import is_color
from chat.views.bundle import Bundle, chat_script, chat_style, loader

HTML_LANGUAGES = {"zh-hans": "zh-CN"}
THEMES = ("light", "dark", "auto")
PAGE_SECONDS = 60  # how old a page may be after its settings were changed
LOADER_CACHE = "public, max-age=300, stale-while-revalidate=86400"
BUNDLE_CACHE = "public, max-age=31536000, immutable"


class PlainEncoder(json.JSONEncoder):
    """Chinese as Chinese: escapes of six bytes a letter would not fit the budget."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options | {"ensure_ascii": False, "separators": (",", ":")})


@require_safe
def loader_script(request: HttpRequest) -> HttpResponse:
    """`/w.js`: one file for every site, under a name that never changes."""
    return _send(request, loader(), LOADER_CACHE)


@require_safe
def bundle(request: HttpRequest, digest: str, kind: str) -> HttpResponse:
    """The chat page's script or style; an old page gets today's file, and soon asks again."""
    found = chat_script() if kind == "js" else chat_style()
    return _send(request, found, BUNDLE_CACHE if digest == found.digest else LOADER_CACHE)


@require_safe
@xframe_options_exempt  # it cannot hold a list; frame-ancestors does
def frame(request: HttpRequest, key: str) -> HttpResponse:
    """The chat page for a frame on a customer's page."""
    site = _site(key)
    referer = request.headers.get("Referer")
    if referer and not may_embed(
        origin_of(referer), site.allowed_origins, settings.GOFLY_PUBLIC_URLS
    ):
        return _refusal()
    return _chat(request, site, framed=True, ancestors=frame_ancestors(site.allowed_origins))


@require_safe
@xframe_options_exempt  # the dashboard previews it
def page(request: HttpRequest, key: str) -> HttpResponse:
    """The chat page as a page of its own, for phones and plain links."""
    response = _chat(request, _site(key), framed=False, ancestors="'self'")
    response.headers["Content-Security-Policy"] += "; worker-src 'self'; manifest-src 'self'"
    return response


def _site(key: str) -> Site:
    site = published_site(key)
    if site is None:
        raise Http404
    return site


def _refusal() -> HttpResponse:
    policy = "default-src 'none'; frame-ancestors 'none'"
    return HttpResponse(status=403, headers={"Content-Security-Policy": policy})


def _chat(request: HttpRequest, site: Site, *, framed: bool, ancestors: str) -> HttpResponse:
    language = _language(request, site)
    with translation.override(language):
        response = render(request, "widget/chat.html", _context(request, site, language, framed))
    response.headers["Content-Security-Policy"] = policy(request, ancestors)
    response.headers["Cache-Control"] = f"private, max-age={PAGE_SECONDS}"
    response.headers["Content-Language"] = language
    patch_vary_headers(response, ("Referer", "Accept-Language", "Accept-Encoding"))
    return _packed(request, response)


def _packed(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Pack the page, without Django's random filling: it holds no secret to be guessed."""
    if _takes_gzip(request):
        response.content = gzip.compress(response.content, mtime=0)
        response.headers["Content-Encoding"] = "gzip"
    return response


def _takes_gzip(request: HttpRequest) -> bool:
    return "gzip" in request.headers.get("Accept-Encoding", "")


def _context(request: HttpRequest, site: Site, language: str, framed: bool) -> dict[str, object]:
    color, theme = request.GET.get("color", ""), request.GET.get("theme", "")
    lang = HTML_LANGUAGES.get(language, language)
    config = widget_config(site, color=color if is_color(color) else "")
    config |= {"lang": lang, "framed": framed}
    return {
        "config": json_script(config, "config", PlainEncoder),
        "widget": widget_looks(site),
        "framed": framed,
        "language": lang,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "theme": theme if theme in THEMES else widget_settings(site).scheme,
        "css": reverse("widget-bundle", args=[chat_style().digest, "css"]),
        "js": reverse("widget-bundle", args=[chat_script().digest, "js"]),
    }


def _language(request: HttpRequest, site: Site) -> str:
    """The language asked for; else the site's own, the host page's, the browser's."""
    chosen = widget_settings(site).language
    fixed = "" if chosen == "auto" else chosen
    for wish in (request.GET.get("lang", ""), fixed, request.GET.get("hint", "")):
        if found := _supported(wish):
            return found
    return translation.get_language_from_request(request)


def _supported(wish: str) -> str:
    try:
        return translation.get_supported_language_variant(wish.lower()) if wish else ""
    except LookupError:
        return ""


def policy(request: HttpRequest, ancestors: str) -> str:
    """The content security policy of the chat page."""
    socket = ("wss://" if request.is_secure() else "ws://") + request.get_host()
    return (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; "
        f"media-src 'self'; connect-src 'self' {socket}; frame-ancestors {ancestors}; "
        "base-uri 'none'; form-action 'self'; require-trusted-types-for 'script'"
    )


def _send(request: HttpRequest, found: Bundle, lifetime: str) -> HttpResponse:
    packed = _takes_gzip(request)
    response = HttpResponse(found.packed if packed else found.body, found.content_type)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Cache-Control"] = lifetime
    # Pages that isolate themselves by COEP may load it all the same.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    patch_vary_headers(response, ("Accept-Encoding",))
    return response
