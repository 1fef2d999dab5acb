"""Watches every page of a test: nothing may go wrong that people would not see."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Dialog, Request, WebError

OUR_HOSTS = {"127.0.0.1", "localhost"}
# What a browser writes when the line is cut.
LOST_LINE = r"net::ERR_|WebSocket connection to"


class Guard:
    """Collects console errors, script errors, policy reports, dialogs and foreign requests."""

    def __init__(self) -> None:
        """Nothing is wrong, nothing is allowed."""
        self.complaints: list[str] = []
        self.warnings: list[str] = []
        self._allowed: list[str] = []

    def watch(self, context: BrowserContext) -> None:
        """Look after all pages and frames of a context."""
        context.on("console", self._said)
        context.on("weberror", self._failed)
        context.on("request", self._asked)
        context.on("dialog", self._opened)

    def allow(self, pattern: str) -> None:
        """Expect complaints of this kind."""
        self._allowed.append(pattern)

    def allow_lost_line(self) -> None:
        """Expect what browsers write about connections that fail."""
        self.allow(LOST_LINE)

    def left(self) -> list[str]:
        """The complaints that nobody expected."""
        return [one for one in self.complaints if not any(re.search(p, one) for p in self._allowed)]

    def _said(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} {message.location.get('url', '')}")
        if message.type == "warning":
            self.warnings.append(message.text)

    def _failed(self, error: WebError) -> None:
        self.complaints.append(f"script: {error.error.stack or error.error}")

    def _asked(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname not in OUR_HOSTS:
            self.complaints.append(f"request: {request.url}")

    def _opened(self, dialog: Dialog) -> None:
        self.complaints.append(f"dialog: {dialog.message}")
        dialog.dismiss()
