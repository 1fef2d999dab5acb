"""Static files for serving: collected anew only when one of them has changed."""

import hashlib
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

STAMP = "collected"


def collect() -> None:
    """Collect and hash the static files, unless nothing changed since the last time."""
    stamp = Path(settings.STATIC_ROOT) / STAMP
    current = fingerprint()
    if stamp.exists() and stamp.read_text() == current:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(current)


def fingerprint() -> str:
    """A digest of every static file's path, size and time."""
    digest = hashlib.sha256()
    for finder in get_finders():
        for name, storage in sorted(finder.list([]), key=lambda found: found[0]):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name}:{facts.st_size}:{facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
