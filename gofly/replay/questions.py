"""The questions of JSON Lines files; a file that cannot be used is named in one sentence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import cycle, islice, zip_longest
from pathlib import Path

from chat.errors import ChatError
from chat.protocol import fields

SHAPE = '{"text": "Where is my card?"}'


class UnusableFile(Exception):
    """A file holds no questions; the text says which file, where, and what is expected."""


def read(paths: Iterable[Path]) -> list[str]:
    """The questions of all files, taken in turn from each."""
    columns = [list(_questions(path)) for path in paths]
    return [text for row in zip_longest(*columns) for text in row if text is not None]


def take(questions: Sequence[str], count: int) -> list[str]:
    """This many questions; after the last one the first comes again."""
    return list(islice(cycle(questions), count))


def _questions(path: Path) -> Iterator[str]:
    lines = _text(path).splitlines()
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        raise UnusableFile(f"{path} is empty; a line looks like {SHAPE}.")
    for number, line in numbered:
        yield _question(line, where=f"Line {number} of {path}")


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnusableFile(f"{path} is not UTF-8 (byte {error.start}); convert it first.") from None
    except OSError as error:
        raise UnusableFile(f"{path} cannot be read: {error.strerror}.") from None


def _question(line: str, *, where: str) -> str:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError):
        raise UnusableFile(f"{where} is not JSON; a line looks like {SHAPE}.") from None
    text = row.get("text") if isinstance(row, dict) else None
    if not isinstance(text, str):
        raise UnusableFile(f"{where} has no text; a line looks like {SHAPE}.")
    try:
        return fields.words(text)
    except ChatError as refusal:
        raise UnusableFile(f"{where} cannot be sent: {refusal}") from None
