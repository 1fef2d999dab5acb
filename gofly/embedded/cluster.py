"""Making, starting and stopping the server of one folder."""

import contextlib
import fcntl
import os
import shlex
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from gofly.embedded import folders
from gofly.embedded.folders import DATABASE, LONGEST_PATH, EmbeddedError, Place, place
from gofly.embedded.process import is_running
from gofly.embedded.programs import explained, run

SECONDS_TO_ANSWER = 30
MB = 1024 * 1024
SPACE_FOR_FIRST_START = 300 * MB
SPACE_FOR_START = 32 * MB
OPTIONS = (
    "listen_addresses=",
    "unix_socket_directories=.",  # the data folder itself, however its path is written
    "unix_socket_permissions=0700",
    "max_connections=150",
    "jit=off",
    "log_min_error_statement=panic",  # statements and details hold people's messages
    "log_error_verbosity=terse",
)


def start(var: Path, *, options: Sequence[str] = ()) -> bool:
    """Have the server running and the database made; True when this call started it."""
    where = place(var)
    if not folders.short(where.data):
        raise EmbeddedError(
            f"The path {where.data} is longer than {LONGEST_PATH} bytes, too long for a socket; "
            "set GOFLY_DATA to a shorter folder."
        )
    if where.account and not folders.reachable(where.data.parent):
        raise EmbeddedError(
            f"{where.data} has become closed to the account {where.account.pw_name}, which runs "
            "the database; let it pass again with `chmod o+x` on the folders above."
        )
    with _locked(var):
        return _ensure(where, options)


def stop(var: Path) -> bool:
    """Stop the server; True when one was running."""
    where = place(var)
    with _locked(var):
        if not is_running(where):
            return False
        run(where, "pg_ctl", "-D", str(where.data), "-m", "fast", "-w", "stop")
        return True


def _ensure(where: Place, options: Sequence[str]) -> bool:
    """Start the server if it does not run, and wait until it answers."""
    started = False
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while True:
        if not is_running(where):
            _initialise(where)
            _launch(where, options)
            started = True
        try:
            _prove(where)
            return started
        except psycopg.OperationalError as error:
            # It may be starting for somebody else, or have been killed a moment ago.
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL in {where.data} does not answer: {error}"
                ) from None
            time.sleep(0.05)


@contextlib.contextmanager
def _locked(var: Path) -> Iterator[None]:
    """One process at a time starts or stops the server of this folder."""
    try:
        var.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(var / "pg.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise EmbeddedError(
            f"{var} belongs to another account; start gofly as that account, "
            "or set GOFLY_DATA to a folder of your own."
        ) from None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _initialise(where: Place) -> None:
    """Make the data folder at the first start; a half-made one of a cut-off start is made anew."""
    if (where.data / "PG_VERSION").exists():
        return
    _require_space(where.data, SPACE_FOR_FIRST_START)
    shutil.rmtree(where.data, ignore_errors=True)
    if folders.SYSTEM_FOLDER in where.data.parents:
        folders.open_folder(where.data.parent)
    where.data.mkdir(mode=0o700, parents=True)
    if where.account:
        os.chown(where.data, where.account.pw_uid, where.account.pw_gid)
    collation = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    try:
        run(where, "initdb", "-D", str(where.data), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", *collation)  # fmt: skip
    except EmbeddedError:
        shutil.rmtree(where.data, ignore_errors=True)
        raise


def _require_space(folder: Path, needed: int) -> None:
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    if shutil.disk_usage(existing).free < needed:
        raise EmbeddedError(
            f"The disk under {existing} has less than {needed // MB} MB left; "
            "free some space or set GOFLY_DATA to a folder on another disk."
        )


def _launch(where: Place, options: Sequence[str]) -> None:
    """Start the server and wait until it accepts connections."""
    _require_space(where.data, SPACE_FOR_START)  # on a full disk it could not even log the reason
    settings = " ".join(f"-c {shlex.quote(option)}" for option in (*OPTIONS, *options))
    log = where.data / "server.log"
    if log.exists():
        log.replace(where.data / "server.log.1")
    data = str(where.data)
    try:
        run(where, "pg_ctl", "-D", data, "-l", str(log), "-o", settings, "-w", "-t", "60", "start")
    except EmbeddedError as error:
        text = log.read_text(errors="replace") if log.exists() else ""
        raise (explained(text, where.data) if text else error) from None


def _prove(where: Place) -> None:
    """Make sure that the server behind the socket is ours, and that it holds our database."""
    host = str(where.data)
    with psycopg.connect(host=host, user="postgres", dbname="postgres", autocommit=True) as server:
        answer = server.execute("show data_directory").fetchone()
        if not answer or Path(answer[0]).resolve() != where.data.resolve():
            raise EmbeddedError(f"Another database answers in {where.data}.")
        known = "SELECT FROM pg_database WHERE datname = %s"
        if server.execute(known, [DATABASE]).fetchone() is None:
            server.execute(f"CREATE DATABASE {DATABASE}")
