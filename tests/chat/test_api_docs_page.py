"""The API's page in a real browser: it works under its policy, and asks no other host."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Chromium"),
]


def test_swagger_runs_from_our_own_files(live_server: LiveServer) -> None:
    complaints: list[str] = []
    requests: list[str] = []
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        page = browser.new_page()
        page.on("console", lambda line: complaints.append(f"{line.type}: {line.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url))
        _use(page, live_server.url)
        browser.close()
    assert complaints == []
    assert len(requests) > 4
    assert not [url for url in requests if not url.startswith((live_server.url, "data:"))]


def _use(page: Page, origin: str) -> None:
    page.goto(f"{origin}/api/docs")
    page.get_by_text("/api/v1/conversations", exact=True).first.wait_for()
    page.get_by_text("/api/v1/me", exact=True).first.click()
    page.get_by_role("button", name="Try it out").wait_for()
