"""Which process runs this folder's installation, so that a second start can say so."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class AlreadyRunningError(Exception):
    """Another process runs this installation; `url` is where it answers."""

    def __init__(self, url: str, pid: int) -> None:
        """Name the address and the process."""
        super().__init__(f"gofly is already running at {url} (process {pid}).")
        self.url = url
        self.pid = pid


@contextmanager
def claimed(var: Path, url: str) -> Iterator[None]:
    """Hold the installation for the length of the block; the kernel lets go when we die."""
    var.mkdir(parents=True, exist_ok=True)
    with (var / "up.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _runner(file.name) from None
        file.truncate(0)
        file.write(f"{os.getpid()} {url}\n")
        file.flush()
        yield


def runner(var: Path) -> AlreadyRunningError | None:
    """Who runs this installation, if anybody."""
    path = var / "up.lock"
    if not path.exists():
        return None
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return _runner(file.name)
    return None


def _runner(path: str) -> AlreadyRunningError:
    pid, _, url = Path(path).read_text().strip().partition(" ")
    return AlreadyRunningError(url, int(pid or 0))
