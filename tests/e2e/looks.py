"""The screens on which people meet gofly: size, language, light or dark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.e2e.words import Words

DESK = {"viewport": {"width": 1280, "height": 800}}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}


@dataclass(frozen=True, slots=True)
class Look:
    """One screen."""

    name: str
    lang: str = "en"
    scheme: str = "light"
    phone: bool = False

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> Words:
        """The words of its language."""
        return Words(self.lang)

    @property
    def options(self) -> dict[str, Any]:
        """What a browser context needs to look like this."""
        size = PHONE if self.phone else DESK
        return size | {"locale": self.lang, "color_scheme": self.scheme, "reduced_motion": "reduce"}


DESK_LIGHT = Look("desk, English, light")
DESK_DARK = Look("desk, Chinese, dark", lang="zh-CN", scheme="dark")
PHONE_LIGHT = Look("phone, English, light", phone=True)
PHONE_DARK = Look("phone, Chinese, dark", lang="zh-CN", scheme="dark", phone=True)
EVERY_LOOK = (DESK_LIGHT, DESK_DARK, PHONE_LIGHT, PHONE_DARK)
