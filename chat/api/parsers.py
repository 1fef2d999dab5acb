"""Request bodies: JSON under the same strict rules as the sockets' frames."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext
from rest_framework.parsers import BaseParser

from chat.api.errors import Malformed, TooBig
from chat.errors import BadFrame
from chat.protocol import strict_json
from chat.services.wording import sentence


class StrictJSONParser(BaseParser):
    """One JSON object: bounded in bytes, depth, keys and digits; no NUL, no half surrogates."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The object in the body, or a refusal."""
        body = stream.read(settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooBig
        try:
            return strict_json.load(body.decode())
        except (BadFrame, UnicodeDecodeError) as error:
            raise Malformed(fields={"body": [_reason(error)]}) from error


def _reason(error: Exception) -> str:
    if isinstance(error, BadFrame):
        return sentence(error)
    return gettext("This is not UTF-8.")
