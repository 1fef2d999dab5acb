"""The catalogue of hostile inputs, and how its entries become frames."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from tests import make

FILE = Path(__file__).with_name("bad_inputs.yaml")
PLACE = re.compile(r"\{\{(\w+)\}\}")
PROMISE = re.compile(r"\b(error|nack) (\w+)(?: x(\d+))?|\b(ack|synced)\b")

Places = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Case:
    """One hostile input with what has to happen."""

    id: str
    category: str
    surface: str
    name: str
    input: dict[str, Any]
    response: str
    connection: str
    stored: str

    @property
    def keeps(self) -> bool:
        """Whether the socket stays open."""
        return self.connection == "keep"

    @property
    def promised(self) -> list[tuple[str, str]]:
        """The answers that `response` names, as (type, code)."""
        answers: list[tuple[str, str]] = []
        for kind, code, times, plain in PROMISE.findall(self.response.partition(";")[0]):
            answers += [(kind or plain, code)] * int(times or 1)
        return answers

    @property
    def body(self) -> str:
        """The text that the input sends as a message."""
        return str(fill(self.input["frame"]["body"], {}))

    def texts(self, places: Places) -> list[str]:
        """The frames to send, as they go over the wire."""
        return _texts(self.input, places)


def _read() -> dict[str, Case]:
    entries = yaml.safe_load(FILE.read_text(encoding="utf-8"))["cases"]
    return {entry["id"]: _case(entry) for entry in entries}


def _case(entry: dict[str, Any]) -> Case:
    expect = entry["expect"]
    return Case(
        entry["id"],
        entry["category"],
        entry["surface"],
        entry["name"],
        entry["input"],
        expect["response"],
        expect["connection"],
        expect["stored"],
    )


def _texts(made: dict[str, Any], places: Places) -> list[str]:
    match made:
        case {"seq": [*parts]}:
            once = [text for part in parts for text in _texts(part, places)]
            return once * made.get("times", 1)
        case {"raw": str(raw)}:
            return [str(fill(raw, places))]
        case {"frame": frame}:
            return [json.dumps(fill(frame, places))]
    return [str(fill(made, places))]


def fill(value: Any, places: Places) -> Any:
    """The value with `repeat` and `concat` carried out and its placeholders filled."""
    match value:
        case {"repeat": [text, times]}:
            return text * times
        case {"concat": [*parts]}:
            return "".join(fill(part, places) for part in parts)
        case dict():
            return {key: fill(item, places) for key, item in value.items()}
        case str():
            return PLACE.sub(lambda place: _place(place[1], places), value)
    return value


def _place(name: str, places: Places) -> str:
    return make.cid() if name == "uuid" else places[name]


CASES = _read()
