"""What the widget of a site looks like and says, in the active language."""

from __future__ import annotations

from django.utils.translation import gettext as _

from chat.models import Site, WidgetSettings
from chat.services.widget_colors import palette
from chat.services.widget_words import chat_words, launcher_words

CLIENT = "widget/1.0.0"


def published_site(key: str) -> Site | None:
    """The active site behind a public key, with its widget settings."""
    return Site.objects.active().select_related("widget").filter(key=key).first()


def widget_settings(site: Site) -> WidgetSettings:
    """The site's settings, or the defaults if nobody has set any."""
    return getattr(site, "widget", None) or WidgetSettings(site=site)


def widget_config(site: Site, *, color: str = "") -> dict[str, object]:
    """What the chat page's script needs to know: no secret and no visitor's data."""
    widget = widget_settings(site)
    looks = widget_looks(site)
    return {
        "site": site.key,
        "client": CLIENT,
        "tagline": looks["tagline"],
        "away": looks["away"],
        "sound": widget.sound,
        "preview": widget.typing_preview,
        "colors": palette(color or widget.color),
        "words": chat_words(),
        "launcher": {
            **launcher_words(),
            "title": looks["title"],
            "text": widget.launcher_text,
            "position": widget.position,
        },
    }


def widget_looks(site: Site) -> dict[str, object]:
    """What the template shows; texts nobody has written have a default."""
    widget = widget_settings(site)
    title = widget.title or site.name
    return {
        "title": title,
        "initial": title[:1].upper(),
        "tagline": widget.tagline or _("We answer as soon as we can."),
        "welcome": widget.welcome or _("Hello! How can we help you?"),
        "away": widget.away_text or _("Nobody is here right now. Write anyway: we answer here."),
        "emoji": widget.emoji,
        "typing_preview": widget.typing_preview,
        "powered_by": widget.powered_by,
    }
