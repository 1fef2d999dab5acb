"""A server of the replay's own: a child process with an empty database in a temporary folder."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gofly import embedded

ROOT = Path(__file__).resolve().parents[2]
SECONDS_TO_START = 60
SECONDS_TO_STOP = 30
# Below the range from which outgoing connections get their ports.
PORTS = range(20_000, 32_000)


class StageError(Exception):
    """The server did not start; the text says why."""


@contextmanager
def private_server(*, sockets: int, **changes: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Run a server for this many clients; its address, and the environment that speaks to it.

    `changes` are settings that differ from those of a demo.
    """
    folder = Path(tempfile.mkdtemp(prefix="gofly-replay-"))
    folder.chmod(0o755)  # as root the database runs as another account
    try:
        embedded.start(folder)
        url = f"http://127.0.0.1:{free_port()}"
        environment = os.environ | _settings(folder, url, sockets) | changes
        with _serving(environment, url, folder / "printed"):
            yield url, environment
    finally:
        embedded.stop(folder)
        shutil.rmtree(embedded.place(folder).data, ignore_errors=True)
        shutil.rmtree(folder)


def _settings(folder: Path, url: str, sockets: int) -> dict[str, str]:
    """Every setting that `.env` could hold has to be said: it must not lead to real data."""
    return {
        "GOFLY_ENV": "demo",
        "GOFLY_DATA": str(folder),
        "GOFLY_STATIC": str(folder / "static"),
        "GOFLY_PUBLIC_URLS": url,
        "GOFLY_SECOND_FACTOR": "offered",
        "DATABASE_URL": embedded.address(folder),
        "PORT": url.rpartition(":")[2],
        "ALLOWED_HOSTS": "127.0.0.1",
        "SECRET_KEY": "",
        "REDIS_URL": "",
        "EMAIL_URL": "",
        "DEBUG": "0",
        # All clients come from one address.
        "GOFLY_LIMIT_SOCKETS_PER_IP": str(2 * sockets),
        "GOFLY_LIMIT_CONVERSATIONS_PER_IP_HOUR": str(2 * sockets),
    }


@contextmanager
def _serving(environment: dict[str, str], url: str, printed: Path) -> Iterator[None]:
    command = [sys.executable, str(ROOT / "manage.py"), "up"]
    with printed.open("w") as output:
        process = subprocess.Popen(  # noqa: S603  (our own program)
            command,
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # a Ctrl-C ends the replay, and that ends the server
        )
    try:
        _await_ready(process, url, printed)
        yield
    finally:
        process.terminate()
        try:
            process.wait(SECONDS_TO_STOP)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _await_ready(process: subprocess.Popen[bytes], url: str, printed: Path) -> None:
    deadline = time.monotonic() + SECONDS_TO_START
    while not _is_ready(url):
        if process.poll() is not None:
            raise StageError(f"The server did not start: {printed.read_text().strip()}")
        if time.monotonic() > deadline:
            raise StageError(f"The server is not ready after {SECONDS_TO_START} s.")
        time.sleep(0.05)


def _is_ready(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=5):  # noqa: S310  (http, our own)
            return True
    except (urllib.error.URLError, OSError):
        return False


def free_port() -> int:
    """A port that nobody listens on."""
    for port in random.sample(PORTS, 100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) != 0:
                return port
    raise StageError("All of a hundred ports are taken.")
