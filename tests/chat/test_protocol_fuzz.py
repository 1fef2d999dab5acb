"""Any text gets a frame or a refusal, and nothing else."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.errors import ChatError
from chat.protocol import GRAMMAR, Frame, dump, parse, refusal

settings.register_profile("frames", max_examples=300, deadline=None, database=None)
FRAMES = settings.get_profile("frames")

FIELDS = sorted({name for kind in GRAMMAR.values() for name in kind.__dataclass_fields__})
IDS = st.sampled_from(["01976b1e-5b7a-7c30-8f00-000000000001", "cv_b7Lw0Zp4Tn2XqS9e", "vs_1", "r1"])
any_text = st.text(st.characters(), max_size=40)
any_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | any_text | IDS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(any_text, inner, max_size=4),
    max_leaves=12,
)
any_frame = st.fixed_dictionaries(
    {"t": st.sampled_from(sorted(GRAMMAR))},
    optional={name: any_value | IDS | st.integers(0, 9) for name in FIELDS},
)


def answer(text: str) -> Frame | dict[str, Any]:
    """What the server makes of a text; anything but a refusal fails the test."""
    try:
        return parse(text)
    except ChatError as error:
        return json.loads(dump(refusal(error)))


def strings(value: object) -> list[str]:
    """All strings in a parsed frame."""
    if isinstance(value, str):
        return [value]
    inner = getattr(type(value), "__dataclass_fields__", None)
    parts = [getattr(value, name) for name in inner] if inner else []
    if isinstance(value, dict):
        parts = [*value, *value.values()]
    return [text for part in parts for text in strings(part)]


@settings(FRAMES)
@given(st.text(st.characters()))
@example("[" * 100_000)
@example('{"t":"ping","n":' + "1" * 100_000 + "}")
@example('{"a":' * 100_000)
@example('"' + "\\u" * 10_000)
def test_any_text_gets_a_frame_or_a_refusal(text: str) -> None:
    answer(text)


@settings(FRAMES)
@given(any_value)
def test_any_json_gets_a_frame_or_a_refusal(value: object) -> None:
    answer(json.dumps(value))


@settings(FRAMES)
@given(any_frame, st.booleans())
def test_any_fields_get_a_frame_or_a_refusal(values: dict[str, object], is_ascii: bool) -> None:
    answer(json.dumps(values, ensure_ascii=is_ascii))


@settings(FRAMES)
@given(any_frame)
def test_what_is_taken_can_be_stored(values: dict[str, object]) -> None:
    frame = answer(json.dumps(values))
    assert all("\0" not in text and text.encode() is not None for text in strings(frame))


@settings(FRAMES)
@given(any_frame, st.data())
def test_a_frame_that_was_cut_or_changed_on_its_way_breaks_nothing(
    values: dict[str, object], data: st.DataObject
) -> None:
    text = json.dumps(values)
    at = data.draw(st.integers(0, len(text)))
    answer(text[:at])
    answer(text[:at] + data.draw(any_text) + text[at + 1 :])
