"""Reads the text of a gettext catalogue, so that tests need no gettext."""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from pathlib import Path

LINE = re.compile(r'(?:(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) )?(".*")')


@dataclass(slots=True)
class Entry:
    """One source text with its translations, one for each plural form."""

    msgid: str = ""
    msgid_plural: str = ""
    msgctxt: str = ""
    flags: str = ""
    translations: list[str] = field(default_factory=list)

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from all others."""
        return self.msgctxt, self.msgid, self.msgid_plural


def read(catalogue: Path) -> list[Entry]:
    """The entries after the header."""
    blocks = catalogue.read_text().strip().split("\n\n")
    return [_entry(block) for block in blocks[1:]]


def _entry(block: str) -> Entry:
    entry, word = Entry(), ""
    for line in block.splitlines():
        if line.startswith("#"):
            entry.flags += line.removeprefix("#,") if line.startswith("#,") else ""
            continue
        match = LINE.fullmatch(line)
        assert match, line
        word, text = match[1] or word, ast.literal_eval(match[2])
        if not word.startswith("msgstr"):
            setattr(entry, word, getattr(entry, word) + text)
        elif match[1]:
            entry.translations.append(text)
        else:
            entry.translations[-1] += text
    return entry
