"""How many bytes people's browsers fetch, as the running server sends them."""

from __future__ import annotations

import gzip
import re
import urllib.request

import pytest
from playwright.sync_api import Response, expect

from tests.e2e.looks import DESK_LIGHT
from tests.e2e.server import Server, Shop
from tests.e2e.story import Story

KB = 1024


def weight(address: str) -> int:
    """The bytes of a file packed with gzip, as sent, or as a proxy would pack it."""
    request = urllib.request.Request(address, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        body = answer.read()
        packed = answer.headers.get("Content-Encoding") == "gzip"
    return len(body) if packed else len(gzip.compress(body, 9))


def text(address: str, language: str = "en") -> str:
    """A page."""
    request = urllib.request.Request(address, headers={"Accept-Language": language})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return str(answer.read(), "utf-8")


@pytest.mark.parametrize("lang", ["en", "zh-CN"])
def test_the_widget_fits_into_fifteen_kilobytes(server: Server, shop: Shop, lang: str) -> None:
    address = f"{server.url}/w/{shop.key}/?lang={lang}"
    files = re.findall(r'(?:href|src)="(/w/[^"]+)"', text(address))
    assert len(files) == 2
    page = sum(weight(server.url + path) for path in files) + weight(address)
    loader = weight(f"{server.url}/w.js")
    assert loader <= 5 * KB
    assert page <= 11 * KB
    assert loader + page <= 15 * KB


def test_the_dashboard_fits_into_sixty_kilobytes_of_script(story: Story) -> None:
    page = story.page_of("ana", DESK_LIGHT, "/app/login")
    fetched: list[Response] = []
    page.on("response", lambda response: fetched.append(response))
    page.goto(f"{story.agents_line.url}/app/")
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    weights = {"script": 0, "stylesheet": 0}
    for response in fetched:
        if (kind := response.request.resource_type) in weights:
            weights[kind] += weight(response.url)
    assert 0 < weights["script"] <= 60 * KB
    assert 0 < weights["stylesheet"] <= 12 * KB
