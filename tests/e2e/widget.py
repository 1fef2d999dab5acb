"""The widget, as a visitor uses it."""

from __future__ import annotations

import time
from collections.abc import Sequence

from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.e2e.words import Words

FOCUS_SECONDS = 15


class Chat:
    """The chat page, in its frame or alone."""

    def __init__(self, inside: Page | FrameLocator, words: Words) -> None:
        """`inside` is what holds the log and the box to write in."""
        self.inside = inside
        self.words = words
        self.log = inside.get_by_role("log", name=words("Messages"))
        self.box = inside.get_by_role("textbox", name=words("Write a message…"))

    def write(self, *texts: str) -> None:
        """Send messages."""
        for text in texts:
            self._fill(text)
            self.inside.get_by_role("button", name=self.words("Send")).click()

    def _fill(self, text: str) -> None:
        # The frame is a process of its own: until the focus has arrived there, input is lost.
        deadline = time.monotonic() + FOCUS_SECONDS
        while time.monotonic() < deadline:
            self.box.fill(text)
            if self.box.input_value() == text:
                return
            self.box.page.wait_for_timeout(100)
        raise AssertionError(f"the box does not take {text!r}")

    @property
    def texts(self) -> Locator:
        """What the log holds after the welcome, events included, in order."""
        return self.log.get_by_role("list").locator("p bdi")

    def expect_texts(self, texts: Sequence[str]) -> None:
        """The log holds exactly these."""
        expect(self.texts).to_have_text(list(texts), timeout=20_000)

    def ticks(self, word: str) -> Locator:
        """The marks of own messages that say: waiting, sent or read; one for each group."""
        context = "message" if word == "Waiting" else ""
        return self.log.get_by_role("img", name=self.words(word, context), exact=True)

    @property
    def notice(self) -> Locator:
        """The sentence above the messages."""
        return self.inside.locator("main > [role=status]")


class Widget(Chat):
    """The launcher on a host page, and the chat in its frame."""

    def __init__(self, page: Page, words: Words) -> None:
        """The page holds the pasted line."""
        super().__init__(page.frame_locator("iframe"), words)
        self.page = page
        self.launcher = page.get_by_role("button", name=words("Open chat"))

    def open(self) -> None:
        """Open the chat by its launcher, and wait until it has the focus."""
        self.launcher.click()
        expect(self.box.or_(self.log).and_(self.inside.locator(":focus"))).to_be_visible()

    def close(self) -> None:
        """Close it by the button in its head."""
        self.inside.get_by_role("button", name=self.words("Close chat")).click()
        expect(self.launcher).to_be_visible()
