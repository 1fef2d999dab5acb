"""From the text of a frame to one value of the grammar, or a refusal."""

from __future__ import annotations

import re
from collections.abc import Mapping

from chat.errors import BadFrame, ChatError, UnknownType, _
from chat.protocol.fields import Wrong, read_record
from chat.protocol.grammar import GRAMMAR, Frame
from chat.protocol.kinds import CID, CONV, RID
from chat.protocol.strict_json import load

_TYPE = re.compile(r"[a-z_]{1,24}")
_ECHOED = {"rid": re.compile(RID), "cid": re.compile(CID), "conv": re.compile(CONV)}


def parse(text: str) -> Frame:
    """The frame in a text; refuses with a ChatError that names the `rid`, `cid` and `conv`."""
    values = load(text)
    try:
        return _read(values)
    except ChatError as error:
        error.rid, error.cid, error.conv = (_echo(values, key) for key in _ECHOED)
        raise


def _read(values: Mapping[str, object]) -> Frame:
    t = values.get("t")
    if not isinstance(t, str) or not _TYPE.fullmatch(t):
        raise BadFrame(_("The field t must be the type of the frame, in lower-case letters."))
    if t not in GRAMMAR:
        raise UnknownType
    try:
        frame: Frame = read_record(GRAMMAR[t], values)
    except Wrong as wrong:
        raise BadFrame(wrong.message, field=wrong.field, **wrong.params) from None
    return frame


def _echo(values: Mapping[str, object], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) and _ECHOED[key].fullmatch(value) else None
