"""The widget's files as browsers get them: joined, without comments, packed once."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import rcssmin
import rjsmin
from django.conf import settings
from django.contrib.staticfiles import finders

# In the order in which one builds on the other.
CHAT_SCRIPTS = (
    "text",
    "page",
    "link",
    "thread",
    "store",
    "outbox",
    "tabs",
    "lines",
    "log",
    "composer",
    "notice",
    "session",
    "chat",
)


@dataclass(frozen=True, slots=True)
class Bundle:
    """One file on the wire."""

    body: bytes
    packed: bytes
    digest: str
    content_type: str


def _bundle(text: str, content_type: str) -> Bundle:
    body = text.encode()
    packed = gzip.compress(body, compresslevel=9, mtime=0)
    return Bundle(body, packed, hashlib.sha256(body).hexdigest()[:12], content_type)


def _kept(build: Callable[[], Bundle]) -> Callable[[], Bundle]:
    """Build once; while the product is being developed, at every request."""
    kept = cache(build)
    return lambda: build() if settings.DEBUG else kept()


def _source(name: str) -> str:
    found = finders.find(f"widget/{name}")
    if found is None:
        raise FileNotFoundError(f"static/widget/{name}")
    return Path(found).read_text(encoding="utf-8")


def _script(text: str) -> str:
    """One function around it all: the page's global names stay its own."""
    return f'(function(){{"use strict"\n{rjsmin.jsmin(text)}\n}})()'


@_kept
def loader() -> Bundle:
    """`/w.js`, which carries its style sheet as a string."""
    style = json.dumps(rcssmin.cssmin(_source("loader/loader.css")))
    script = _script(f"const CSS = {style}\n{_source('loader/loader.js')}")
    return _bundle(script, "text/javascript; charset=utf-8")


@_kept
def chat_script() -> Bundle:
    """The script of the chat page."""
    parts = [_source(f"chat/{name}.js") for name in CHAT_SCRIPTS]
    return _bundle(_script("\n".join(parts)), "text/javascript; charset=utf-8")


@_kept
def chat_style() -> Bundle:
    """The style sheet of the chat page."""
    return _bundle(rcssmin.cssmin(_source("chat/chat.css")), "text/css; charset=utf-8")
