"""How the theme looks and what its menu holds; `UNFOLD` in the settings names these functions."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import gettext as _

from chat import policies
from chat.policies import Deed, Thing
from chat.services import members

# The accent and the greys of static/css/tokens.css, as the theme's eleven steps.
PRIMARY = {
    "50": "#f4f7ff",
    "100": "#eaf0fe",
    "200": "#d3dffc",
    "300": "#b3c7fb",
    "400": "#9db8ff",
    "500": "#7f9ffb",
    "600": "#2456e6",
    "700": "#1c47c4",
    "800": "#1b3a99",
    "900": "#1a2f73",
    "950": "#1a2645",
}
BASE = {
    "50": "#f8f9fb",
    "100": "#f0f2f6",
    "200": "#e4e7ed",
    "300": "#c9cfda",
    "400": "#8f9aab",
    "500": "#606b80",
    "600": "#465063",
    "700": "#323b4a",
    "800": "#252c37",
    "900": "#14181f",
    "950": "#0c0f14",
}
FONT = {
    "subtle-light": "var(--color-base-500)",
    "subtle-dark": "var(--color-base-400)",
    "default-light": "var(--color-base-600)",
    "default-dark": "var(--color-base-300)",
    "important-light": "var(--color-base-900)",
    "important-dark": "var(--color-base-100)",
}


def colors(request: HttpRequest) -> dict[str, dict[str, str]]:
    """The product's colours."""
    return {"primary": dict(PRIMARY), "base": dict(BASE), "font": dict(FONT)}


def style(request: HttpRequest) -> str:
    """Our additions to the theme's style sheet."""
    return static("admin_gofly/back_office.css")


def favicon(request: HttpRequest) -> str:
    """The product's sign in the browser's tab."""
    return static("img/favicon.svg")


def theme_script(request: HttpRequest) -> str:
    """Keeps light or dark the same here and in the dashboard."""
    return static("admin_gofly/theme.js")


def expressions_script(request: HttpRequest) -> str:
    """What the theme's Alpine cannot read without eval."""
    return static("admin_gofly/expressions.js")


def account_links(request: HttpRequest) -> list[dict[str, str]]:
    """The links above "Log out"."""
    return [
        {"title": _("Dashboard"), "link": "/app/"},
        {"title": _("Profile"), "link": reverse("me")},
    ]


def navigation(request: HttpRequest) -> list[dict[str, Any]]:
    """The menu, with what this person may see."""
    person = members.person_of(request.user)  # type: ignore[arg-type]

    def item(title: str, icon: str, model: str, thing: Thing) -> list[dict[str, Any]]:
        if not policies.may(person, Deed.VIEW, thing):
            return []
        link = reverse(f"admin:{model}_changelist")
        return [{"title": title, "icon": icon, "link": link}]

    return [
        {
            "items": [
                {"title": _("Overview"), "icon": "home", "link": reverse("admin:index")},
                {"title": _("Dashboard"), "icon": "chat", "link": "/app/"},
            ],
        },
        {
            "title": _("Set-up"),
            "separator": True,
            "items": [
                *item(_("Sites"), "storefront", "chat_site", Thing.SITE),
                *item(_("API tokens"), "key", "chat_apitoken", Thing.API_ACCESS),
            ],
        },
        {
            "title": _("People"),
            "separator": True,
            "items": [
                *item(_("Members"), "badge", "chat_membership", Thing.MEMBER),
                *item(_("Teams"), "groups", "chat_team", Thing.TEAM),
                *item(_("Users"), "person", "chat_user", Thing.USER),
            ],
        },
        {
            "title": _("Customers"),
            "separator": True,
            "items": [
                *item(_("Conversations"), "forum", "chat_conversation", Thing.CONVERSATION),
                *item(_("Visitors"), "travel_explore", "chat_visitor", Thing.VISITOR),
            ],
        },
        {
            "title": _("Trust"),
            "separator": True,
            "items": [*item(_("Audit log"), "history", "auditlog_logentry", Thing.AUDIT)],
        },
    ]
