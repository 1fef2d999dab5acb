"""How many bytes people's browsers fetch, as the running server sends them."""

from __future__ import annotations

import gzip
import re
import urllib.request

import pytest

from tests.e2e.server import Server, Shop

KB = 1000  # what the numbers of a budget mean to the people who read them
KIB = 1024


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
    assert loader <= 5 * KIB
    assert page <= 11 * KIB
    assert loader + page <= 15 * KIB
