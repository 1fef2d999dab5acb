"""Where the rows live, and which account runs the server."""

import contextlib
import hashlib
import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

DATABASE = "gofly"
SYSTEM_FOLDER = Path("/var/lib/gofly")
ACCOUNTS = ("gofly", "postgres", "nobody")
# A socket address holds 107 bytes, and PostgreSQL adds the name of its socket.
LONGEST_PATH = 90


class EmbeddedError(Exception):
    """The database cannot run here; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows live and which account runs the server; None is the account we are."""

    data: Path
    account: pwd.struct_passwd | None


def address(var: Path) -> str:
    """The address Django connects to."""
    return f"postgresql://postgres@/{DATABASE}?host={quote(str(place(var).data))}"


def place(var: Path) -> Place:
    """`var/pg`, or a system folder when we are root and the server's account cannot reach `var`."""
    data = var.absolute() / "pg"
    if os.geteuid() != 0:
        return Place(data, None)
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
    apart = SYSTEM_FOLDER / digest / "pg"
    # Rows stay where they are, even when the folders above open or close later.
    if not data.exists() and (apart.exists() or not (short(data) and reachable(data.parent))):
        data = apart
    return Place(data, account_for(data))


def short(data: Path) -> bool:
    return len(os.fsencode(data)) <= LONGEST_PATH


def reachable(folder: Path) -> bool:
    """Whether every account may pass through this folder; parents that do not exist yet count."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)


def account_for(data: Path) -> pwd.struct_passwd:
    """The owner of the data, or an unprivileged account of this machine."""
    if data.exists() and data.stat().st_uid != 0:
        return pwd.getpwuid(data.stat().st_uid)
    for name in ACCOUNTS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedError(
        "PostgreSQL refuses to run as root and this machine has no unprivileged account; "
        "add one with `useradd --system gofly`."
    )


def open_folder(folder: Path) -> None:
    """Make a folder below the system folder that every account may pass, whatever our umask."""
    folder.mkdir(parents=True, exist_ok=True)
    for path in (SYSTEM_FOLDER, folder):
        path.chmod(0o755)
