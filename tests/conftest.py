"""One PostgreSQL per test run, started before Django reads its settings."""

import atexit
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import django

from gofly import embedded

os.environ["GOFLY_ENV"] = "test"
# Named here: from pyproject.toml it would be read before the database has started.
os.environ["DJANGO_SETTINGS_MODULE"] = "gofly.settings"


def start_database() -> None:
    """Start a database of this run's own, with fsync off, and the process that will end it."""
    folder = Path(tempfile.mkdtemp(prefix="gofly-tests-"))
    folder.chmod(0o755)  # as root the server runs as another account
    (folder / "static").mkdir()  # WhiteNoise warns when nothing was collected
    embedded.start(folder, options=("fsync=off", "full_page_writes=off"))
    os.environ["DATABASE_URL"] = embedded.address(folder)
    os.environ["GOFLY_DATA"] = str(folder)
    keeper = subprocess.Popen(
        [sys.executable, "-m", "tests.database_keeper", str(folder)],
        cwd=Path(__file__).parents[1],
        stdin=subprocess.PIPE,
        start_new_session=True,  # a Ctrl-C ends the tests first
    )
    atexit.register(keeper.communicate)  # closes the pipe and waits; a kill closes it as well


start_database()
django.setup()
