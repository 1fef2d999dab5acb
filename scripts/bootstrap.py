"""Makes `.venv` and installs a requirements file into it, when the file has changed.

Runs on any Python 3 with nothing but the standard library, so it can say what is missing.
"""

import hashlib
import os
import shutil
import subprocess
import sys
from typing import NoReturn

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
VENV = os.path.join(ROOT, ".venv")
VENV_PYTHON = os.path.join(VENV, "bin", "python")
OLDEST = (3, 11)
BYTES_NEEDED = 1500 * 1024 * 1024


def main() -> None:
    """Install the file named on the command line."""
    requirements = os.path.join(ROOT, sys.argv[1])
    require_python()
    digest = fingerprint(requirements)
    stamp = os.path.join(VENV, os.path.basename(requirements) + ".sha256")
    if os.path.exists(VENV_PYTHON) and read(stamp) == digest:
        return
    require_space()
    if not works():
        make_environment()
    install(requirements)
    with open(stamp, "w") as file:
        file.write(digest)


def require_python() -> None:
    """Refuse a Python that is too old for the packages."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:3]))
        refuse(
            f"gofly needs Python {OLDEST[0]}.{OLDEST[1]} or newer and this is {have};",
            "install it and run `make run PYTHON=python3.11`.",
        )


def require_space() -> None:
    """Refuse a disk that the packages would fill."""
    if shutil.disk_usage(ROOT).free < BYTES_NEEDED:
        refuse("The disk of this folder has less than 1.5 GB left;", "free some space first.")


def works() -> bool:
    """Whether the environment is there and its pip runs: a cut-off start leaves half of one."""
    if not os.path.exists(VENV_PYTHON):
        return False
    return not subprocess.call([VENV_PYTHON, "-m", "pip", "--version"], stdout=subprocess.DEVNULL)


def make_environment() -> None:
    """Make `.venv`, or say which package of the system is missing."""
    print("Making .venv ...", flush=True)
    shutil.rmtree(VENV, ignore_errors=True)
    try:
        import ensurepip  # noqa: F401  # Debian's venv fails half-way without it
        import venv

        venv.create(VENV, with_pip=True, symlinks=True)
    except ImportError:
        refuse(
            "This Python cannot make virtual environments;",
            "on Debian and Ubuntu run `apt install python3-venv`, then start again.",
        )


def install(requirements: str) -> None:
    """Install with pip and show its progress; the last lines tell what went wrong."""
    print(f"Installing {os.path.basename(requirements)} ...", flush=True)
    command = [VENV_PYTHON, "-m", "pip", "install", "--disable-pip-version-check"]
    command += ["--no-compile", "-r", requirements]
    text = ""
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as pip:
        for line in pip.stdout or ():
            text = text[-4000:] + line
            show(line)
    if pip.returncode:
        explain(text.strip())


def show(line: str) -> None:
    """Print the packages as pip reaches them, without its chatter."""
    words = line.split()
    if words[:1] == ["Collecting"]:
        print("  " + words[1], flush=True)
    elif words[:1] == ["Installing"]:
        print("  installing ...", flush=True)


def explain(text: str) -> None:
    """Refuse with one sentence for the usual causes, and pip's own words for the rest."""
    last = text.splitlines()[-1]
    if "No space left on device" in text:
        refuse("The disk is full;", "free some space and start again.")
    if "No matching distribution found" in text and "connection" not in text.lower():
        refuse(f"{last};", "is this Linux or macOS with a current Python?")
    if "connection" in text.lower() or "resolution" in text.lower():
        refuse("The packages cannot be fetched;", f"is this machine online? {last}")
    refuse("pip could not install the packages:\n" + text, "")


def fingerprint(requirements: str) -> str:
    """A digest of the file and of those it includes."""
    digest = hashlib.sha256(sys.version.encode())
    for name in ("requirements.txt", os.path.basename(requirements)):
        digest.update(read(os.path.join(ROOT, name)).encode())
    return digest.hexdigest()


def read(path: str) -> str:
    """The text of a file, or nothing."""
    if not os.path.exists(path):
        return ""
    with open(path) as file:
        return file.read()


def refuse(problem: str, advice: str) -> NoReturn:
    """End with one sentence."""
    sys.exit(f"gofly: {problem} {advice}")


if __name__ == "__main__":
    main()
