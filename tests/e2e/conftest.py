"""A real server, a host page on another origin, lines that can be cut, and one browser."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.e2e.guard import Guard
from tests.e2e.host import Host
from tests.e2e.line import Line
from tests.e2e.server import Server, Shop
from tests.e2e.story import Contexts, Story
from tests.ports import free_port

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Debian's Chromium gives frames of other sites no storage; most browsers do.
STORING = {"profile": {"cookie_controls_mode": 0, "block_third_party_cookies": False}}
SHOPS = 60


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, and say why it is skipped without one."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"))


# For the package, not the session: Playwright runs an event loop, and other tests need their own.
@pytest.fixture(scope="package")
def driver() -> Iterator[Playwright]:
    """What starts browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="package")
def browser(driver: Playwright) -> Iterator[Browser]:
    """One Chromium for most tests of this folder."""
    browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
    yield browser
    browser.close()


@pytest.fixture(scope="package")
def ports() -> tuple[int, int, int]:
    """Of the server, the visitors' line and the agents' line."""
    return free_port(), free_port(), free_port()


@pytest.fixture(scope="package")
def server(ports: tuple[int, int, int]) -> Iterator[Server]:
    """`manage.py up` in a folder of its own."""
    folder = Path(tempfile.mkdtemp(prefix="gofly-e2e-"))
    server = Server(folder, ports[0], [f"http://127.0.0.1:{port}" for port in ports[1:]])
    server.start()
    yield server
    server.stop()
    printed = server.printed()
    shutil.rmtree(folder)
    assert "Traceback" not in printed, printed


@pytest.fixture(scope="package")
def lines(server: Server, ports: tuple[int, int, int]) -> Iterator[tuple[Line, Line]]:
    """The lines of visitors and of agents."""
    visitors, agents = (Line(port, server.port) for port in ports[1:])
    yield visitors, agents
    visitors.close()
    agents.close()


@pytest.fixture
def visitors_line(lines: tuple[Line, Line]) -> Iterator[Line]:
    """The line between visitors and the server, whole again after the test."""
    yield lines[0]
    lines[0].mend()


@pytest.fixture
def agents_line(lines: tuple[Line, Line]) -> Iterator[Line]:
    """The line between agents and the server, whole again after the test."""
    yield lines[1]
    lines[1].mend()


@pytest.fixture(scope="package")
def host() -> Iterator[Host]:
    """A customer's web server, of another origin than ours."""
    host = Host(free_port())
    yield host
    host.shutdown()
    host.server_close()


@pytest.fixture(scope="package")
def shops(server: Server, host: Host) -> Iterator[Shop]:
    """Shops that nobody has used yet."""
    return iter(server.make_shops(SHOPS, host.origin))


@pytest.fixture
def shop(shops: Iterator[Shop]) -> Shop:
    """A shop of this test's own, so that its inbox holds nobody else."""
    return next(shops)


@pytest.fixture
def guard() -> Iterator[Guard]:
    """Fails the test when a page complained."""
    guard = Guard()
    yield guard
    assert guard.left() == []


@pytest.fixture
def contexts(browser: Browser, guard: Guard) -> Iterator[Contexts]:
    """Makes private windows that the guard watches: a frame in them has no storage."""
    made: list[BrowserContext] = []

    def make(**options: Any) -> BrowserContext:
        context = browser.new_context(**options)
        context.set_default_timeout(15_000)
        guard.watch(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def profiles(driver: Playwright, guard: Guard, tmp_path: Path) -> Iterator[Contexts]:
    """Starts browsers as most visitors have them: with storage, which `name` brings back."""
    made: list[BrowserContext] = []

    def make(name: str = "", **options: Any) -> BrowserContext:
        folder = tmp_path / (name or f"profile-{len(made)}")
        if not folder.exists():
            (folder / "Default").mkdir(parents=True)
            (folder / "Default" / "Preferences").write_text(json.dumps(STORING))
        context = driver.chromium.launch_persistent_context(
            folder,
            executable_path=str(CHROMIUM),
            args=ARGUMENTS,
            **options,
        )
        context.set_default_timeout(15_000)
        guard.watch(context)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture
def story(
    contexts: Contexts,
    profiles: Contexts,
    host: Host,
    shop: Shop,
    visitors_line: Line,
    agents_line: Line,
) -> Story:
    """A shop of its own and lines that are whole."""
    return Story(contexts, profiles, host, shop, (visitors_line, agents_line))
