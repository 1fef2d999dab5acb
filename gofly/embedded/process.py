"""The server's process: alive, gone, or a zombie that still has its number."""

import subprocess
import time
from collections.abc import Sequence
from pathlib import Path

from gofly.embedded.folders import EmbeddedError, Place


def is_running(where: Place) -> bool:
    """Whether the process that `postmaster.pid` names lives; a dead one's files are removed."""
    try:
        lines = (where.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    except PermissionError:
        raise EmbeddedError(
            f"{where.data} belongs to another account; start gofly as that account."
        ) from None
    if lives(int(lines[0])):
        return True
    _await_silence(lines)
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
        (where.data / name).unlink(missing_ok=True)
    return False


def lives(pid: int) -> bool:
    """Whether this is a living PostgreSQL: not a zombie and not a stranger with the same number."""
    stat = Path(f"/proc/{pid}/stat")
    if not Path("/proc/self/stat").exists():
        return _answers(pid)
    try:
        name, _, rest = stat.read_text().partition("(")[2].rpartition(")")
    except (FileNotFoundError, ProcessLookupError):
        return False
    return name == "postgres" and rest.split()[0] not in "ZX"


def _answers(pid: int) -> bool:
    """The same question on systems without /proc."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


def _await_silence(lines: Sequence[str]) -> None:
    """Wait until the children of a killed server have let go of its shared memory.

    PostgreSQL makes sure of this itself, but not when it finds a zombie under the old number.
    """
    table = Path("/proc/sysvipc/shm")
    if len(lines) < 7 or not table.exists():
        return
    segment = lines[6].split()[-1]
    deadline = time.monotonic() + 10
    while any(
        row[1] == segment and row[6] != "0"
        for row in map(str.split, table.read_text().splitlines())
    ):
        if time.monotonic() > deadline:
            raise EmbeddedError(
                "Processes of a killed PostgreSQL still hold its memory; end them and start again."
            )
        time.sleep(0.05)
