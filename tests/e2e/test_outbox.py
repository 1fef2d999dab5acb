"""What a visitor has written is sent once, whichever tab or browser is left to do it."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import psutil
from playwright.sync_api import BrowserContext, expect

from tests.e2e.guard import Guard
from tests.e2e.looks import DESK_LIGHT
from tests.e2e.server import Server
from tests.e2e.story import Story


def test_p13_two_tabs_share_one_outbox(story: Story, server: Server, guard: Guard) -> None:
    first = story.visitor(DESK_LIGHT)
    first.open()
    first.write("Before the cut")
    expect(first.ticks("Sent")).to_have_count(1)
    second = story.again(first)
    second.open()
    second.expect_texts(["Before the cut"])

    guard.allow_lost_line()
    story.visitors_line.cut()
    first.write("From the first tab")
    second.write("From the second tab")
    second.page.wait_for_timeout(200)  # longer than a write to disk takes
    first.page.close()  # the tab that owned the outbox
    story.visitors_line.mend()
    said = ["Before the cut", "From the first tab", "From the second tab"]
    second.expect_texts(said)
    expect(second.ticks("Waiting")).to_have_count(0, timeout=30_000)
    assert server.stored(story.shop) == said


def test_p14_a_killed_browser_sends_its_full_outbox_when_it_is_opened_again(
    story: Story, server: Server, guard: Guard, tmp_path: Path
) -> None:
    page = story.profiles("kept", **DESK_LIGHT.options).pages[0]
    widget = story.visit(page, DESK_LIGHT)
    widget.open()
    widget.write("Before the cut")
    expect(widget.ticks("Sent")).to_have_count(1)
    guard.allow_lost_line()
    story.visitors_line.cut()
    said = ["Before the cut", *(f"Unsent {number}" for number in range(30))]
    widget.write(*said[1:])
    await_on_disk(tmp_path / "kept", "Unsent 29", f"gofly:{story.shop.key}")
    kill(widget.page.context, "kept")

    story.visitors_line.mend()
    page = story.profiles("kept", **DESK_LIGHT.options).pages[0]
    again = story.visit(page, DESK_LIGHT)
    again.open()
    again.expect_texts(said)
    expect(again.ticks("Waiting")).to_have_count(0, timeout=30_000)
    assert server.stored(story.shop) == said


def await_on_disk(profile: Path, *texts: str) -> None:
    """Browsers write what pages store a few seconds later; earlier, a kill takes it along."""
    deadline = time.monotonic() + 20
    while missing := [text for text in texts if not is_on_disk(profile, text)]:
        assert time.monotonic() < deadline, missing
        time.sleep(0.1)


def is_on_disk(profile: Path, text: str) -> bool:
    """Whether a file of the browser's stores holds this text."""
    logs = [path for path in profile.rglob("*.log") if "leveldb" in path.parent.name]
    shapes = (text.encode(), text.encode("utf-16-le"))
    return any(shape in path.read_bytes() for path in logs for shape in shapes)


def kill(context: BrowserContext, profile: str) -> None:
    """Kill -9 the browser of a profile, as a power cut does."""
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(w.startswith("--user-data-dir=") and w.endswith(f"/{profile}") for w in words):
            os.kill(process.pid, signal.SIGKILL)
