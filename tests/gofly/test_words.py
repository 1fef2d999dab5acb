"""The words of the interface: all of them translated, compiled, and written well."""

from __future__ import annotations

import gettext
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests.gofly.catalogues import Entry, read

BASE: Path = settings.BASE_DIR
FOLDER = Path("locale/zh_Hans/LC_MESSAGES")
CHINESE = read(BASE / FOLDER / "django.po")
NOT_COPIED = shutil.ignore_patterns(".*", "__pycache__", "build", "node_modules", "tests", "var")

HAN = "[\u4e00-\u9fff]"
PLACE = re.compile(r"%\(\w+\)[sd]|%[sd]|\{\w*\}")
HALF_WIDTH = re.compile(rf"{HAN}\s*[,.;:!?()]|[,;!?()]\s*{HAN}")
# Chinese stands apart from Latin letters, digits and what will become such.
TOO_CLOSE = re.compile(rf"{HAN}[A-Za-z0-9%{{]|[A-Za-z0-9}}]{HAN}")


def faulty(pattern: re.Pattern[str]) -> list[str]:
    return [text for entry in CHINESE for text in entry.translations if pattern.search(text)]


def places(text: str) -> list[str]:
    return sorted(PLACE.findall(text))


def test_every_text_has_a_chinese_translation() -> None:
    assert [entry.msgid for entry in CHINESE if not all(entry.translations)] == []
    assert [entry.msgid for entry in CHINESE if "fuzzy" in entry.flags] == []


def test_the_catalogue_lists_no_text_twice() -> None:
    keys = [entry.key for entry in CHINESE]
    assert len(keys) == len(set(keys))


def test_the_compiled_catalogue_holds_what_the_written_one_says() -> None:
    with (BASE / FOLDER / "django.mo").open("rb") as compiled:
        texts = gettext.GNUTranslations(compiled)._catalog  # type: ignore[attr-defined]
    assert {key: text for key, text in texts.items() if key} == dict(map(compiled_form, CHINESE))


def compiled_form(entry: Entry) -> tuple[object, str]:
    msgid = f"{entry.msgctxt}\x04{entry.msgid}" if entry.msgctxt else entry.msgid
    return (msgid, 0) if entry.msgid_plural else msgid, entry.translations[0]


@pytest.mark.skipif(shutil.which("xgettext") is None, reason="gettext is not installed")
def test_the_catalogue_holds_exactly_the_texts_of_the_source(tmp_path: Path) -> None:
    source = tmp_path / "source"
    shutil.copytree(BASE, source, ignore=NOT_COPIED)
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--verbosity=0"],
        cwd=source,
        env=os.environ | {"GOFLY_ENV": "test", "GOFLY_DATA": str(tmp_path / "data")},
        check=True,
    )
    collected = {entry.key for entry in read(source / FOLDER / "django.po")}
    assert collected == {entry.key for entry in CHINESE}


def test_a_translation_has_the_places_of_its_source() -> None:
    for entry in CHINESE:
        for text in entry.translations:
            assert places(text) == places(entry.msgid_plural or entry.msgid)


def test_the_chinese_uses_full_width_punctuation() -> None:
    assert faulty(HALF_WIDTH) == []


def test_a_space_stands_between_chinese_and_latin() -> None:
    assert faulty(TOO_CLOSE) == []


def test_the_chinese_never_shouts() -> None:
    assert faulty(re.compile("[!！]")) == []
