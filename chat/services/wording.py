"""Refusals as sentences in the reader's language."""

from __future__ import annotations

from django.conf import settings
from django.utils import translation

from chat.errors import ChatError


def sentence(refusal: ChatError, language: str | None = None) -> str:
    """The sentence of a refusal, in a language of ours or in the active one."""
    with translation.override(language or translation.get_language()):
        text = translation.gettext(refusal.message)
    return text % refusal.params if refusal.params else text


def nearest(wish: str) -> str:
    """The language of ours for a wish such as "zh-CN"; our default where there is none."""
    try:
        return translation.get_supported_language_variant(wish.lower())
    except LookupError:
        return settings.LANGUAGE_CODE
