"""The dashboard, as an agent uses it."""

from __future__ import annotations

from collections.abc import Sequence

from playwright.sync_api import Locator, Page, expect

from tests.e2e.words import Words


class Dashboard:
    """The inbox and the open conversation."""

    def __init__(self, page: Page, words: Words) -> None:
        """The page shows /app/."""
        self.page = page
        self.words = words
        self.log = page.get_by_role("log", name=words("Messages"))

    def tab(self, name: str) -> Locator:
        """Mine, Queue, All or Closed."""
        return self.page.get_by_role("tab", name=self.words(name))

    def row(self, text: str) -> Locator:
        """The conversation in the list whose last words are these."""
        return self.page.get_by_role("option").filter(has_text=text)

    def open(self, text: str, tab: str = "Queue") -> None:
        """Open the conversation in the list whose last words are these."""
        self.tab(tab).click()
        self.row(text).click()
        expect(self.log).to_be_visible()

    def press(self, name: str) -> None:
        """Press a button of the open conversation by its name."""
        self.page.get_by_role("button", name=self.words(name), exact=True).click()

    def write(self, *texts: str) -> None:
        """Answer the visitor."""
        self._send("Reply", "Write a reply", "Send", texts)

    def note(self, *texts: str) -> None:
        """Write notes for the team."""
        self._send("Note", "Write a note that only your team can see", "Add note", texts)

    @property
    def texts(self) -> Locator:
        """The messages and notes of the log, in order."""
        return self.log.get_by_role("article").locator("p")

    @property
    def events(self) -> Locator:
        """What happened to the conversation, in order."""
        return self.log.locator("p.event > span")

    def expect_texts(self, texts: Sequence[str]) -> None:
        """The log holds exactly these messages and notes."""
        expect(self.texts).to_have_text(list(texts), timeout=20_000)

    def ticks(self, word: str) -> Locator:
        """The marks of own messages that say: sending, stored or read."""
        return self.log.get_by_text(self.words(word), exact=True)

    def _send(self, kind: str, box: str, button: str, texts: Sequence[str]) -> None:
        self.press(kind)
        for text in texts:
            self.page.get_by_role("textbox", name=self.words(box)).fill(text)
            self.press(button)
