"""JSON as the protocol takes it: stricter than Python's own parser."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterable
from typing import Any, NoReturn

from chat.errors import BadFrame, _
from chat.protocol.limits import (
    ARRAY_ITEMS,
    DEPTH,
    HAVE_CONVERSATIONS,
    INTEGER_DIGITS,
    OBJECT_KEYS,
)
from chat.protocol.text import is_storable

_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[{]|[\]}]', re.DOTALL)


def load(text: str) -> dict[str, Any]:
    """The object in a frame, or BadFrame."""
    _refuse_depth(text)
    try:
        value = _decoder.decode(text)
    except json.JSONDecodeError as error:
        raise BadFrame(_("This frame is not JSON; send one JSON object a frame.")) from error
    if not isinstance(value, dict):
        raise BadFrame(_("A frame must be one JSON object."))
    _check(value)
    return value


def _refuse_depth(text: str) -> None:
    """Count brackets outside strings: the parser itself would recurse, and fail, on deep ones."""
    if text.count("{") + text.count("[") <= DEPTH:
        return
    depth = 0
    for token in _TOKEN.finditer(text):
        first = token[0][0]
        depth += (first in "[{") - (first in "]}")
        if depth > DEPTH:
            raise BadFrame(_("A frame nests at most %(depth)s levels deep."), depth=DEPTH)


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise BadFrame(_("A key may stand only once in an object."))
    return made


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > INTEGER_DIGITS:
        raise BadFrame(_("An integer has at most %(digits)s digits."), digits=INTEGER_DIGITS)
    return int(digits)


def _real(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _no_constant(digits)
    return value


def _no_constant(name: str) -> NoReturn:
    raise BadFrame(_("NaN and infinite numbers are not JSON; leave them out."))


def _check(frame: dict[str, Any]) -> None:
    """Walk all values, also of keys we do not know. Depth is bounded, so recursion is safe."""
    for key, value in frame.items():
        _check_string(key)
        _check_value(value, HAVE_CONVERSATIONS if key == "have" else OBJECT_KEYS)
    _refuse_more(frame, OBJECT_KEYS, _("An object holds at most %(most)s keys."))


def _check_value(value: object, most_keys: int) -> None:
    if isinstance(value, str):
        _check_string(value)
    elif isinstance(value, dict):
        _refuse_more(value, most_keys, _("An object holds at most %(most)s keys."))
        _check_all(value)
        _check_all(value.values())
    elif isinstance(value, list):
        _refuse_more(value, ARRAY_ITEMS, _("An array holds at most %(most)s items."))
        _check_all(value)


def _check_all(values: Iterable[object]) -> None:
    for value in values:
        _check_value(value, OBJECT_KEYS)


def _check_string(value: str) -> None:
    if not is_storable(value):
        raise BadFrame(_("Text may hold neither U+0000 nor half a surrogate pair."))


def _refuse_more(value: dict[str, Any] | list[Any], most: int, message: str) -> None:
    if len(value) > most:
        raise BadFrame(message, most=most)


_decoder = json.JSONDecoder(
    object_pairs_hook=_object,
    parse_int=_integer,
    parse_float=_real,
    parse_constant=_no_constant,
)
