"""One PostgreSQL per test run, started before Django reads its settings."""

import atexit
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import pytest

from gofly import embedded

if TYPE_CHECKING:
    from tests.make import Shop

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


@pytest.fixture
def shop(transactional_db: None) -> "Shop":
    """The cast on two sites, with nothing counted against this machine's address yet."""
    from chat import protocol
    from chat.consumers import guests
    from chat.services import names, sites
    from tests import make

    guests.visitors = guests.Guests(protocol.VISITOR.sockets)
    guests.agents = guests.Guests(protocol.AGENT.sockets)
    names.forget_all()
    sites.forget_all()
    return make.shop()


@pytest.fixture(scope="session", autouse=True)
def quiet_writer(django_db_setup: None) -> Iterator[None]:
    """Let go of the test database when the run ends: the writer holds a connection of its own."""
    from chat.writer import announce, writer

    yield
    writer.stop()
    announce.drain()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browsers last: Playwright keeps an event loop, beside which no test can run its own."""
    items.sort(key=lambda item: "e2e" in item.path.parts)
