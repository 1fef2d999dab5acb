"""What a User-Agent says about the device, for people to recognise it."""

from __future__ import annotations

import re
from dataclasses import dataclass

PHONE, TABLET, DESKTOP, BOT = "phone", "tablet", "desktop", "bot"
READ_CHARACTERS = 512

# The first that matches wins: most browsers also carry the names of those they descend from.
BROWSERS = (
    ("MicroMessenger/", "WeChat"),
    ("AlipayClient/", "Alipay"),
    ("DingTalk/", "DingTalk"),
    ("QQBrowser/", "QQ Browser"),
    ("UCBrowser/", "UC Browser"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Edg/", "Edge"),
    ("EdgA/", "Edge"),
    ("EdgiOS/", "Edge"),
    ("OPR/", "Opera"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chromium/", "Chromium"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS = (
    ("Windows Phone", "Windows Phone", PHONE),
    ("iPhone", "iPhone", PHONE),
    ("iPad", "iPad", TABLET),
    ("HarmonyOS", "HarmonyOS", PHONE),
    ("OpenHarmony", "HarmonyOS", PHONE),
    ("Android", "Android", PHONE),
    ("Windows", "Windows", DESKTOP),
    ("Mac OS X", "macOS", DESKTOP),
    ("CrOS", "ChromeOS", DESKTOP),
    ("Linux", "Linux", DESKTOP),
)
_BOT = re.compile(r"bot\b|crawler|spider|curl/|python-|Wget/", re.IGNORECASE)
_VERSION = re.compile(r"[0-9]{1,4}")


@dataclass(frozen=True, slots=True)
class Device:
    """A browser and the system it runs on; empty where nothing is known."""

    browser: str
    os: str
    kind: str

    def __str__(self) -> str:
        return " · ".join(part for part in (self.browser, self.os) if part)


def read(user_agent: str) -> Device:
    """The device of a User-Agent.

    >>> str(read("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"))
    'Firefox 140 · Linux'
    """
    agent = user_agent[:READ_CHARACTERS]
    os, kind = _system(agent)
    return Device(_browser(agent), os, BOT if _BOT.search(agent) else kind)


def _browser(agent: str) -> str:
    for mark, name in BROWSERS:
        _before, found, rest = agent.partition(mark)
        if found:
            # Safari writes its own version in front of its name.
            version = _VERSION.match(agent.partition("Version/")[2] if name == "Safari" else rest)
            return f"{name} {version[0]}" if version else name
    return ""


def _system(agent: str) -> tuple[str, str]:
    for mark, name, kind in SYSTEMS:
        if mark in agent:
            is_tablet = name == "Android" and "Mobile" not in agent
            return name, TABLET if is_tablet else kind
    return "", DESKTOP
