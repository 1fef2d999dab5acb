"""Fields that take exactly one JSON type: an object where text is due is an error, not a text."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from chat.protocol.limits import INTEGER_MOST
from chat.protocol.text import clean

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

Messages = dict[str, "str | StrPromise"]

NO_OBJECT: Messages = {"wrong_type": _("Wrong type: this must be an object.")}
NO_STRING: Messages = {"wrong_type": _("Wrong type: this must be a string.")}
NO_INTEGER: Messages = {"wrong_type": _("Wrong type: this must be an integer.")}
NO_FLAG: Messages = {"wrong_type": _("Wrong type: this must be true or false.")}
TOO_BIG: Messages = {"too_big": _("At most {most} bytes of JSON.")}
ATTRIBUTES_BYTES = 8_192


class Body(serializers.Serializer[Any]):
    """An object; something else in its place is of the wrong type."""

    default_error_messages = NO_OBJECT

    def to_internal_value(self, data: Any) -> Any:
        """The values of the known keys."""
        if not isinstance(data, dict):
            message = self.error_messages["wrong_type"]
            raise serializers.ValidationError(message, code="wrong_type")
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A JSON string without control characters, in Unicode's composed form."""

    default_error_messages = NO_STRING

    def run_validation(self, data: Any = serializers.empty) -> Any:
        """Clean before the other rules look, so that they see what is stored."""
        if isinstance(data, str):
            data = clean(data)
        elif data is not None and data is not serializers.empty:
            self.fail("wrong_type")
        return super().run_validation(data)


class Choice(serializers.ChoiceField):
    """One of a few words."""

    default_error_messages = NO_STRING

    def to_internal_value(self, data: Any) -> Any:
        """The word."""
        if not isinstance(data, str):
            self.fail("wrong_type")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A JSON integer that JavaScript holds exactly; true is no number."""

    default_error_messages = NO_INTEGER

    def __init__(self, **options: Any) -> None:
        """From nought to 2^53-1 unless said otherwise."""
        super().__init__(**{"min_value": 0, "max_value": INTEGER_MOST} | options)

    def to_internal_value(self, data: Any) -> int:
        """The number."""
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("wrong_type")
        return super().to_internal_value(data)


class Flag(serializers.BooleanField):
    """true or false, and no words for them."""

    default_error_messages = NO_FLAG

    def to_internal_value(self, data: Any) -> bool:
        """The truth."""
        if not isinstance(data, bool):
            self.fail("wrong_type")
        return data


class Moment(serializers.DateTimeField):
    """A time: ISO 8601, shown in UTC with milliseconds."""

    default_error_messages = NO_STRING

    def to_internal_value(self, value: Any) -> Any:
        """The time, with its zone."""
        if not isinstance(value, str):
            self.fail("wrong_type")
        return super().to_internal_value(value)

    def to_representation(self, value: Any) -> str:
        """The time as text."""
        return iso(value)


class Attributes(serializers.DictField):
    """Facts the site keeps about a visitor, as it likes them; at most 8 KiB as JSON."""

    default_error_messages = TOO_BIG

    def to_internal_value(self, data: Any) -> Any:
        """The facts."""
        value = super().to_internal_value(data)
        if len(json.dumps(value)) > ATTRIBUTES_BYTES:
            self.fail("too_big", most=ATTRIBUTES_BYTES)
        return value


def words_of(kind: type[StrEnum]) -> list[tuple[str, str]]:
    """The words of an enum as choices; with their names, by which the schema knows the enum."""
    return [(word.value, word.name) for word in kind]


def iso(moment: datetime) -> str:
    """A time as the API writes it.

    >>> iso(datetime(2026, 11, 23, 9, 30, 0, 123456, tzinfo=UTC))
    '2026-11-23T09:30:00.123Z'
    """
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
