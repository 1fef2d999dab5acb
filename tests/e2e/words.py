"""What buttons are called: in English as in the source, in Chinese as in the catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from gettext import NullTranslations, translation
from pathlib import Path

LOCALE = Path(__file__).parents[2] / "locale"
CATALOGUES = {"en": NullTranslations(), "zh-CN": translation("django", LOCALE, ["zh_Hans"])}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, by their English source."""

    lang: str = "en"

    def __call__(self, source: str, context: str = "") -> str:
        """The text as people see it."""
        catalogue = CATALOGUES[self.lang]
        return catalogue.pgettext(context, source) if context else catalogue.gettext(source)

    @property
    def code(self) -> str:
        """The language as our own pages name it."""
        return {"zh-CN": "zh-hans"}.get(self.lang, self.lang)
