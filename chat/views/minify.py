"""Shortens scripts and style sheets as they are served; the sources stay as people read them."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec

# ES2019 is what the oldest web views we serve understand.
_PROGRAM = (
    "import minify, sys; minify.config({'js-version': 2019}); "
    "sys.stdout.write(minify.string(sys.argv[1], sys.stdin.read()))"
)


def minified(text: str, media_type: str) -> str:
    """The text without comments and long names, or unchanged where no minifier is installed.

    Another process does it: the minifier carries a Go runtime, which has no place beside sockets.
    """
    if find_spec("minify") is None:
        return text
    done = subprocess.run(  # noqa: S603  # our own interpreter and our own files
        [sys.executable, "-X", "utf8", "-c", _PROGRAM, media_type],
        input=text,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    return done.stdout
