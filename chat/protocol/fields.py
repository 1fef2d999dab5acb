"""Kinds of fields: each reads one value of a frame, or says what it must be."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import MISSING, dataclass, fields
from enum import Enum
from functools import cache
from types import NoneType
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from chat.errors import Empty, TooLong, _
from chat.protocol.limits import BODY_BYTES, BODY_CHARACTERS, INTEGER_MOST
from chat.protocol.text import clean, is_blank

Reader = Callable[[object], Any]


class Wrong(Exception):
    """A value does not fit its field; the sentence says what would, with a place for its name."""

    def __init__(self, message: str, field: str = "", **params: Any) -> None:
        super().__init__(message)
        self.message, self.field, self.params = message, field, params


@dataclass(frozen=True, slots=True)
class Slot:
    """One field of a record, read from its annotation."""

    name: str
    read: Reader
    required: bool
    nullable: bool


def read_record(kind: Callable[..., Any], value: object) -> Any:
    """Build a record from a JSON object; keys it does not know are ignored."""
    if not isinstance(value, dict):
        raise Wrong(_("The field %(field)s must be an object."))
    return kind(**{slot.name: _read(slot, value) for slot in _slots(kind) if _given(slot, value)})


def _given(slot: Slot, value: Mapping[str, object]) -> bool:
    if slot.required and slot.name not in value:
        raise Wrong(_("The field %(field)s must be given."), slot.name)
    return slot.name in value


def _read(slot: Slot, value: Mapping[str, object]) -> Any:
    if slot.nullable and value[slot.name] is None:
        return None
    try:
        return slot.read(value[slot.name])
    except Wrong as wrong:
        path = f"{slot.name}.{wrong.field}" if wrong.field else slot.name
        raise Wrong(wrong.message, path, **wrong.params) from None


@cache
def _slots(kind: Any) -> tuple[Slot, ...]:
    hints = get_type_hints(kind, include_extras=True)
    return tuple(
        Slot(
            name=field.name,
            read=_reader(hints[field.name]),
            required=field.default is MISSING and field.default_factory is MISSING,
            nullable=NoneType in get_args(hints[field.name]),
        )
        for field in fields(kind)
    )


def _reader(hint: Any) -> Reader:
    """The reader named in Annotated[...]; a bare class is a record of its own."""
    if NoneType in get_args(hint):
        hint = next(part for part in get_args(hint) if part is not NoneType)
    if get_origin(hint) is Annotated:
        return get_args(hint)[1]
    return lambda value: read_record(hint, value)


def matching(pattern: str) -> Reader:
    """A string of exactly this pattern."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        if not isinstance(value, str) or not compiled.fullmatch(value):
            message = _("The field %(field)s must be a string of the form %(pattern)s.")
            raise Wrong(message, pattern=pattern)
        return value

    return read


def integer(least: int = 0, most: int = INTEGER_MOST) -> Reader:
    """A whole number; true and 1.0 are none."""

    def read(value: object) -> int:
        if type(value) is not int or not least <= value <= most:
            message = _("The field %(field)s must be an integer from %(least)s to %(most)s.")
            raise Wrong(message, least=least, most=most)
        return value

    return read


def flag(value: object) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise Wrong(_("The field %(field)s must be true or false."))
    return value


def one_of(words: type[Enum], *allowed: Enum) -> Reader:
    """One of the fixed words, or of some of them."""
    known = {word.value: word for word in allowed or words}

    def read(value: object) -> Enum:
        if not isinstance(value, str) or value not in known:
            message = _("The field %(field)s must be one of %(words)s.")
            raise Wrong(message, words=", ".join(known))
        return known[value]

    return read


def exact(most: int) -> Reader:
    """A string that is taken as it is: signatures are made over its very bytes."""

    def read(value: object) -> str:
        if not isinstance(value, str) or len(value) > most:
            message = _("The field %(field)s must be a string of at most %(most)s characters.")
            raise Wrong(message, most=most)
        return value

    return read


def cut(most: int) -> Reader:
    """Text for people that is not worth a refusal: the rest is left out."""
    return lambda value: clean(_string(value))[:most]


def fitting(pattern: str) -> Reader:
    """A hint such as a language or an address: dropped where it does not fit."""
    compiled = re.compile(pattern)

    def read(value: object) -> str:
        text = clean(_string(value))
        return text if compiled.fullmatch(text) else ""

    return read


def text(most: int, message: str) -> Reader:
    """Text for people that is refused, with this sentence, when it is too long."""

    def read(value: object) -> str:
        cleaned = clean(_string(value))
        if len(cleaned) > most:
            raise TooLong(message)
        return cleaned

    return read


def body(value: object) -> str:
    """The text of a message; whether it may be empty depends on the frame."""
    cleaned = clean(_string(value))
    if len(cleaned) > BODY_CHARACTERS or len(cleaned.encode()) > BODY_BYTES:
        raise TooLong
    return cleaned


def words(value: object) -> str:
    """The text of a message that has to say something."""
    cleaned = body(value)
    if is_blank(cleaned):
        raise Empty
    return cleaned


def map_of(key: Reader, record: type[Any], most: int) -> Reader:
    """An object whose keys are ids and whose values are records."""

    def read(value: object) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > most:
            message = _("The field %(field)s must be an object of at most %(most)s keys.")
            raise Wrong(message, most=most)
        return {key(name): read_record(record, item) for name, item in value.items()}

    return read


def _string(value: object) -> str:
    if not isinstance(value, str):
        raise Wrong(_("The field %(field)s must be a string."))
    return value
