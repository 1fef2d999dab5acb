"""axe-core, the judge of accessibility: installed by `npm ci`, used by tests alone."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Frame, Page

SOURCE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
RUN = """(rules) => axe.run(document, {
  runOnly: { type: "tag", values: rules }, resultTypes: ["violations"], iframes: false,
}).then(({ violations }) => violations.flatMap(({ id, nodes }) =>
  nodes.map(({ target, failureSummary }) => `${id} at ${target.join(" ")}: ${failureSummary}`)))"""


class Axe:
    """Judges screens and keeps what is wrong with them."""

    def __init__(self) -> None:
        """Nothing is wrong yet."""
        if not SOURCE.exists():
            pytest.skip("needs axe-core: npm ci")
        self.wrong: list[str] = []

    def judge(self, page: Page, screen: str) -> None:
        """Judge a page as it stands, and each frame that shows something."""
        for frame in page.frames:
            if frame.url.startswith("http"):
                self.wrong += [f"{screen}: {one}" for one in self._violations(frame)]

    def _violations(self, frame: Frame) -> list[str]:
        if not frame.evaluate("'axe' in window"):
            frame.evaluate(SOURCE.read_text())
        found: list[str] = frame.evaluate(RUN, RULES)
        return found
