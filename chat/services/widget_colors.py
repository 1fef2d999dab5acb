"""Colours a widget can be read in, whatever colour its owner likes."""

from __future__ import annotations

import re

WHITE, INK = "#ffffff", "#121826"
LIGHT_PAGE, DARK_PAGE = "#ffffff", "#14181f"
READABLE = 4.5  # WCAG AA for text
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def is_color(value: str) -> bool:
    """Whether a text is a colour such as #2456e6."""
    return _HEX.fullmatch(value) is not None


def palette(accent: str) -> dict[str, str]:
    """The brand colour, the text upon it, and links on the light and the dark page.

    >>> palette("#ffd54a")["on-accent"], palette("#2456e6")["on-accent"]
    ('#121826', '#ffffff')
    """
    return {
        "accent": accent,
        "on-accent": WHITE if contrast(accent, WHITE) >= READABLE else INK,
        "link-light": _readable(accent, LIGHT_PAGE, towards=INK),
        "link-dark": _readable(accent, DARK_PAGE, towards=WHITE),
    }


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _readable(color: str, page: str, *, towards: str) -> str:
    """The colour, mixed with another until it can be read on the page."""
    mixes = (_mix(color, towards, step / 10) for step in range(11))
    return next(mix for mix in mixes if contrast(mix, page) >= READABLE)


def _mix(color: str, other: str, share: float) -> str:
    parts = (a + (b - a) * share for a, b in zip(_channels(color), _channels(other), strict=True))
    return "#" + "".join(f"{round(part):02x}" for part in parts)


def _luminance(color: str) -> float:
    red, green, blue = (_linear(channel / 255) for channel in _channels(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(share: float) -> float:
    return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4


def _channels(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
