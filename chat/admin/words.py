"""Words: refusals as sentences, and what the admin theme leaves in English."""

from collections.abc import Iterable

from django.utils.translation import gettext, gettext_noop, pgettext

from chat.errors import ChatError
from chat.services.wording import sentence

# The theme brings no catalogue. Naming its words here lets ours translate them.
OF_THE_THEME = (
    gettext_noop("Apply filters"),
    gettext_noop("Click to cancel"),
    gettext_noop("Dark"),
    gettext_noop("Date"),
    gettext_noop("Expand row"),
    gettext_noop("False"),
    gettext_noop("Filters"),
    gettext_noop("General"),
    gettext_noop("Light"),
    gettext_noop("More actions"),
    gettext_noop("Next"),
    gettext_noop("No data"),
    gettext_noop("No results found"),
    gettext_noop("Previous"),
    gettext_noop("Reset filters"),
    gettext_noop("Run"),
    gettext_noop("Select action"),
    gettext_noop("Select action to run"),
    gettext_noop("Select all rows"),
    gettext_noop("Select record"),
    gettext_noop("Select value"),
    gettext_noop("System"),
    gettext_noop("This item will be deleted."),
    gettext_noop("This page yielded into no results. Create a new item or reset your filters."),
    gettext_noop("True"),
    gettext_noop("Type to search"),
)


def listed(words: Iterable[object]) -> str:
    """Words one after the other, with the reader's comma between them."""
    return pgettext("between the words of a list", ", ").join(map(str, words))


def said(refusal: Exception) -> str:
    """A refusal as a sentence in the reader's language."""
    return sentence(refusal) if isinstance(refusal, ChatError) else gettext(str(refusal))
