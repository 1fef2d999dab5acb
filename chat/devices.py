"""What a User-Agent says about a device, in the words people use for it."""

from dataclasses import dataclass

# The first mark found counts: most browsers also carry the marks of older ones.
BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("DingTalk", "DingTalk"),
    ("AlipayClient", "Alipay"),
    ("aweme", "Douyin"),
    ("QQBrowser", "QQ Browser"),
    ("HuaweiBrowser", "Huawei Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("HeadlessChrome", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("HarmonyOS", "HarmonyOS"),
    ("OpenHarmony", "HarmonyOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)


@dataclass(frozen=True, slots=True)
class Device:
    """A browser, its system, and whether that is a desktop, tablet or phone; empty if unknown."""

    browser: str
    os: str
    kind: str


def read(user_agent: str) -> Device:
    """The device behind a User-Agent.

    >>> read("Mozilla/5.0 (Windows NT 10.0) Chrome/126.0 Safari/537.36 Edg/126.0")
    Device(browser='Edge', os='Windows', kind='desktop')
    >>> read("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0) Version/18.0 Mobile Safari/604")
    Device(browser='Safari', os='iPhone', kind='phone')
    >>> read("curl/8.5")
    Device(browser='', os='', kind='')
    """
    system = _first(SYSTEMS, user_agent)
    return Device(_first(BROWSERS, user_agent), system, _kind(system, user_agent))


def _kind(system: str, user_agent: str) -> str:
    if system != "iPad" and ("Mobile" in user_agent or system == "iPhone"):
        return "phone"
    if system in ("iPad", "Android", "HarmonyOS"):
        return "tablet"
    return "desktop" if system else ""


def _first(marks: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in marks if mark in user_agent), "")
