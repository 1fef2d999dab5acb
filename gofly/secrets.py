"""The key that signs sessions: made for a local installation, judged for a public one."""

import contextlib
import os
import secrets
from pathlib import Path

SHORTEST = 50
WELL_KNOWN = ("changeme", "change-me", "django-insecure-", "secret", "password", "example")


def weakness(key: str) -> str:
    """What is wrong with this key, or nothing."""
    if len(key) < SHORTEST:
        return f"allowed are random keys of at least {SHORTEST} characters"
    if key.lower().startswith(WELL_KNOWN):
        return f"allowed are keys that do not begin with {', '.join(WELL_KNOWN)}"
    if len(set(key)) < 12:
        return "allowed are random keys of at least 12 different characters"
    return ""


def local_key(path: Path) -> str:
    """The key of a local installation, made at the first call and readable by its owner alone."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(64))
        with contextlib.suppress(FileExistsError):  # another process was quicker
            path.hardlink_to(fresh)
        fresh.unlink()
    return path.read_text(encoding="ascii").strip()
