"""What is done to text on its way in: control characters, normal form, blankness."""

from __future__ import annotations

import re
import unicodedata

# Cc except tab and newline; category Cf stays, emoji and Arabic need it
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
# PostgreSQL refuses NUL, and UTF-8 has no code for half a surrogate pair
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# Letters and symbols that show nothing: fillers, the empty braille cell, variation selectors
_HOLLOW = re.compile(r"[\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\ufe00-\ufe0f\uffa0]")
_INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def clean(text: str) -> str:
    r"""The text without control characters, in Unicode's composed form.

    >>> clean("e\u0301\r\n\x1b[31m")
    'é\n[31m'
    """
    return unicodedata.normalize("NFC", _CONTROL.sub("", text))


def is_storable(text: str) -> bool:
    """Whether UTF-8 and PostgreSQL can hold every character."""
    return _UNSTORABLE.search(text) is None


def is_blank(text: str) -> bool:
    r"""Whether a reader would see nothing at all.

    >>> is_blank(" \u200b\u2060"), is_blank(" . ")
    (True, False)
    """
    return all(
        unicodedata.category(character) in _INVISIBLE or _HOLLOW.match(character)
        for character in text
    )
