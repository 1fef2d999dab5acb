"""How a class becomes a frame: `@frame("send")` enters it into the grammar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar, dataclass_transform

from chat.protocol.kinds import Rid


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Anything a client sends; the direct answer repeats `rid`."""

    rid: Rid | None = None


GRAMMAR: dict[str, type[Frame]] = {}
_F = TypeVar("_F", bound=Frame)


@dataclass_transform(kw_only_default=True, frozen_default=True)
def frame(t: str) -> Callable[[type[_F]], type[_F]]:
    """Make a class the frame of this type."""

    def enter(kind: type[_F]) -> type[_F]:
        made = dataclass(frozen=True, slots=True, kw_only=True)(kind)
        GRAMMAR[t] = made
        return made

    return enter
