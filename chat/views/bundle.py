"""The widget's files as browsers get them: joined, without comments, packed once."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders

from chat.views.minify import minified

# In the order in which one builds on the other.
CHAT_SCRIPTS = (
    "page",
    "text",
    "link",
    "thread",
    "store",
    "outbox",
    "tabs",
    "session",
    "log",
    "composer",
    "notice",
    "chat",
)
SCRIPT, STYLE = "text/javascript", "text/css"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file on the wire."""

    body: bytes
    packed: bytes
    digest: str
    content_type: str


def _bundle(text: str, media_type: str) -> Bundle:
    body = minified(text, media_type).encode()
    packed = gzip.compress(body, compresslevel=9, mtime=0)
    digest = hashlib.sha256(body).hexdigest()[:8]
    return Bundle(body, packed, digest, f"{media_type}; charset=utf-8")


def _kept(build: Callable[[], Bundle]) -> Callable[[], Bundle]:
    """Build once; while the product is being developed, at every request."""
    kept = cache(build)
    return lambda: build() if settings.DEBUG else kept()


def _source(name: str) -> str:
    found = finders.find(f"widget/{name}")
    if found is None:
        raise FileNotFoundError(f"static/widget/{name}")
    return Path(found).read_text(encoding="utf-8")


def _closed(script: str) -> str:
    """One function around it all: the page's global names stay its own."""
    return f'(function(){{"use strict"\n{script}\n}})()'


@_kept
def loader() -> Bundle:
    """`/w.js`, which carries its style sheet as a string."""
    style = json.dumps(minified(_source("loader/loader.css"), STYLE))
    parts = [f"const CSS = {style}", _source("loader/launcher.js"), _source("loader/loader.js")]
    return _bundle(_closed("\n".join(parts)), SCRIPT)


@_kept
def chat_script() -> Bundle:
    """The script of the chat page."""
    return _bundle(_closed("\n".join(_source(f"chat/{name}.js") for name in CHAT_SCRIPTS)), SCRIPT)


@_kept
def chat_style() -> Bundle:
    """The style sheet of the chat page."""
    return _bundle(_source("chat/chat.css"), STYLE)
