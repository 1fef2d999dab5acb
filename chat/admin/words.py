"""Words: refusals as sentences, and what the admin theme leaves in English."""

from django.utils.translation import gettext, gettext_noop

from chat.errors import ChatError
from chat.services.wording import sentence

# The theme brings no catalogue. Naming its words here lets ours translate them.
OF_THE_THEME = (
    gettext_noop("Apply filters"),
    gettext_noop("Dark"),
    gettext_noop("Filters"),
    gettext_noop("Light"),
    gettext_noop("More actions"),
    gettext_noop("Next"),
    gettext_noop("Previous"),
    gettext_noop("Reset filters"),
    gettext_noop("Select action"),
    gettext_noop("Select value"),
    gettext_noop("System"),
    gettext_noop("Type to search"),
)


def said(refusal: Exception) -> str:
    """A refusal as a sentence in the reader's language."""
    return sentence(refusal) if isinstance(refusal, ChatError) else gettext(str(refusal))
