"""The worked example of docs/protocol.md, replayed line by line."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chat import protocol
from chat.protocol import AGENT_ONLY, Frame, parse

EXAMPLE = (Path(__file__).parent / "worked_example.jsonl").read_text(encoding="utf-8")
DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.md"
LINES = [json.loads(line) for line in EXAMPLE.splitlines()]
TO_SERVER = [line[way] for line in LINES for way in ("V>S", "A>S") if way in line]
FROM_SERVER = [line[way] for line in LINES for way in ("S>V", "S>A") if way in line]
MAKERS: dict[str, Callable[..., protocol.Answer]] = {
    "ack": protocol.ack,
    "msg": protocol.msg,
    "receipt": protocol.receipt,
}


def read_back(frame: Frame, sent: dict[str, Any]) -> dict[str, Any]:
    """The parsed values of the keys that were sent."""
    return {key: getattr(frame, key) for key in sent if key not in ("t", "embed", "have", "page")}


def test_the_document_shows_the_example_that_is_replayed() -> None:
    assert EXAMPLE in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("sent", TO_SERVER, ids=lambda sent: sent["t"])
def test_every_line_to_the_server_is_understood(sent: dict[str, Any]) -> None:
    frame = parse(json.dumps(sent))
    assert read_back(frame, sent) == {key: sent[key] for key in read_back(frame, sent)}


def test_only_the_agent_sends_agent_frames() -> None:
    from_visitor = [parse(json.dumps(line["V>S"])) for line in LINES if "V>S" in line]
    assert not {type(frame) for frame in from_visitor} & AGENT_ONLY
    from_agent = [parse(json.dumps(line["A>S"])) for line in LINES if "A>S" in line]
    assert {type(frame) for frame in from_agent} & AGENT_ONLY


def test_the_returning_visitor_says_what_they_have() -> None:
    hello = parse(json.dumps([sent for sent in TO_SERVER if sent["t"] == "hello"][1]))
    assert isinstance(hello, protocol.Hello)
    assert hello.have == {"cv_b7Lw0Zp4Tn2XqS9e": protocol.Head(last=2, epoch="e1")}


def made_again(frame: dict[str, Any]) -> dict[str, Any]:
    """The same frame, made by our own functions."""
    values = {key: value for key, value in frame.items() if key not in ("t", "v")}
    if frame["t"] == "msg":
        values["sender"] = values.pop("from")
    if frame["t"] == "welcome":
        for constant in ("heartbeat", "limits"):
            del values[constant]
        return protocol.welcome_visitor(**values)
    if frame["t"] == "inbox_delta":
        return protocol.inbox_delta(values.pop("rev"), values)
    return MAKERS[frame["t"]](**values)


@pytest.mark.parametrize("expected", FROM_SERVER, ids=lambda frame: frame["t"])
def test_every_line_from_the_server_is_what_we_send(expected: dict[str, Any]) -> None:
    assert json.loads(protocol.dump(made_again(expected))) == expected
