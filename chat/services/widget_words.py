"""The words of the chat page that its script puts in; the rest stand in the template."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import pgettext


def chat_words() -> dict[str, object]:
    """Words of the chat page in the active language; %s is filled by the script."""
    return {
        "you": _("You"),
        "agent": _("Support"),
        "bot": _("Assistant"),
        "today": _("Today"),
        "queued": pgettext("message", "Waiting"),
        "sent": _("Sent"),
        "read": _("Read"),
        "failed": _("Not sent."),
        "old": _("Written a day ago. Still send it?"),
        "retry": _("Retry"),
        "remove": _("Delete"),
        "edited": _("edited"),
        "removed": _("This message was deleted."),
        "typing": _("%s is typing"),
        "events": event_words(),
        **notice_words(),
    }


def event_words() -> dict[str, str]:
    """What happened to the conversation, told to the visitor."""
    return {
        "assigned": _("%s joined the chat"),
        "transferred": _("%s joined the chat"),
        "released": _("You are back in the queue"),
        "resolved": _("The chat was closed"),
    }


def notice_words() -> dict[str, str]:
    """The one sentence above the messages."""
    return {
        "offline": _("You are offline. Messages go out when you are back."),
        "reconnecting": _("Reconnecting… your messages are safe."),
        "replaced": _("The chat is open in another window. Click to go on here."),
        "gone": _("Chat is not available at the moment."),
        "identity": _("Please sign in again, then reload the page."),
        "full": _("Too many unsent messages. Wait until some are sent."),
        "rate": _("You write fast. Sent in %s s."),
        "alone": _("This browser keeps nothing. Stay here until your messages are sent."),
        "queue": _("Your place in the queue: %s"),
        "ended": _("The chat is closed. Write to start again."),
    }


def launcher_words() -> dict[str, str]:
    """What the loader says on the host page."""
    return {
        "open": _("Open chat"),
        "close": _("Close chat"),
        "unread": _("unread"),
        "dismiss": _("Dismiss"),
    }
