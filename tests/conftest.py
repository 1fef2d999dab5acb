"""One PostgreSQL per test run, started before Django reads its settings."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import django

from gofly import embedded

os.environ["GOFLY_ENV"] = "test"
# Named here: from pyproject.toml it would be read before the database has started.
os.environ["DJANGO_SETTINGS_MODULE"] = "gofly.settings"


def start_database() -> None:
    """Start a database of this run's own, with fsync off, and end it when the run ends."""
    folder = Path(tempfile.mkdtemp(prefix="gofly-tests-"))
    folder.chmod(0o755)  # as root the server runs as another account
    embedded.start(folder, options=("fsync=off", "full_page_writes=off"))
    (folder / "static").mkdir()  # WhiteNoise warns when nothing was collected
    os.environ["DATABASE_URL"] = embedded.address(folder)
    os.environ["GOFLY_DATA"] = str(folder)
    atexit.register(end_database, folder)


def end_database(folder: Path) -> None:
    """Stop this run's database and remove its rows."""
    embedded.stop(folder)
    shutil.rmtree(embedded.place(folder).data, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


start_database()
django.setup()
